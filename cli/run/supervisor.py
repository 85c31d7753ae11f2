"""Keeps several processes running, and stops them all at the end.

Processes that write to the store are stopped while the disk is full, instead of failing again and again.

Each process leads a session of its own: Ctrl-C in a terminal reaches only the supervisor, and a signal to the group of
a process reaches its children too. No process outlives the supervisor: on SIGINT, SIGTERM or SIGHUP it stops them; if
it is killed, the kernel signals its children (`child_process`) and the reaper kills the rest.
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
from cli.run.process import ManagedProcess, ProcessRun, describe_exit
from worker.runtime.child_process import die_with_parent

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
_IMPATIENCE_S = 1.0
_READY_LOOK_S = 0.1
_STABLE_S = 60.0
_SLOW_RETRY_S = 30.0
_DEATHS_BEFORE_SLOW = 5
_READY_S = 30.0
_LOOK_S = 1.0
_HANGS_S = 120.0
"""A process without a heartbeat for this long is killed: twice the limit of `alive`, since restarts are costly."""
_ME = "up"


def early_deaths(before: int, lived_s: float) -> int:
    """Return the number of early exits in a row, where a run of a minute or longer resets the count."""
    return 1 if lived_s >= _STABLE_S else before + 1


def pause_s(deaths: int) -> float:
    """Return the delay before the next start after this many early exits in a row: 1, 2, 4, 8, then 30 seconds."""
    return _SLOW_RETRY_S if deaths >= _DEATHS_BEFORE_SLOW else 2.0 ** (deaths - 1)


class Supervisor:
    """Starts processes in order, restarts those that exit, stops them in reverse order. Good for one `run`."""

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
        """`lack_of_room` returns why nothing can be stored, or None; its argument is its last answer as a boolean."""
        self._children = tuple(children)
        self._log = log
        self._patience_s = patience_s
        self._serving_patience_s = serving_patience_s
        self._hangs_s = hangs_s
        self._runs: dict[str, ProcessRun] = {}
        self._lack_of_room = lack_of_room
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        self._stopped_at = 0.0

    async def run(self, folders: Iterable[Path] = ()) -> None:
        """Run until a signal or `stop`, and return when all processes have exited.

        `folders` are removed if we are killed. Handles SIGINT, SIGTERM, SIGHUP and SIGCHLD, so it must run in the main
        thread.
        """
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        loop.add_signal_handler(signal.SIGTERM, self.stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup(1) lets us outlive the terminal
            loop.add_signal_handler(signal.SIGHUP, self.stop)
        loop.add_signal_handler(signal.SIGCHLD, self._reap_all)
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
                for life in self._runs.values():
                    life.end(signal.SIGKILL)
                for number in _SIGNALS:
                    loop.remove_signal_handler(number)

    def stop(self) -> None:
        """Begin to stop everything. Safe to repeat: `make` forwards a signal that the whole group already got."""
        if not self._stopping.is_set():
            self._log.write(_ME, "stopping (Ctrl-C again to kill at once)")
            self._stopping.set()
            self._stopped_at = asyncio.get_running_loop().time()

    def _interrupt(self) -> None:
        if self._stopping.is_set() and asyncio.get_running_loop().time() - self._stopped_at >= _IMPATIENCE_S:
            self._hurry.set()
        self.stop()

    def _reap_all(self) -> None:
        for life in self._runs.values():
            life.reap()

    async def _keep(self, child: ManagedProcess) -> None:
        deaths = 0
        clock = asyncio.get_running_loop().time
        while not self._stopping.is_set():
            if child.stores and not self._has_room.is_set():
                await self._has_room.wait()
                continue
            started = clock()
            ending, last_lines, repair = await self._live(child)
            if self._stopping.is_set():
                break
            if child.stores and not self._has_room.is_set():
                continue
            deaths = early_deaths(deaths, clock() - started)
            self._report(child, ending, last_lines, deaths)
            if repair:
                self._log.write(_ME, repair)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s(deaths))

    async def _live(self, child: ManagedProcess) -> tuple[str, Sequence[str], str]:
        """Return the way in which one run ended, its last lines, and the repair that was made."""
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
            return f"could not be started ({error.strerror or error})", (), ""
        self._reaper.watch(process.pid)
        life = self._runs[child.name] = ProcessRun(child, process, self._log)
        life.reap()
        watching = asyncio.create_task(self._watch(life))
        try:
            code = await life.gone
            await life.drain_output()
        finally:
            watching.cancel()
            life.end(signal.SIGKILL)
        self._reaper.forget(process.pid)
        repair = child.mend() if code > 0 and not life.was_ready else ""
        return describe_exit(code), tuple(life.last_lines), repair

    async def _watch(self, life: ProcessRun) -> None:
        """Record when a process is ready; kill it when its heartbeat is too old."""
        while not life.was_ready:
            life.was_ready = life.child.is_ready()
            await asyncio.sleep(_READY_LOOK_S)
        while True:
            await asyncio.sleep(self._hangs_s)
            age_s = life.child.last_sign_s()
            if (age_s is None or age_s > self._hangs_s) and not self._stopping.is_set():
                self._log.write(_ME, f"{life.child.name} has shown no life for {self._hangs_s:.0f} s; killing it")
                life.end(signal.SIGKILL)
                return

    def _report(self, child: ManagedProcess, ending: str, last_lines: Sequence[str], deaths: int) -> None:
        if deaths < _DEATHS_BEFORE_SLOW:
            last = f"; last output: {last_lines[-1]}" if last_lines else ""
            self._log.write(_ME, f"{child.name} {ending}; restarting in {pause_s(deaths):g} s{last}")
            return
        self._log.write(
            _ME,
            f"{child.name} {ending}. It failed {deaths} times in a row; "
            f"retrying every {_SLOW_RETRY_S:g} s. Last output:",
        )
        for line in last_lines:
            self._log.write(_ME, f"    {line}")

    async def _look_for_room(self) -> None:
        while True:
            lack = self._lack_of_room(not self._has_room.is_set())
            if lack and self._has_room.is_set():
                self._has_room.clear()
                paused = " and ".join(child.name for child in self._children if child.stores)
                self._log.write(_ME, f"{lack}. Free some space: {paused} paused until then; no stored data is lost")
                await self._end([life for life in self._runs.values() if life.child.stores], self._patience_s)
            elif not lack and not self._has_room.is_set():
                self._log.write(_ME, "disk space is available again; resuming")
                self._has_room.set()
            await asyncio.sleep(_LOOK_S)

    async def _greet(self, child: ManagedProcess) -> None:
        if await self._until_ready(child, patience_s=float("inf")):
            for line in child.greeting.splitlines():
                self._log.write(_ME, line)

    async def _until_ready(self, child: ManagedProcess, *, patience_s: float) -> bool:
        """Return whether the process became ready; False at a shutdown or after the timeout."""
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
        others = [life for life in self._runs.values() if not life.child.serves]
        serving = [life for life in self._runs.values() if life.child.serves]
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
                self._log.write(_ME, f"{life.child.name} did not stop in time; killing it")
                life.end(signal.SIGKILL)


class _Reaper:
    """The process that cleans up if we are killed (`cli.run.reaper`)."""

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
        """Register a process group to be killed after us."""
        self._order(f"+{group}")

    def forget(self, group: int) -> None:
        """Unregister a process group that has exited."""
        self._order(f"-{group}")

    def _order(self, order: str) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # the reaper only matters if we are killed as well
            self._process.stdin.write(f"{order}\n".encode())
            self._process.stdin.flush()
