"""The content of the status page, and its cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from db.collection.feeds.losses import LOSS_DAYS
from db.engine import Database
from db.enums.outcomes import Stage
from db.outcomes import ProblemRow
from db.status import LatestArticle, OutletHealth, StoreStatus, latest_articles, list_outlets, read_health
from web.kept.answers import KeptAnswers

_FRESH_S = 2.0
_OUTLETS_SHOWN = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The data of the status page."""

    health: StoreStatus
    articles: Sequence[LatestArticle]
    outlets: Sequence[OutletHealth]
    more_outlets: int
    """Number of outlets not shown."""
    full: str | None = None
    """The message that the disk is full, or None."""

    @property
    def losses_since(self) -> date:
        """Return the first day of those for which losses are shown."""
        return self.health.at.date() - timedelta(days=LOSS_DAYS - 1)

    @property
    def problems(self) -> list[ProblemRow]:
        """Return the problems, without the one already shown at the top of the page."""
        return [problem for problem in self.health.problems if problem.stage != Stage.NETWORK]


def read_status(conn: Connection, *, now: datetime, full: str | None = None) -> StatusView:
    """Return the data of the status page at `now`."""
    outlets = list_outlets(conn, now=now)
    return StatusView(
        health=read_health(conn, now=now, problems=12),
        articles=latest_articles(conn, 15),
        outlets=outlets[:_OUTLETS_SHOWN],
        more_outlets=max(0, len(outlets) - _OUTLETS_SHOWN),
        full=full,
    )


@dataclass(slots=True, kw_only=True)
class StatusBoard:
    """Reads the store at most every two seconds for all visitors, a large one in a share of the time at most."""

    database: Database
    now: Callable[[], datetime]
    lack_of_room: Callable[[], str | None] = lambda: None
    times_its_cost: float = 0.0
    """An answer is kept for so many times as long as it took, if that is longer than two seconds."""
    _kept: KeptAnswers[str, StatusView] = field(init=False)

    def __post_init__(self) -> None:
        self._kept = KeptAnswers(fresh_s=_FRESH_S, most=1, times_its_cost=self.times_its_cost)

    def view(self) -> StatusView:
        """Return the current state, a few seconds old at most. Raises SQLAlchemyError if the store does not respond."""
        now = self.now()

        def read() -> StatusView:
            full = self.lack_of_room()
            return self.database.read(lambda conn: read_status(conn, now=now, full=full))

        return self._kept.get("", read, now.timestamp())
