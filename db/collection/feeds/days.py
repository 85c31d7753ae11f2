"""Feeds by day: how often each was polled, and what may have been missed between two polls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, delete, func, select

from db.dialect import insert_by, is_sqlite
from db.models import Feed, FeedDay


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPolled:
    """The entries of a poll compared with the poll before; see `db.models.collection.FeedDay`."""

    listed: int
    fresh: int
    missed: float = 0.0
    kept_all: float = 1.0


def record_poll_of_day(
    conn: Connection, feed_id: int, *, at: datetime, failed: bool, listed: ListingPolled | None
) -> None:
    """Add a poll to its day in UTC. `listed` is None for a failure or an unchanged feed.

    Call it in the transaction of the poll, so that it counts exactly once.
    """
    row = {
        "feed_id": feed_id,
        "day": at.astimezone(UTC).date(),
        "polls": 1,
        "failures": int(failed),
        "changed": int(listed is not None),
        "listed": listed.listed if listed else 0,
        "fresh": listed.fresh if listed else 0,
        "missed": listed.missed if listed else 0.0,
        "kept_all": listed.kept_all if listed else 1.0,
    }
    conn.execute(_add_poll(is_sqlite(conn)), row)


@cache
def _add_poll(is_embedded: bool) -> Any:
    upsert = insert_by(is_embedded, FeedDay)
    new = upsert.excluded
    sums = {
        name: getattr(FeedDay, name) + new[name]
        for name in ("polls", "failures", "changed", "listed", "fresh", "missed")
    }
    return upsert.on_conflict_do_update(
        index_elements=["feed_id", "day"], set_={**sums, "kept_all": FeedDay.kept_all * new.kept_all}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletPollDay:
    """The polls of an outlet's feeds on a day in UTC."""

    day: date
    polls: int
    failures: int
    changed: int
    fresh: int
    missed: float


def list_outlet_days(conn: Connection, source_id: str, *, limit: int) -> list[OutletPollDay]:
    """Return the last days on which feeds of an outlet were polled, the newest first."""
    sums = (
        func.sum(FeedDay.polls).label("polls"),
        func.sum(FeedDay.failures).label("failures"),
        func.sum(FeedDay.changed).label("changed"),
        func.sum(FeedDay.fresh).label("fresh"),
        func.sum(FeedDay.missed).label("missed"),
    )
    query = (
        select(FeedDay.day, *sums)
        .join(Feed, Feed.id == FeedDay.feed_id)
        .where(Feed.source_id == source_id)
        .group_by(FeedDay.day)
        .order_by(FeedDay.day.desc())
        .limit(limit)
    )
    return [OutletPollDay(**row._asdict()) for row in conn.execute(query)]


def forget_days(conn: Connection, *, before: date) -> int:
    """Delete the days before that one; return their number."""
    return conn.execute(delete(FeedDay).where(FeedDay.day < before)).rowcount
