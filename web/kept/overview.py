"""The content of the overview, and its cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from db.articles.filters import Filters
from db.collection.feeds.feeds import count_feeds, find_network_problem
from db.collection.sources.sources import find_names
from db.status import OutletHealth, OutletState, list_outlets
from db.vocabulary.versions import find_labels
from web.kept.answers import KeptAnswers
from worker.coverage.health import HealthReader
from worker.coverage.series import Names
from worker.coverage.week import WeekReport, read_outlet_courses, read_week
from worker.search.hits import FoundArticle, list_newest

_FRESH_S = 60.0
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
    courses: Mapping[str, Sequence[int]]
    """Articles of these outlets on each of the last days."""
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
        courses=read_outlet_courses(conn, [one.id for one in troubled[:OUTLETS]], until) if troubled else {},
        more_troubled=max(0, len(troubled) - OUTLETS),
        feeds=count_feeds(conn),
        unreachable=find_network_problem(conn),
        last_day=last_day,
        at=now,
    )


class OverviewBoard:
    """Keeps the overviews that were read last; each is read at most every minute."""

    def __init__(self) -> None:
        self._kept: KeptAnswers[date, Overview] = KeptAnswers(fresh_s=_FRESH_S, most=_DAYS_KEPT)

    def view(
        self, conn: Connection, until: date, *, last_day: date, now: datetime, read_health: HealthReader
    ) -> Overview:
        """Return the overview of the seven days that end on `until`, at most a minute old but while it is read."""

        def read() -> Overview:
            return read_overview(conn, until, last_day=last_day, now=now, read_health=read_health)

        return self._kept.get(until, read, now.timestamp())
