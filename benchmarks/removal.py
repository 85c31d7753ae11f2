"""Times for which a removal of an outlet with its articles holds the write lock, transaction by transaction.

Times are by the clock, and in CPU of this process: with the embedded database these are what a quiet machine takes.

    python -m benchmarks.removal URL OUTLET

URL is that of a store, for example one made by `python -m benchmarks.bigstore`; the outlet is removed from it for good.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np
from sqlalchemy import Connection

from db.articles.removal_steps import find_unfinished
from db.collection.sources.removals import confirm_removal, count_removed, record_removal
from db.engine import Database
from worker.catalogue.removal import finish_removal

T = TypeVar("T")


class TimedDatabase(Database):
    """A database that notes the time of each write transaction: seconds by the clock, and of CPU."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.times: list[tuple[float, float]] = []

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, and note how long it took with its commit."""
        began, used = time.perf_counter(), time.process_time()
        result = super().write(work)
        self.times.append((time.perf_counter() - began, time.process_time() - used))
        return result


def measure(database: TimedDatabase, source_id: str) -> str:
    """Remove an outlet; return lines with the times of its transactions."""
    now = datetime.now(UTC)
    if source_id not in database.read(find_unfinished):
        database.write(
            lambda conn: record_removal(conn, source_id, with_articles=True, by="benchmark", note=None, now=now)
        )
        database.write(lambda conn: confirm_removal(conn, source_id, now=now))
    articles = database.read(lambda conn: count_removed(conn, source_id))["articles"]
    database.times.clear()
    began = time.perf_counter()
    finish_removal(database, source_id, now=now)
    took = time.perf_counter() - began
    lines = [f"{articles:,} articles in {took:.1f} s, {len(database.times):,} transactions, in ms"]
    for name, times in zip(("clock", "CPU"), np.array(database.times).T, strict=True):
        median, p99, longest = 1_000 * np.quantile(times, (0.5, 0.99, 1.0))
        lines.append(f"{name:<6} median {median:.1f}, p99 {p99:.1f}, longest {longest:.1f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Remove an outlet and print the lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="address of a store")
    parser.add_argument("outlet", help="id of an outlet of it")
    options = parser.parse_args(arguments)
    print(measure(TimedDatabase(options.url), options.outlet))


if __name__ == "__main__":
    main()
