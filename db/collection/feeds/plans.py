"""Feeds as a person checks them: what they are, their state, and their next poll with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from db.collection.feeds.feeds import LISTED
from db.models import Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """A feed with its state and its next poll."""

    id: int
    url: str
    kind: str
    title: str | None
    state: str
    next_poll_at: datetime
    next_poll_because: str | None
    failures: int
    link_pattern: str | None
    unverified: str | None


def list_feed_plans(conn: Connection, source_id: str) -> list[FeedPlan]:
    """Return the feeds of an outlet by address."""
    columns = (
        Feed.id,
        Feed.url,
        Feed.kind,
        Feed.title,
        Feed.state,
        Feed.next_poll_at,
        Feed.next_poll_because,
        Feed.failures,
        Feed.link_pattern,
        Feed.unverified,
    )
    query = select(*columns).where(Feed.source_id == source_id, LISTED).order_by(Feed.url)
    return [FeedPlan(**row._asdict()) for row in conn.execute(query)]
