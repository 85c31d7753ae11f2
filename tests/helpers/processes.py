"""Processes of the product, run and waited for by tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from worker.runtime.child_process import spawn


@contextmanager
def running(
    argv: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in a group of its own, in `folder`, its words in `log`; nothing of it is left afterwards."""
    with log.open("ab") as output:
        process = spawn(
            list(argv),
            env={**os.environ, **environment},
            cwd=folder,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all its children at once, as a power cut would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(is_so: Callable[[], bool], seconds: float, what: str, words: Callable[[], str] = str) -> None:
    """Wait for something to become true, or fail naming it and adding `words`."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}\n{words()}"
        time.sleep(0.05)


def worker(folder: Path) -> tuple[str, ...]:
    """Return the command of a worker with two processes and its beat, which keeps its times in a folder."""
    schedule = str(folder / "beat-schedule")
    pool = ("--pool", "prefork", "--concurrency", "2", "--without-mingle", "--without-gossip")
    app = (sys.executable, "-m", "celery", "--quiet", "--app", "worker.app")
    return (*app, "worker", "--beat", "--schedule", schedule, *pool)
