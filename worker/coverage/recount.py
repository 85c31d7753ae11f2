"""The recount: marked articles → facts → dirty days of entities → cells. One process at a time.

Reading and counting happen outside of transactions, writing in short ones. Marks are read before the facts they stand
for, and only the marks read are removed: a change in the meantime leaves a mark of its own and is counted again. A
process whose lease expired while it counted detects that before it writes, and stops.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial

from sqlalchemy import Connection

from db.coverage import recount as rollups
from db.coverage.cells import TOTAL, count_marks, period_end, period_start
from db.coverage.recount import CellKey, Counts, LeaseLost
from db.engine import Database
from db.enums.coverage import Grain
from worker.coverage.stats.cells import count_cells

Clock = Callable[[], datetime]

_ARTICLES, _DAYS, _CELLS = 500, 184, 1_000
"""Marks, dirty days of one entity, and written cells per step."""
_PATIENCE_S = 0.05


def _utc_now() -> datetime:
    return datetime.now(UTC)


def recount(database: Database, *, wait: bool = True, clock: Clock = _utc_now) -> int:
    """Update the cells for all current marks; return the number of marks settled here.

    While another process has the lease: return at once, or with `wait` when it is done.
    """
    while database.read(count_marks):
        lease = database.write(lambda conn: rollups.acquire_recount_lease(conn, now=clock()))
        if lease is not None:
            with suppress(LeaseLost):  # the current holder of the lease settles the rest
                return _Recount(database, lease, clock).run()
        if not wait:
            break
        time.sleep(_PATIENCE_S)
    return 0


class _Recount:
    """One recount under a lease."""

    def __init__(self, database: Database, lease: int, clock: Clock) -> None:
        self.database, self.lease, self.clock = database, lease, clock

    def run(self) -> int:
        """Settle marks, then dirty days, until there are none; return the number of marks. Raises LeaseLost."""
        settled = 0
        try:
            while done := self._settle_marks():
                settled += done
            while self._settle_days():
                pass
        finally:
            self.database.write(partial(rollups.release_recount_lease, lease=self.lease))
        return settled

    def _write(self, work: Callable[[Connection], None]) -> None:
        def fenced(conn: Connection) -> None:
            rollups.renew_recount_lease(conn, self.lease, now=self.clock())
            work(conn)

        self.database.write(fenced)

    def _settle_marks(self) -> int:
        """Update the facts of some marked articles; return the number of settled marks."""
        with self.database.reading() as conn:
            marks = rollups.read_marks(conn, _ARTICLES)
            if not marks:
                return 0
            article_ids = sorted({article_id for _, article_id in marks})
            before = rollups.read_facts(conn, article_ids)
            now = rollups.find_facts(conn, article_ids)
        self._write(
            partial(
                rollups.write_facts,
                marks=[mark for mark, _ in marks],
                stale=before - now,
                fresh=now - before,
                dirty={
                    (fact.entity_id, fact.counts_on) for fact in before | now
                },  # its outlet, story or scope may have changed without them
            )
        )
        return len(marks)

    def _settle_days(self) -> bool:
        """Count some dirty days of one entity again; return False if there were none."""
        with self.database.reading() as conn:
            dirty = rollups.read_dirty(conn, _DAYS)
            if dirty is None:
                return False
            entity, days = dirty
            stored = rollups.read_cells(conn, entity, {grain: _buckets(days, grain) for grain in Grain})
            counted = _count(conn, entity, days)
        changed = [(key, counts) for key, counts in counted.items() if stored.get(key) != counts]
        gone = [key for key in stored if key not in counted]
        self._write_cells(entity, days, changed, gone)
        return True

    def _write_cells(
        self, entity: str, days: Sequence[date], changed: Sequence[tuple[CellKey, Counts]], gone: Sequence[CellKey]
    ) -> None:
        """Write in short transactions; the days are settled in the last one."""
        steps = max(1, math.ceil(max(len(changed), len(gone)) / _CELLS))
        for number in range(steps):
            part = slice(number * _CELLS, (number + 1) * _CELLS)
            is_last = number == steps - 1

            def work(conn: Connection, part: slice = part, is_last: bool = is_last) -> None:
                some, removed = changed[part], gone[part]
                numbers = rollups.number_series(conn, entity, [*(key for key, _ in some), *removed])
                rollups.write_cells(conn, numbers, some, removed)
                if is_last:
                    rollups.settle(conn, entity, days)

            self._write(work)


def _count(conn: Connection, entity: str, days: Sequence[date]) -> dict[CellKey, Counts]:
    """Return the cells of an entity in all periods that contain one of the days."""
    spans = list(_spans(days))
    buckets = {
        grain: {
            day: bucket
            for bucket in _buckets(days, grain)
            for day in map(date.fromordinal, range(bucket.toordinal(), period_end(bucket, grain).toordinal()))
        }
        for grain in Grain
    }
    rows = rollups.read_countable(conn, entity, spans)
    cells = count_cells(rows, buckets, is_total=entity == TOTAL)
    if entity != TOTAL:
        cells |= rollups.count_pairs(conn, entity, days)
    return cells


def _buckets(days: Sequence[date], grain: Grain) -> list[date]:
    return sorted({period_start(day, grain) for day in days})


def _spans(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield the ranges of days covered by all periods of these days, each with the first day after it."""
    edges = sorted((bucket, period_end(bucket, grain)) for grain in Grain for bucket in _buckets(days, grain))
    first, after = edges[0]
    for begin, end in edges[1:]:
        if begin > after:
            yield first, after
            first = begin
        after = max(after, end)
    yield first, after
