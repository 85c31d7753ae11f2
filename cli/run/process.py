"""A process managed by `cli.run.supervisor`, and one run of it."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedProcess:
    """A process to keep running, with our environment changed by `env`, and in our directory if `cwd` is None."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    #: Writes to the store, and so is stopped while the disk is full.
    stores: bool = False
    #: Needed by the others: they start when it is ready (or after 30 s), and it stops after them.
    serves: bool = False
    is_ready: Callable[[], bool] = lambda: True
    #: Age in seconds of its last sign of progress; None if there was none. Past the limit, it is killed.
    last_sign_s: Callable[[], float | None] = lambda: 0.0
    #: Repairs the cause if it exits before it was ready; returns a message, or "" if nothing was done.
    mend: Callable[[], str] = lambda: ""
    #: Logged once, when it is ready for the first time.
    greeting: str = ""
    #: Rewrites a line of its output for the log; "" drops the line.
    rephrase: Callable[[str], str] = str


def describe_exit(code: int) -> str:
    """Return a `subprocess` exit code in words."""
    if code >= 0:
        return f"exited with code {code}"
    with contextlib.suppress(ValueError):
        return f"was killed by {signal.Signals(-code).name}"
    return f"was killed by signal {-code}"


class ProcessRun:
    """One run of a process: from its start until its whole group has exited."""

    def __init__(self, child: ManagedProcess, process: Popen[bytes], log: Log) -> None:
        self.child = child
        self.process = process
        self.last_lines: deque[str] = deque(maxlen=_LAST_LINES)
        self.was_ready = False
        self.gone: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._log = log
        assert process.stdout is not None
        self._reader = asyncio.create_task(self._read_output(process.stdout))

    async def _read_output(self, stream: IO[bytes]) -> None:
        reader = asyncio.StreamReader()
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), stream
        )
        lines = Lines()
        try:
            while data := await reader.read(65_536):
                self._log_lines(lines.feed(data))
            self._log_lines(lines.end())
        finally:
            pipe.close()

    def _log_lines(self, lines: Iterable[str]) -> None:
        for line in filter(None, map(self.child.rephrase, lines)):
            self.last_lines.append(line)
            self._log.write(self.child.name, line)

    def reap(self) -> None:
        """If the process has exited, kill the rest of its group and store the exit code."""
        if self.gone.done():
            return
        # WNOWAIT leaves the dead process in the table, so that its number is not reused while we kill the group.
        if os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return
        signal_group(self.process.pid, signal.SIGKILL)
        self.gone.set_result(self.process.wait())

    def end(self, number: signal.Signals) -> None:
        """Send a signal to the process; SIGKILL goes to its whole group."""
        if self.gone.done():
            return
        if number is signal.SIGKILL:
            signal_group(self.process.pid, number)
        else:
            os.kill(self.process.pid, number)  # not send_signal, which may reap the process

    async def drain_output(self) -> None:
        """Wait for the last output, at most a second in case another process still holds the pipe."""
        await asyncio.wait({self._reader}, timeout=1)
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
