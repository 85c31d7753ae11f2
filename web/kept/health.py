"""The health of the collection as pages read it, which is the same for all entities and dear to compute."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Connection

from web.kept.answers import KeptAnswers
from worker.coverage.health import collection_health_by_day
from worker.coverage.stats.health import DayHealth

_FRESH_S = 600.0
_RANGES_MAX = 4
"""A year of a hundred outlets takes five megabytes."""


class KeptHealth:
    """Reads the health of a range of days at most every ten minutes; it keeps the ranges that were read last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: KeptAnswers[tuple[date, date, date], Mapping[date, DayHealth]] = KeptAnswers(
            fresh_s=_FRESH_S, most=_RANGES_MAX
        )

    def __call__(self, conn: Connection, since: date, until: date, *, today: date) -> Mapping[date, DayHealth]:
        """Return the health of each day, at most ten minutes old but while it is read again."""

        def read() -> Mapping[date, DayHealth]:
            return collection_health_by_day(conn, since, until, today=today)

        return self._kept.get((since, until, today), read, self._clock())
