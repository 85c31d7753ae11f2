"""Keeping several processes running, and ending them all.

What stores things rests while there is no room for them: it would only fail, again and again.

Each child leads a session of its own: Ctrl-C in a terminal reaches only us, and a signal to the child's group
reaches its own children too. However we end, nobody stays behind: on SIGINT, SIGTERM or SIGHUP the supervisor
ends its children; if it is killed, the kernel tells the children (`child_process`), the reaper ends the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen
from typing import Any

from cli.run.log import Log
from cli.run.process import ManagedProcess, ProcessRun, how_it_ended
from worker.runtime.child_process import die_with_parent

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
_IMPATIENCE_S = 1.0
_READY_LOOK_S = 0.1
_STABLE_S = 60.0
_SLOWLY_S = 30.0
_DEATHS_TOLD = 5
_READY_S = 30.0
_LOOK_S = 1.0
_HANGS_S = 120.0
"""So long without a sign of life is no life: twice what `alive` asks for, because a restart costs more than a look."""
_ME = "up"


def early_deaths(before: int, lived_s: float) -> int:
    """Return how many deaths in a row came early; a life of a minute or longer wipes out what was before."""
    return 1 if lived_s >= _STABLE_S else before + 1


def pause_s(deaths: int) -> float:
    """Return how long to wait after that many early deaths in a row: 1, 2, 4, 8, then 30 seconds."""
    return _SLOWLY_S if deaths >= _DEATHS_TOLD else 2.0 ** (deaths - 1)


class Supervisor:
    """Starts the children in order, starts again what dies, ends them in reverse order. For one `run`."""

    def __init__(
        self,
        children: Sequence[ManagedProcess],
        log: Log,
        *,
        lack_of_room: Callable[[bool], str | None] = lambda _: None,
        patience_s: float = 7.5,
        serving_patience_s: float = 1.5,
        hangs_s: float = _HANGS_S,
    ) -> None:
        """`lack_of_room` returns why nothing can be stored, None if it can; it is told whether that is known."""
        self._children = tuple(children)
        self._log = log
        self._patience_s = patience_s
        self._serving_patience_s = serving_patience_s
        self._hangs_s = hangs_s
        self._lives: dict[str, ProcessRun] = {}
        self._lack_of_room = lack_of_room
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        self._stopped_at = 0.0

    async def run(self, folders: Iterable[Path] = ()) -> None:
        """Return when a signal or `stop` came and everything has ended. `folders` are removed if we are killed.

        Takes SIGINT, SIGTERM, SIGHUP and SIGCHLD for itself, so it must run in the main thread.
        """
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        loop.add_signal_handler(signal.SIGTERM, self.stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup(1) asks to outlive the terminal
            loop.add_signal_handler(signal.SIGHUP, self.stop)
        loop.add_signal_handler(signal.SIGCHLD, self._bury_dead)
        with _Reaper(folders) as self._reaper:
            try:
                async with asyncio.TaskGroup() as group:
                    for child in self._children:
                        group.create_task(self._keep(child))
                        if child.serves:
                            await self._until_ready(child, patience_s=_READY_S)
                        elif child.greeting:
                            group.create_task(self._greet(child))
                    looking = group.create_task(self._look_for_room())
                    await self._stopping.wait()
                    looking.cancel()
                    self._has_room.set()
                    await self._end_all()
            finally:
                for life in self._lives.values():
                    life.end(signal.SIGKILL)
                for number in _SIGNALS:
                    loop.remove_signal_handler(number)

    def stop(self) -> None:
        """Begin to end everything. Again and again changes nothing: `make` sends on what the whole group got."""
        if not self._stopping.is_set():
            self._log.write(_ME, "ending (Ctrl-C again to end at once)")
            self._stopping.set()
            self._stopped_at = asyncio.get_running_loop().time()

    def _interrupt(self) -> None:
        if self._stopping.is_set() and asyncio.get_running_loop().time() - self._stopped_at >= _IMPATIENCE_S:
            self._hurry.set()
        self.stop()

    def _bury_dead(self) -> None:
        for life in self._lives.values():
            life.reap()

    async def _keep(self, child: ManagedProcess) -> None:
        deaths = 0
        clock = asyncio.get_running_loop().time
        while not self._stopping.is_set():
            if child.stores and not self._has_room.is_set():
                await self._has_room.wait()
                continue
            started = clock()
            told, said, mended = await self._live(child)
            if self._stopping.is_set():
                break
            if child.stores and not self._has_room.is_set():
                continue
            deaths = early_deaths(deaths, clock() - started)
            self._report(child, told, said, deaths)
            if mended:
                self._log.write(_ME, mended)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s(deaths))

    async def _live(self, child: ManagedProcess) -> tuple[str, Sequence[str], str]:
        """Return how one run of the child ended, its last lines, and what was done about it."""
        try:
            process = Popen(
                child.argv,
                env={**os.environ, **child.env},
                cwd=child.cwd,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
        except OSError as error:
            return f"cannot be started ({error.strerror or error})", (), ""
        self._reaper.watch(process.pid)
        life = self._lives[child.name] = ProcessRun(child, process, self._log)
        life.reap()
        watching = asyncio.create_task(self._watch(life))
        try:
            code = await life.gone
            await life.drain_output()
        finally:
            watching.cancel()
            life.end(signal.SIGKILL)
        self._reaper.forget(process.pid)
        mended = child.mend() if code > 0 and not life.was_ready else ""
        return how_it_ended(code), tuple(life.said), mended

    async def _watch(self, life: ProcessRun) -> None:
        """Note when a child is ready; end it when it has shown no life for too long."""
        while not life.was_ready:
            life.was_ready = life.child.is_ready()
            await asyncio.sleep(_READY_LOOK_S)
        while True:
            await asyncio.sleep(self._hangs_s)
            age_s = life.child.last_sign_s()
            if (age_s is None or age_s > self._hangs_s) and not self._stopping.is_set():
                self._log.write(_ME, f"{life.child.name} has shown no life for {self._hangs_s:.0f} s and is ended")
                life.end(signal.SIGKILL)
                return

    def _report(self, child: ManagedProcess, told: str, said: Sequence[str], deaths: int) -> None:
        if deaths < _DEATHS_TOLD:
            last = f"; it last said: {said[-1]}" if said else ""
            self._log.write(_ME, f"{child.name} {told}, starting it again in {pause_s(deaths):g} s{last}")
            return
        self._log.write(
            _ME,
            f"{child.name} {told}. It has failed {deaths} times in a row and does not work; "
            f"trying again every {_SLOWLY_S:g} s. It last said:",
        )
        for line in said:
            self._log.write(_ME, f"    {line}")

    async def _look_for_room(self) -> None:
        while True:
            lack = self._lack_of_room(not self._has_room.is_set())
            if lack and self._has_room.is_set():
                self._has_room.clear()
                resting = " and ".join(child.name for child in self._children if child.stores)
                self._log.write(_ME, f"{lack}. Free some space: {resting} rest until then; nothing stored is lost")
                await self._end([life for life in self._lives.values() if life.child.stores], self._patience_s)
            elif not lack and not self._has_room.is_set():
                self._log.write(_ME, "there is room again: everything goes on")
                self._has_room.set()
            await asyncio.sleep(_LOOK_S)

    async def _greet(self, child: ManagedProcess) -> None:
        if await self._until_ready(child, patience_s=float("inf")):
            for line in child.greeting.splitlines():
                self._log.write(_ME, line)

    async def _until_ready(self, child: ManagedProcess, *, patience_s: float) -> bool:
        """Return whether the child can be used; False when we are stopping, or when it took too long."""
        clock = asyncio.get_running_loop().time
        give_up_at = clock() + patience_s
        while not self._stopping.is_set():
            if child.is_ready():
                return True
            if clock() > give_up_at:
                self._log.write(_ME, f"{child.name} is not ready after {patience_s:g} s; the others start without it")
                break
            await asyncio.sleep(0.05)
        return False

    async def _end_all(self) -> None:
        others = [life for life in self._lives.values() if not life.child.serves]
        serving = [life for life in self._lives.values() if life.child.serves]
        await self._end(others, self._patience_s)
        await self._end(serving, self._serving_patience_s)

    async def _end(self, lives: Sequence[ProcessRun], patience_s: float) -> None:
        for life in reversed(lives):
            life.end(signal.SIGTERM)
        if lives:
            hurry = asyncio.create_task(self._hurry.wait())
            either: set[asyncio.Future[Any]] = {hurry, asyncio.gather(*(life.gone for life in lives))}
            await asyncio.wait(either, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
            hurry.cancel()
        for life in lives:
            if not life.gone.done():
                self._log.write(_ME, f"{life.child.name} did not end in time and is killed")
                life.end(signal.SIGKILL)


class _Reaper:
    """The process that cleans up after us if we are killed (`cli.run.reaper`)."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)

    def __enter__(self) -> _Reaper:
        script = Path(__file__).with_name("reaper.py")
        argv = [sys.executable, "-I", "-S", str(script)]
        self._process = Popen(argv, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)
        for folder in self._folders:
            self._order(str(folder))
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()

    def watch(self, group: int) -> None:
        """End this process group when we are gone."""
        self._order(f"+{group}")

    def forget(self, group: int) -> None:
        """It has ended."""
        self._order(f"-{group}")

    def _order(self, order: str) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # a reaper that was killed is missed only if we are killed as well
            self._process.stdin.write(f"{order}\n".encode())
            self._process.stdin.flush()
