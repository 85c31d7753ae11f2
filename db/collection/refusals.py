"""Pages and feeds that were refused or are gone, and what makes them be asked for again before their time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, or_, select, update

from db.models import Feed, Page, Sighting

_TURNED_AWAY = ("refused", "gone")
_PATIENCE = 5
_FLAPPING_PAUSE = timedelta(days=1)
"""A page that failed so often is not asked for more often than this, however often a feed drops and names it."""
_MOST = 2_000


def ask_for_named(conn: Connection, feed_id: int, entries: Collection[str], *, now: datetime) -> int:
    """Make due what a feed names anew after it had dropped it, by canonical URL; return how many pages.

    Call it before the sightings are renewed. What was never asked for because its address was refused is due too:
    whoever names it here finds it permitted now.
    """
    was_dropped = and_(Sighting.last_seen_at < Feed.changed_at, Sighting.feed_id == feed_id)
    query = (
        select(Page.id, Page.failures, Page.fetched_at)
        .outerjoin(Sighting, and_(Sighting.page_id == Page.id, Sighting.feed_id == feed_id))
        .outerjoin(Feed, Feed.id == Sighting.feed_id)
        .where(Page.canonical_url.in_(entries), Page.state.in_(_TURNED_AWAY), Page.next_fetch_at > now)
        .where(or_(was_dropped, Page.fetched_at.is_(None)))
        .order_by(Page.id)
    )
    rows = conn.execute(query).all()
    for row in rows:
        is_flapping = row.fetched_at is not None and row.failures > _PATIENCE
        due_at = max(now, row.fetched_at + _FLAPPING_PAUSE) if is_flapping else now
        conn.execute(update(Page).where(Page.id == row.id, Page.next_fetch_at > due_at).values(next_fetch_at=due_at))
    return len(rows)


def find_forbidden(conn: Connection, host: str, reason: str, *, now: datetime) -> Sequence[tuple[int, str]]:
    """Return id and address of pages of a host that were refused for this reason and wait, the newest first."""
    query = (
        select(Page.id, Page.url)
        .where(Page.host == host, Page.next_fetch_at > now)
        .where(Page.state == "refused", Page.last_error == reason)
        .order_by(Page.id.desc())
        .limit(_MOST)
    )
    return [(page_id, url) for page_id, url in conn.execute(query)]


def ask_for_pages(conn: Connection, page_ids: Sequence[int], *, now: datetime) -> None:
    """Make due now those of the pages that are refused."""
    for start in range(0, len(page_ids), 400):
        part = page_ids[start : start + 400]
        conn.execute(update(Page).where(Page.id.in_(part), Page.state == "refused").values(next_fetch_at=now))


def ask_for_source(conn: Connection, source_id: str, *, now: datetime) -> tuple[int, int]:
    """Make due now what an outlet refused, what is gone and what failed last; return how many feeds and pages."""
    feeds = (
        update(Feed)
        .where(Feed.source_id == source_id)
        .where(or_(Feed.state == "gone", and_(Feed.state == "active", Feed.failures > 0)))
    )
    sighted = select(Sighting.page_id).join(Feed, Feed.id == Sighting.feed_id).where(Feed.source_id == source_id)
    pages = (
        update(Page)
        .where(or_(Page.source_id == source_id, Page.id.in_(sighted)))
        .where(or_(Page.state.in_(_TURNED_AWAY), and_(Page.state == "active", Page.failures > 0)))
    )
    return (
        conn.execute(feeds.values(next_poll_at=now)).rowcount,
        conn.execute(pages.values(next_fetch_at=now)).rowcount,
    )
