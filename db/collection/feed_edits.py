"""Changes of an outlet's feeds by a person: paused and resumed, replaced, removed, polled at intervals of its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from db.collection.feeds import ASKED
from db.enums.collection import FeedState
from db.models import Feed


class FeedTaken(ValueError):
    """The address is a feed already, of this outlet or of another."""


def pause_feeds(conn: Connection, source_id: str, *, url: str | None = None) -> int:
    """Poll the feeds of an outlet (or one of them) no more, until a person resumes them; return how many are new."""
    return _update(conn, source_id, url, ASKED, {"state": FeedState.PAUSED})


def resume_feeds(conn: Connection, source_id: str, *, now: datetime, url: str | None = None) -> int:
    """Make the paused feeds of an outlet (or one of them) active and due; return their number."""
    values = {"state": FeedState.ACTIVE, "next_poll_at": now, "next_poll_because": None}
    return _update(conn, source_id, url, (FeedState.PAUSED,), values)


def _update(conn: Connection, source_id: str, url: str | None, states: Collection[str], values: dict[str, Any]) -> int:
    mine = update(Feed).where(Feed.source_id == source_id, Feed.state.in_(states))
    if url is not None:
        mine = mine.where(Feed.url == url)
    return len(conn.execute(mine.values(**values).returning(Feed.id)).all())


def list_feed_states(conn: Connection, source_id: str) -> dict[str, str]:
    """Return the state of each feed of an outlet, by address."""
    query = select(Feed.url, Feed.state).where(Feed.source_id == source_id).order_by(Feed.url)
    return {url: state for url, state in conn.execute(query)}
