"""One process that `cli.run.supervisor` keeps running, and one run of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import IO

from cli.run.log import Lines, Log
from cli.run.reaper import signal_group

_LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class ManagedProcess:
    """A process to keep running. It inherits our environment, changed by `env`; a `cwd` of None is ours."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    #: Whether it fills the store: it does not run while there is no room.
    stores: bool = False
    #: Whether others need it: they are started when it is ready (or after 30 s), and it is ended after them.
    serves: bool = False
    is_ready: Callable[[], bool] = lambda: True
    #: Seconds since it last showed that it gets on with its work; None if it never did. Too many, and it is ended.
    last_sign_s: Callable[[], float | None] = lambda: 0.0
    #: What can be done when it ended by itself before it was ready: returns what was done, "" if nothing.
    mend: Callable[[], str] = lambda: ""
    #: Said once, when it is ready for the first time.
    greeting: str = ""
    #: Turns what it says into what the log shows; nothing is shown for "".
    rephrase: Callable[[str], str] = str


def how_it_ended(code: int) -> str:
    """Return an exit code as `subprocess` gives it in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    with contextlib.suppress(ValueError):
        return f"was ended by {signal.Signals(-code).name}"
    return f"was ended by signal {-code}"


class ProcessRun:
    """One run of a child: from its start until its whole group is gone."""

    def __init__(self, child: ManagedProcess, process: Popen[bytes], log: Log) -> None:
        self.child = child
        self.process = process
        self.said: deque[str] = deque(maxlen=_LAST_LINES)
        self.was_ready = False
        self.gone: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._log = log
        assert process.stdout is not None
        self._listener = asyncio.create_task(self._listen(process.stdout))

    async def _listen(self, stream: IO[bytes]) -> None:
        reader = asyncio.StreamReader()
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), stream
        )
        lines = Lines()
        try:
            while data := await reader.read(65_536):
                self._tell(lines.feed(data))
            self._tell(lines.end())
        finally:
            pipe.close()

    def _tell(self, lines: Iterable[str]) -> None:
        for line in filter(None, map(self.child.rephrase, lines)):
            self.said.append(line)
            self._log.write(self.child.name, line)

    def reap(self) -> None:
        """If the process has ended, end what it left behind in its group and take note."""
        if self.gone.done():
            return
        # WNOWAIT leaves the dead in the process table: nobody else gets its number while we kill the group.
        if os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return
        signal_group(self.process.pid, signal.SIGKILL)
        self.gone.set_result(self.process.wait())

    def end(self, number: signal.Signals) -> None:
        """Ask the process to end, or kill its whole group."""
        if self.gone.done():
            return
        if number is signal.SIGKILL:
            signal_group(self.process.pid, number)
        else:
            os.kill(self.process.pid, number)  # not send_signal: that may reap the process behind our back

    async def drain_output(self) -> None:
        """Return when its last words are written; a stranger who still holds the pipe is not waited for."""
        await asyncio.wait({self._listener}, timeout=1)
        self._listener.cancel()
        await asyncio.gather(self._listener, return_exceptions=True)
