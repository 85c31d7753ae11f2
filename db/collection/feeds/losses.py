"""Losses: how many items feeds carried between two polls without being seen, by outlet and by feed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection, Select, func, select

from db.models import Feed, FeedDay

LOSS_DAYS = 7
"""Days of the usual measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredLoss:
    """The measured loss of a feed or an outlet in some days."""

    polls: int
    """Polls, without failed ones."""
    changed: int
    """Polls with a changed feed."""
    listed: int
    """Entries of the changed polls, each time anew."""
    fresh: int
    """Of these, entries that the poll before did not list."""
    missed: float
    """Expected number of entries that were never seen."""
    chance: float
    """Probability that any entry was missed."""

    @property
    def overlap(self) -> float | None:
        """Return the share of listed entries that the poll before had listed too; None without a changed poll."""
        return 1 - self.fresh / self.listed if self.listed else None

    @property
    def complete(self) -> float | None:
        """Return the share of items that are believed to have been seen; None without a successful poll."""
        if not self.polls:
            return None
        return self.fresh / (self.fresh + self.missed) if self.missed else 1.0


def measure_feed_losses(
    conn: Connection, *, until: datetime, days: int = LOSS_DAYS, source_id: str | None = None
) -> dict[int, MeasuredLoss]:
    """Return the loss of each feed that was polled in these days, by its id."""
    return {feed_id: loss for _, feed_id, loss in _iter_losses(conn, until, days, source_id)}


def measure_losses(
    conn: Connection, *, until: datetime, days: int = LOSS_DAYS, source_id: str | None = None
) -> dict[str, MeasuredLoss]:
    """Return the loss of each outlet that was polled in these days.

    What one feed missed another one of the outlet may have listed, so an outlet misses as much as its worst feed.
    """
    feeds: dict[str, list[MeasuredLoss]] = {}
    for outlet, _, loss in _iter_losses(conn, until, days, source_id):
        feeds.setdefault(outlet, []).append(loss)
    return {outlet: _joined(losses) for outlet, losses in feeds.items()}


def _iter_losses(
    conn: Connection, until: datetime, days: int, source_id: str | None
) -> Iterator[tuple[str, int, MeasuredLoss]]:
    since = until.date() - timedelta(days=days - 1)
    query = select(Feed.source_id, FeedDay.__table__).join(Feed, Feed.id == FeedDay.feed_id)
    query = query.where(FeedDay.day >= since, FeedDay.day <= until.date()).order_by(Feed.source_id, FeedDay.feed_id)
    if source_id is not None:
        query = query.where(Feed.source_id == source_id)
    for (outlet, feed_id), rows in groupby(conn.execute(query), key=lambda row: (row.source_id, row.feed_id)):
        several = list(rows)
        yield (
            outlet,
            feed_id,
            MeasuredLoss(
                polls=sum(row.polls - row.failures for row in several),
                changed=sum(row.changed for row in several),
                listed=sum(row.listed for row in several),
                fresh=sum(row.fresh for row in several),
                missed=math.fsum(row.missed for row in several),
                chance=1 - math.prod(row.kept_all for row in several),
            ),
        )


def _joined(losses: Sequence[MeasuredLoss]) -> MeasuredLoss:
    return MeasuredLoss(
        polls=sum(loss.polls for loss in losses),
        changed=sum(loss.changed for loss in losses),
        listed=sum(loss.listed for loss in losses),
        fresh=sum(loss.fresh for loss in losses),
        missed=max(loss.missed for loss in losses),
        chance=max(loss.chance for loss in losses),
    )


def losses_of_outlets() -> Select[str, int, int, float]:
    """Return a query for the loss of each outlet in all days: `source_id`, `polls`, `fresh` and `missed`."""
    feeds = (
        select(
            FeedDay.feed_id,
            func.sum(FeedDay.polls - FeedDay.failures).label("polls"),
            func.sum(FeedDay.fresh).label("fresh"),
            func.sum(FeedDay.missed).label("missed"),
        )
        .group_by(FeedDay.feed_id)
        .subquery()
    )
    return (
        select(
            Feed.source_id,
            func.sum(feeds.c.polls).label("polls"),
            func.sum(feeds.c.fresh).label("fresh"),
            func.max(feeds.c.missed).label("missed"),
        )
        .join(feeds, feeds.c.feed_id == Feed.id)
        .group_by(Feed.source_id)
    )


def iter_missed(
    conn: Connection, since: date, until: date, *, source_id: str | None = None
) -> Iterator[tuple[str, date, int, float]]:
    """Yield (outlet, day in UTC, fresh entries, missed entries) where any were missed; both days are inclusive."""
    query = (
        select(Feed.source_id, FeedDay.day, func.sum(FeedDay.fresh), func.max(FeedDay.missed))
        .join(Feed, Feed.id == FeedDay.feed_id)
        .where(FeedDay.day >= since, FeedDay.day <= until)
        .group_by(Feed.source_id, FeedDay.day)
        .having(func.max(FeedDay.missed) > 0)
    )
    if source_id is not None:
        query = query.where(Feed.source_id == source_id)
    for outlet, day, fresh, missed in conn.execute(query):
        yield outlet, day, int(fresh), float(missed)


def find_newest(conn: Connection, source_ids: Iterable[str] | None = None) -> dict[str, datetime]:
    """Return the publication of the newest entry that the feeds of each outlet ever listed."""
    query = select(Feed.source_id, func.max(Feed.newest_at)).where(Feed.newest_at.is_not(None))
    if source_ids is not None:
        query = query.where(Feed.source_id.in_(list(source_ids)))
    rows = conn.execute(query.group_by(Feed.source_id))
    return {source_id: newest for source_id, newest in rows if newest is not None}
