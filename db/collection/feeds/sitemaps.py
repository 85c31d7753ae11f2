"""Indexes of sitemaps and their children, which are feeds of the same outlet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from db.collection.feeds.polls import FeedDue
from db.dialect import insert
from db.enums.collection import FeedKind, FeedState
from db.models import Feed, SourceDomain

DEPTH_MAX = 2
"""Maximum number of indexes above a sitemap."""
_FOLLOWED = (FeedState.ACTIVE, FeedState.PAUSED, FeedState.GONE)


def with_children(conn: Connection, feeds: Sequence[FeedDue]) -> list[FeedDue]:
    """Return the feeds; sitemaps with their children that are followed, and the domains of their outlets."""
    sitemaps = [feed for feed in feeds if feed.kind == FeedKind.SITEMAP]
    if not sitemaps:
        return list(feeds)
    children: dict[int | None, list[str]] = {}
    query = select(Feed.parent_id, Feed.url).where(Feed.parent_id.in_([feed.id for feed in sitemaps]))
    for parent_id, url in conn.execute(query.where(Feed.state.in_(_FOLLOWED)).order_by(Feed.url)):
        children.setdefault(parent_id, []).append(url)
    domains: dict[str, list[str]] = {}
    own = select(SourceDomain.source_id, SourceDomain.domain)
    for source_id, domain in conn.execute(own.where(SourceDomain.source_id.in_({feed.source_id for feed in sitemaps}))):
        domains.setdefault(source_id, []).append(domain)
    return [
        replace(feed, children=tuple(children.get(feed.id, ())), domains=tuple(domains.get(feed.source_id, ())))
        if feed.kind == FeedKind.SITEMAP
        else feed
        for feed in feeds
    ]


def record_children(
    conn: Connection, parent: FeedDue, follow: Sequence[str], over: Collection[tuple[str, str]], *, now: datetime
) -> str | None:
    """Follow children of an index, and retire those that are over, with the reason of each; return why it cannot be.

    What a child lists at its first poll is no news if its index is new too. A child that comes later brings news at
    once. A feed that is known already stays what it is.
    """
    if _depth(conn, parent.id) >= DEPTH_MAX:
        return f"it is an index in an index {DEPTH_MAX} times over: its sitemaps are not followed"
    rows = [
        {
            "source_id": parent.source_id,
            "url": url,
            "kind": FeedKind.SITEMAP,
            "state": FeedState.ACTIVE,
            "next_poll_at": now,
            "failures": 0,
            "parent_id": parent.id,
            "followed_since": parent.followed_since,
            "next_poll_because": "its index names it",
        }
        for url in sorted(set(follow) - {parent.url})
    ]
    if rows:
        conn.execute(insert(conn, Feed).values(rows).on_conflict_do_nothing(index_elements=["url"]))
    mine = update(Feed).where(Feed.parent_id == parent.id)
    back = mine.where(Feed.url.in_(list(follow)), Feed.state == FeedState.RETIRED)
    conn.execute(back.values(state=FeedState.ACTIVE, next_poll_at=now, next_poll_because="its index names it again"))
    for url, reason in over:
        left = mine.where(Feed.url == url, Feed.state.in_((FeedState.ACTIVE, FeedState.GONE)))
        conn.execute(left.values(state=FeedState.RETIRED, claimed_until=None, next_poll_because=reason))
    return None


def _depth(conn: Connection, feed_id: int) -> int:
    """Return the number of indexes above a feed, as far as it matters."""
    depth = 0
    parent_id = conn.scalar(select(Feed.parent_id).where(Feed.id == feed_id))
    while parent_id is not None and depth < DEPTH_MAX:
        depth += 1
        parent_id = conn.scalar(select(Feed.parent_id).where(Feed.id == parent_id))
    return depth
