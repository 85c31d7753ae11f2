"""The product's processes under a supervisor that never tires, and everything that can be done to them."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import psycopg
from servers import pgserver, valkeyserver

from cli.run.process import ManagedProcess
from worker.runtime.child_process import spawn
from worker.runtime.valkey import Launch

CRAWLER, SECOND_CRAWLER = "crawler", "crawler 2"


class Household:
    """Keeps children running: whatever ends is started again at the next `look_after`."""

    def __init__(self, children: Sequence[ManagedProcess], environment: Mapping[str, str], log: Path) -> None:
        self._children = {
            child.name: replace(child, env={**os.environ, **child.env, **environment}) for child in children
        }
        self._log = log
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.starts: Counter[str] = Counter()
        """How often each was started."""

    def look_after(self) -> None:
        """Start what is not running; what a dead process left behind in its group is ended first, as `up` does."""
        for name, child in self._children.items():
            process = self._running.get(name)
            if process is not None and not _has_ended(process):
                continue
            if process is not None:
                _end_group(process)
            self._running[name] = self._start(child)
            self.starts[name] += 1

    def pid(self, name: str) -> int:
        """Return the process that leads a child's group."""
        return self._running[name].pid

    def end(self, name: str) -> None:
        """End a child and its own children at once, as a power cut would, and see it buried."""
        _end_group(self._running[name])

    def _start(self, child: ManagedProcess) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as output:
            return spawn(
                child.argv,
                env=child.env,
                cwd=child.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def __enter__(self) -> Household:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for process in self._running.values():
            _end_group(process)


class Killer:
    """Ends processes without warning; each method returns whether there was something to end."""

    def __init__(self, household: Household, broker: Launch, broker_folder: Path, database_url: str | None) -> None:
        """`database_url` is that of a PostgreSQL server of our own, which may be crashed."""
        self._household = household
        self._broker, self._broker_folder = broker, broker_folder
        self._database_url = database_url

    @property
    def deeds(self) -> dict[str, Callable[[random.Random], bool]]:
        """Return all that can be done, by name."""
        deeds = {
            "crawler": self._crawler,
            "worker child": self._worker_child,
            "worker group": self._worker_group,
            "worker alone": self._worker_alone,
            "beat": self._beat,
            "broker": self._end_broker,
            "broker wiped": self._wipe_broker,
            "broker flushed": self._flush_broker,
        }
        return deeds | ({"database": self._crash_database} if self._database_url else {})

    def _crawler(self, draw: random.Random) -> bool:
        self._household.end(draw.choice((CRAWLER, SECOND_CRAWLER)))
        return True

    def _worker_child(self, draw: random.Random) -> bool:
        beat = self._find_beat()
        children = [pid for pid in children_of(self._household.pid("worker")) if pid != beat]
        return bool(children) and _kill(draw.choice(children))

    def _worker_group(self, _: random.Random) -> bool:
        self._household.end("worker")
        return True

    def _worker_alone(self, _: random.Random) -> bool:
        return _kill(self._household.pid("worker"))

    def _beat(self, _: random.Random) -> bool:
        beat = self._find_beat()
        return beat is not None and _kill(beat)

    def _find_beat(self) -> int | None:
        return beat_of(self._household.pid("worker"))

    def _end_broker(self, _: random.Random) -> bool:
        self._household.end("broker")
        return True

    def _wipe_broker(self, _: random.Random) -> bool:
        self._household.end("broker")
        for kept in self._broker_folder.iterdir():
            shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
        return True

    def _flush_broker(self, _: random.Random) -> bool:
        if not self._broker.answers():
            return False
        with valkeyserver.client(self._broker.url()) as client:
            client.flushall()
        return True

    def _crash_database(self, _: random.Random) -> bool:
        """Kill one backend: PostgreSQL then ends all others, and recovers from its log before it serves again."""
        assert self._database_url is not None
        with contextlib.suppress(psycopg.OperationalError), pgserver.connect(self._database_url) as connection:
            return _kill(connection.info.backend_pid)
        return False


def children_of(pid: int) -> list[int]:
    """Return the children of a process."""
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def beat_of(worker: int) -> int | None:
    """Return the child of a worker that has closed what the pool's children share (`multiprocessing`'s heap)."""
    for pid in children_of(worker):
        with contextlib.suppress(OSError):
            opened = [os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()]
            if opened and not any("/pymp-" in name for name in opened):
                return pid
    return None


def _kill(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Return whether a process has ended; it stays unburied, so that its group's number remains its own."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end_group(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
