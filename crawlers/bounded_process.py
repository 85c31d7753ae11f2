"""Work on untrusted bytes in a separate process with limits on time and memory.

A regular expression holds the interpreter until it ends, so a thread cannot supervise another. A process can be killed
from outside, and the kernel kills it at limits of its own (setrlimit(2)).
"""

from __future__ import annotations

import os
import pickle
import queue
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

CPU_S, WALL_S, MEMORY = 20, 90.0, 1 << 30
"""Generous limits for parsing a feed of 20 MB: seconds of CPU, seconds of waiting, bytes of address space."""
_LARGE = 200 << 20
"""Bytes of memory after which the process is replaced by a new one."""
_ROOT = str(Path(__file__).resolve().parent.parent)


class ProcessEnded(RuntimeError):
    """The work exceeded a limit and was killed; the message says which one."""


class Endable:
    """A process that runs one job after another; it starts with the first, and again after each kill.

    `cpu_s` limits the CPU seconds of a job, `wall_s` the wait for it, `memory` the bytes of address space of the
    process. Thread-safe: jobs run one at a time.
    """

    def __init__(self, *, cpu_s: int = CPU_S, wall_s: float = WALL_S, memory: int = MEMORY) -> None:
        self._cpu_s, self._wall_s, self._memory = cpu_s, wall_s, memory
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    def run(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        """Return the result of `work`, or raise its exception; ProcessEnded if it had to be killed.

        The process imports the function by name; arguments and results are pickled.
        """
        with self._turn:
            try:
                line = self._begin()
                line.send((work, args, named))
                if not line.poll(self._wall_s):
                    raise ProcessEnded(f"no end after {self._wall_s:g} seconds")
                is_done, result, is_last = line.recv()
            except (EOFError, OSError) as error:
                reason = self._describe_death()
                self._end()
                raise ProcessEnded(reason) from error
            except BaseException:
                self._end()
                raise
            if is_last:
                self._end()
        if is_done:
            return result  # type: ignore[no-any-return]
        raise result

    def close(self) -> None:
        """Stop the process; the next job starts another one."""
        with self._turn:
            self._end()

    def _begin(self) -> Connection:
        if self._line is None:
            parent_end, child_end = socket.socketpair()
            path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH")]))
            with child_end:
                orders = f"serve({child_end.fileno()}, {self._cpu_s}, {self._memory})"
                self._process = subprocess.Popen(
                    [sys.executable, "-c", f"from {__name__} import serve; {orders}"],
                    pass_fds=[child_end.fileno()],
                    stdin=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": path},
                )
            self._line = Connection(parent_end.detach())
        return self._line

    def _describe_death(self) -> str:
        code = self._process.wait() if self._process else 0
        if code == -signal.SIGXCPU:
            return f"more than {self._cpu_s} seconds of computing"
        return f"the process that read it died ({signal.Signals(-code).name if code < 0 else f'code {code}'})"

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Endables:
    """A pool of processes for several threads: each job goes to an idle one."""

    def __init__(self, count: int, *, cpu_s: int = CPU_S, wall_s: float = WALL_S, memory: int = MEMORY) -> None:
        self._all = [Endable(cpu_s=cpu_s, wall_s=wall_s, memory=memory) for _ in range(count)]
        self._idle: queue.LifoQueue[Endable] = queue.LifoQueue()
        for each in self._all:
            self._idle.put(each)

    def run(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        """Like `Endable.run`, after waiting for an idle process."""
        idle = self._idle.get()
        try:
            return idle.run(work, *args, **named)
        finally:
            self._idle.put(idle)

    def close(self) -> None:
        """Stop the processes once they are idle."""
        for each in self._all:
            each.close()


def serve(number: int, cpu_s: int, memory: int) -> None:
    """Run jobs from a connection until it is closed; the main function of the process."""
    line = Connection(number)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the parent, whose exit we notice
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit(resource.RLIMIT_AS, memory)
    while True:
        try:
            work, args, named = line.recv()
        except (EOFError, OSError):
            return
        spent = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(spent.ru_utime + spent.ru_stime) + 1 + cpu_s)
        try:
            is_done, result = True, work(*args, **named)
        except MemoryError:
            is_done, result = False, ProcessEnded(f"more than {memory >> 20:,} MB of memory")
        except Exception as error:
            is_done, result = False, error
        is_last = _memory_used() > _LARGE
        try:
            line.send((is_done, result, is_last))
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            line.send((False, ProcessEnded(f"its result cannot be handed over: {error}"), is_last))


def _limit(what: int, wanted: int) -> None:
    _, most = resource.getrlimit(what)
    resource.setrlimit(what, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def _memory_used() -> int:
    """Return the resident memory of this process in bytes (proc_pid_statm(5)); 0 if unknown."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return 0
