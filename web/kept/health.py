"""The health of the collection as pages read it, which is the same for all entities and costly to compute."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import Connection

from db.coverage.collection_attempts import find_first_poll
from web.kept.answers import KeptAnswers
from worker.coverage.health import HealthReader, collection_health_by_day
from worker.coverage.stats.health import DayHealth

_FRESH_S, _PAST_FRESH_S = 600.0, 21_600.0
"""Maximum age of the health of recent days, and of days before, of which hardly anything becomes known any more."""
_RECENT = timedelta(days=60)
_QUARTERS_MAX = 48
"""A quarter of a hundred outlets takes a megabyte."""
_DAY = timedelta(days=1)
_UNWATCHED = DayHealth()

Quarter = tuple[date, date]
"""The first and the last day of a quarter of a year."""


class KeptHealth:
    """Reads the health of the collection by quarters of a year, which all ranges of days share.

    A quarter is read at most every ten minutes, and at most every six hours if it is long past.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        read_health: HealthReader = collection_health_by_day,
        find_begin: Callable[[Connection], date | None] = find_first_poll,
    ) -> None:
        self._clock, self._read_health, self._find_begin = clock, read_health, find_begin
        self._recent: KeptAnswers[tuple[Quarter, date], Mapping[date, DayHealth]] = KeptAnswers(
            fresh_s=_FRESH_S, most=4
        )
        self._past: KeptAnswers[Quarter, Mapping[date, DayHealth]] = KeptAnswers(
            fresh_s=_PAST_FRESH_S, most=_QUARTERS_MAX
        )

    def __call__(self, conn: Connection, since: date, until: date, *, today: date) -> Mapping[date, DayHealth]:
        """Return the health of each day; what is too old is read again, and others get the one before meanwhile."""
        found = {since + number * _DAY: _UNWATCHED for number in range((until - since).days + 1)}
        begun = self._find_begin(conn)
        if begun is None:
            return found
        # the latest first: should the time be over before all are read, those are there that are asked for most
        for quarter in reversed(list(list_quarters(max(since, begun), min(until, today)))):
            for day, health in self._get(conn, quarter, today).items():
                if since <= day <= until:
                    found[day] = health
        return found

    def list_due(self, conn: Connection, today: date) -> list[Quarter]:
        """Return the quarters up to a day that are not kept, or not for much longer; the latest first."""
        begun = self._find_begin(conn)
        quarters = list(list_quarters(begun, today)) if begun is not None else []
        now_s = self._clock()
        return [
            quarter
            for quarter in reversed(quarters)
            if (
                self._past.is_due(quarter, now_s)
                if _is_past(quarter, today)
                else self._recent.is_due((quarter, today), now_s)
            )
        ]

    def keep(self, quarter: Quarter, health: Mapping[date, DayHealth], *, today: date) -> None:
        """Keep the health of each day of a quarter, which was read elsewhere just now."""
        if _is_past(quarter, today):
            self._past.put(quarter, health, self._clock())
        else:
            self._recent.put((quarter, today), health, self._clock())

    def _get(self, conn: Connection, quarter: Quarter, today: date) -> Mapping[date, DayHealth]:
        def read() -> Mapping[date, DayHealth]:
            return self._read_health(conn, *quarter, today=today)

        if _is_past(quarter, today):
            return self._past.get(quarter, read, self._clock())
        return self._recent.get((quarter, today), read, self._clock())


def _is_past(quarter: Quarter, today: date) -> bool:
    return quarter[1] < today - _RECENT


def list_quarters(since: date, until: date) -> Iterator[Quarter]:
    """Yield the quarters of the years that overlap a range of days."""
    first = date(since.year, since.month - (since.month - 1) % 3, 1)
    while first <= until:
        is_fourth = first.month == 10
        after = date(first.year + is_fourth, 1 if is_fourth else first.month + 3, 1)
        yield first, after - _DAY
        first = after
