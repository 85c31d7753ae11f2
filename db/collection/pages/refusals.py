"""Refused and missing pages and feeds, and the events that schedule them earlier."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from db.collection.pages.pages import NEVER
from db.enums.collection import FeedState, PageState
from db.models import Feed, Page, Sighting
from db.models.base import UtcDateTime

_REFUSED_OR_GONE = (PageState.REFUSED, PageState.GONE)
_PATIENCE = 5
_FLAPPING_PAUSE = timedelta(days=1)
"""Minimum interval for a page that failed this often, even if a feed keeps dropping and listing it."""
_MOST = 2_000


# built once: to build a statement takes longer than to run it
_OF_ENTRIES = Page.canonical_url.in_(bindparam("entries", expanding=True))
_OF_FEED = Sighting.feed_id == bindparam("of_feed")
_AT = bindparam("at", type_=UtcDateTime())
_WAKE_WAITING = (
    update(Page)
    .where(_OF_ENTRIES, Page.state == PageState.ACTIVE, Page.next_fetch_at == NEVER, Page.fetches == 0)
    .values(next_fetch_at=_AT)
)
_NAMED_AGAIN = (
    select(Page.id, Page.failures, Page.fetched_at)
    .outerjoin(Sighting, and_(Sighting.page_id == Page.id, _OF_FEED))
    .outerjoin(Feed, Feed.id == Sighting.feed_id)
    .where(_OF_ENTRIES, Page.state.in_(_REFUSED_OR_GONE), Page.next_fetch_at > _AT)
    .where(or_(and_(Sighting.last_seen_at < Feed.changed_at, _OF_FEED), Page.fetched_at.is_(None)))
    .order_by(Page.id)
)


def ask_for_named(conn: Connection, feed_id: int, entries: Collection[str], *, now: datetime) -> int:
    """Make pages due, by canonical URL, that a feed lists again after dropping them; return their number.

    Call it before the sightings are renewed. A page that was never fetched because its address was refused is due too:
    its presence in `entries` means that the address is permitted now. So is one that waits for a back-fill.
    """
    values = {"entries": list(entries), "of_feed": feed_id, "at": now}
    waiting = conn.execute(_WAKE_WAITING, values)
    rows = conn.execute(_NAMED_AGAIN, values).all()
    for row in rows:
        is_flapping = row.fetched_at is not None and row.failures > _PATIENCE
        due_at = max(now, row.fetched_at + _FLAPPING_PAUSE) if is_flapping else now
        conn.execute(update(Page).where(Page.id == row.id, Page.next_fetch_at > due_at).values(next_fetch_at=due_at))
    return len(rows) + waiting.rowcount


def find_forbidden(conn: Connection, host: str, reason: str, *, now: datetime) -> Sequence[tuple[int, str]]:
    """Return id and address of a host's waiting pages that were refused for this reason, the newest first."""
    query = (
        select(Page.id, Page.url)
        .where(Page.host == host, Page.next_fetch_at > now)
        .where(Page.state == PageState.REFUSED, Page.last_error == reason)
        .order_by(Page.id.desc())
        .limit(_MOST)
    )
    return [(page_id, url) for page_id, url in conn.execute(query)]


def ask_for_pages(conn: Connection, page_ids: Sequence[int], *, now: datetime) -> None:
    """Make the refused ones of these pages due now."""
    for start in range(0, len(page_ids), 400):
        part = page_ids[start : start + 400]
        conn.execute(update(Page).where(Page.id.in_(part), Page.state == PageState.REFUSED).values(next_fetch_at=now))


def ask_for_source(conn: Connection, source_id: str, *, now: datetime, feed_url: str | None = None) -> tuple[int, int]:
    """Make an outlet's refused, missing and last failed feeds and pages due now; return the number of each.

    With `feed_url` only this feed of it, and the pages that this feed lists.
    """
    feeds = (
        update(Feed)
        .where(Feed.source_id == source_id)
        .where(or_(Feed.state == FeedState.GONE, and_(Feed.state == FeedState.ACTIVE, Feed.failures > 0)))
    )
    sighted = select(Sighting.page_id).join(Feed, Feed.id == Sighting.feed_id).where(Feed.source_id == source_id)
    mine = or_(Page.source_id == source_id, Page.id.in_(sighted))
    if feed_url is not None:
        feeds = feeds.where(Feed.url == feed_url)
        mine = Page.id.in_(sighted.where(Feed.url == feed_url))
    pages = (
        update(Page)
        .where(mine)
        .where(or_(Page.state.in_(_REFUSED_OR_GONE), and_(Page.state == PageState.ACTIVE, Page.failures > 0)))
    )
    return (
        conn.execute(feeds.values(next_poll_at=now)).rowcount,
        conn.execute(pages.values(next_fetch_at=now)).rowcount,
    )
