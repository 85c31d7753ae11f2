"""The content of the overview, and its cache."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from db.articles.filters import Filters
from db.collection.feeds import count_feeds, find_network_problem
from db.collection.sources import find_names
from db.status import OutletHealth, OutletState, list_outlets
from db.vocabulary.versions import find_labels
from worker.coverage.health import HealthReader
from worker.coverage.series import Names
from worker.coverage.week import WeekReport, read_week
from worker.search.hits import FoundArticle, list_newest

_FRESH = timedelta(minutes=1)
_DAYS_KEPT = 8
_ARTICLES, OUTLETS = 12, 8
_TROUBLES = (OutletState.FAILING, OutletState.IMPAIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A week, the latest articles, and the outlets in trouble now."""

    week: WeekReport
    names: Names
    latest: Sequence[FoundArticle]
    troubled: Sequence[OutletHealth]
    """Outlets whose collection fails, or that probably lost items; the first of them."""
    more_troubled: int
    feeds: Mapping[str, int]
    unreachable: str | None
    last_day: date
    """The latest day with articles."""
    at: datetime


def read_overview(
    conn: Connection, until: date, *, last_day: date, now: datetime, read_health: HealthReader
) -> Overview:
    """Return the overview of the seven days that end on `until`."""
    troubled = [one for one in list_outlets(conn, now=now) if one.state in _TROUBLES or one.missed >= 1]
    return Overview(
        week=read_week(conn, until, now=now, read_health=read_health),
        names=Names(find_labels(conn), find_names(conn)),
        latest=list_newest(conn, Filters(until=until), after=None, limit=_ARTICLES),
        troubled=troubled[:OUTLETS],
        more_troubled=max(0, len(troubled) - OUTLETS),
        feeds=count_feeds(conn),
        unreachable=find_network_problem(conn),
        last_day=last_day,
        at=now,
    )


class OverviewBoard:
    """Keeps the overviews that were read last. Each is read at most every minute, by one reader at a time.

    While it is read again, other readers get the one before.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[date, Overview] = OrderedDict()
        self._guard = threading.Lock()
        self._reading: dict[date, threading.Lock] = {}

    def view(
        self, conn: Connection, until: date, *, last_day: date, now: datetime, read_health: HealthReader
    ) -> Overview:
        """Return the overview of the seven days that end on `until`, at most a minute old but while it is read."""
        with self._guard:
            kept = self._kept.get(until)
            reading = self._reading.setdefault(until, threading.Lock())
        if kept is not None and self._is_fresh(kept, now):
            return kept
        if not reading.acquire(blocking=kept is None):
            assert kept is not None
            return kept
        try:
            with self._guard:
                known = self._kept.get(until)
            if known is not None and self._is_fresh(known, now):  # read while this one waited
                return known
            return self._keep(until, read_overview(conn, until, last_day=last_day, now=now, read_health=read_health))
        finally:
            reading.release()

    @staticmethod
    def _is_fresh(kept: Overview, now: datetime) -> bool:
        return timedelta(0) <= now - kept.at < _FRESH

    def _keep(self, until: date, read: Overview) -> Overview:
        with self._guard:
            self._kept[until] = read
            self._kept.move_to_end(until)
            while len(self._kept) > _DAYS_KEPT:
                gone, _ = self._kept.popitem(last=False)
                self._reading.pop(gone, None)
            self._reading = {day: lock for day, lock in self._reading.items() if day in self._kept or lock.locked()}
        return read
