"""Runs blocking work for the event loop: reads in a thread pool, all writes in one batching thread.

SQLite has one writer at a time, so the process has one, too: it collects writes and commits at most `FLUSH_ROWS` rows
at once, and no later than `FLUSH_S` after the first.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from crawlers.minute_report import Counted, describe_minute
from db.engine import Database
from db.enums.outcomes import CountedOutcome, Stage
from db.logs import EachMinute
from db.outcomes import ProblemSeen, record_outcomes, record_problems

log = logging.getLogger("crawler")

T = TypeVar("T")

FLUSH_ROWS = 64
FLUSH_S = 0.05
_READERS, _THREADS, PARSERS = 2, 3, 2


@dataclass(slots=True)
class OutcomeTally:
    """Outcomes and problems of one job, stored in the transaction of its results."""

    outcomes: Counter[Counted] = field(default_factory=Counter)
    """Inputs per (stage, source id, outcome)."""
    problems: list[tuple[Stage, ProblemSeen]] = field(default_factory=list)

    def count(self, stage: Stage, source_id: str | None, outcome: CountedOutcome, inputs: int = 1) -> None:
        """Count inputs of a stage with the same outcome."""
        if inputs:
            self.outcomes[stage, source_id, outcome] += inputs

    def problem(self, stage: Stage, subject: str, reason: str, source_id: str | None) -> None:
        """Record why something could not be used."""
        self.problems.append((stage, ProblemSeen(subject, reason, source_id)))


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Connection, OutcomeTally], Any]
    rows: int
    done: Future[Any]


class AsyncStore:
    """The database and a few threads, for one event loop."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="compute")
        self._parsers = ThreadPoolExecutor(PARSERS, thread_name_prefix="parser")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="writer", daemon=True)
        self._writer.start()
        self.totals: Counter[tuple[Stage, CountedOutcome]] = Counter()
        """Inputs per (stage, outcome) since the start."""
        self.minute: EachMinute[Counted] = EachMinute(_log_minute)
        """Inputs per (stage, outlet, outcome) that have not been logged yet."""

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Return the result of a query."""
        # in its own threads: a feed that takes a minute to parse must not delay the search for work
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, query)

    async def compute(self, work: Callable[..., T], *args: Any) -> T:
        """Return the result of `work(*args)`, run in another thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    async def parse(self, work: Callable[..., T], *args: Any) -> T:
        """Like `compute`, for work that waits for another process, so that it delays nothing else."""
        return await asyncio.get_running_loop().run_in_executor(self._parsers, work, *args)

    async def write(self, work: Callable[[Connection, OutcomeTally], T], *, rows: int = 1) -> T:
        """Return the result of `work` after it is committed, together with other work; `rows` is its weight.

        `work` may be run again from the start, each time with a new tally.
        """
        return await asyncio.wrap_future(self.submit(work, rows=rows))

    def submit(self, work: Callable[[Connection, OutcomeTally], T], *, rows: int = 1) -> Future[T]:
        """Queue a write without waiting. Writes are committed in the order of submission."""
        done: Future[T] = Future()
        self._jobs.put(_Job(work, rows, done))
        return done

    def close(self) -> None:
        """Commit all queued writes, then stop the threads."""
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._parsers.shutdown(wait=False, cancel_futures=True)

    def _read(self, query: Callable[[Connection], T]) -> T:
        with self._database.reading() as conn:
            return query(conn)

    def _write_all(self) -> None:
        while (first := self._jobs.get()) is not None:
            jobs, ends = self._gather(first)
            try:
                self._commit(jobs)
            except Exception:
                for job in jobs:  # one of them failed: commit each on its own, so that it affects no other
                    self._commit_alone(job)
            if ends:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        jobs, rows, flush_at = [first], first.rows, time.monotonic() + FLUSH_S
        while rows < FLUSH_ROWS:
            try:
                job = self._jobs.get(timeout=max(0.0, flush_at - time.monotonic()))
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
            rows += job.rows
        return jobs, False

    def _commit(self, jobs: list[_Job]) -> None:
        at = self._clock()
        finished = self._database.write(lambda conn: _run(conn, jobs, at))
        for job, (result, tally) in zip(jobs, finished, strict=True):
            for (stage, _, outcome), n in tally.outcomes.items():
                self.totals[stage, outcome] += n
            self.minute.add(tally.outcomes)
            if job.done.set_running_or_notify_cancel():
                job.done.set_result(result)

    def _commit_alone(self, job: _Job) -> None:
        try:
            self._commit([job])
        except Exception as error:
            if job.done.set_running_or_notify_cancel():
                job.done.set_exception(error)
            else:
                log.error("could not be written: %s", error)


def _log_minute(counts: Mapping[Counted, int]) -> None:
    for line in describe_minute(counts):
        log.info("%s", line)


def _run(conn: Connection, jobs: list[_Job], at: datetime) -> list[tuple[Any, OutcomeTally]]:
    finished: list[tuple[Any, OutcomeTally]] = []
    for job in jobs:
        tally = OutcomeTally()
        finished.append((job.work(conn, tally), tally))
    outcomes: dict[Stage, Counter[tuple[str | None, CountedOutcome]]] = {}
    problems: dict[Stage, list[ProblemSeen]] = {}
    for _, tally in finished:
        for (stage, source_id, outcome), n in tally.outcomes.items():
            outcomes.setdefault(stage, Counter())[source_id, outcome] += n
        for stage, problem in tally.problems:
            problems.setdefault(stage, []).append(problem)
    for stage, counts in sorted(outcomes.items()):
        record_outcomes(conn, stage, counts, at=at)
    for stage, seen in sorted(problems.items()):
        record_problems(conn, stage, seen, at=at)
    return finished
