"""Feeds that are no feeds: sitemaps and section pages among the rows of feeds, and the form of their links."""

from __future__ import annotations

from sqlalchemy import Connection, update

from db.enums.collection import FeedKind
from db.models import Feed


def record_feed_kind(conn: Connection, url: str, kind: FeedKind, *, link_pattern: str | None = None) -> None:
    """Say what the address of a feed is; a pattern that is there stays if none is given."""
    values = {"kind": kind} | ({"link_pattern": link_pattern} if link_pattern is not None else {})
    conn.execute(update(Feed).where(Feed.url == url).values(**values))
