"""Back-fills as people order, watch and stop them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select, update

from db.collection.backfills.due import select_pending
from db.collection.feeds.feeds import add_feed
from db.collection.pages.pages import NEVER
from db.dialect import insert
from db.enums.collection import BackfillState, FeedKind, FeedState
from db.models import Backfill, Feed, Page, Sighting

DOCUMENTS_MAX = 5_000
"""Maximum number of documents of one back-fill."""
SOON = timedelta(minutes=10)
"""A run for one back-fill alone waits at most so long for another try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillProgress:
    """The state of a back-fill, for display."""

    id: int
    source_id: str
    since_on: date
    until_on: date
    state: str
    documents_left: int
    pages: int
    pages_left: int
    counts: Mapping[str, int]
    last_error: str | None
    next_at: datetime


def begin_backfill(
    conn: Connection,
    *,
    source_id: str,
    since_on: date,
    until_on: date,
    documents: Sequence[Sequence[object]],
    now: datetime,
) -> tuple[int, bool]:
    """Return the id of the outlet's back-fill of these days, and whether it goes on from earlier.

    One of other days that is under way is stopped. Each of `documents` is kind, address and key.
    """
    feed = select(Feed.id).where(Feed.source_id == source_id, Feed.kind == FeedKind.BACKFILL)
    active = select(Backfill.id, Backfill.since_on, Backfill.until_on).where(Backfill.feed_id.in_(feed))
    for under_way in conn.execute(active.where(Backfill.state == BackfillState.ACTIVE)).all():
        if (under_way.since_on, under_way.until_on) == (since_on, until_on):
            return under_way.id, True
        stop_backfill(conn, under_way.id, now=now)
    number = (conn.scalar(select(func.max(Backfill.id))) or 0) + 1
    feed_id = add_feed(
        conn,
        source_id=source_id,
        url=f"urn:steppewatch:backfill:{source_id}:{number}",
        now=NEVER,
        title=f"back-fill of {since_on} to {until_on}",
        state=FeedState.RETIRED,
        kind=FeedKind.BACKFILL,
    )
    # whatever it lists was published before we followed it: none of it is news
    conn.execute(update(Feed).where(Feed.id == feed_id).values(followed_since=NEVER))
    row = {
        "feed_id": feed_id,
        "since_on": since_on,
        "until_on": until_on,
        "state": BackfillState.ACTIVE,
        "next_at": now,
        "failures": 0,
        "documents": {"left": [list(one) for one in documents][:DOCUMENTS_MAX], "read": []},
        "counts": {},
        "last_page_id": 0,
        "begun_at": now,
    }
    return conn.execute(insert(conn, Backfill).values(**row).returning(Backfill.id)).scalar_one(), False


def find_lists(conn: Connection, source_id: str) -> list[tuple[str, str]]:
    """Return kind and address of the feeds and sitemaps of an outlet that older articles may be found by."""
    query = (
        select(Feed.kind, Feed.url)
        .where(Feed.source_id == source_id, Feed.state != FeedState.RETIRED, Feed.parent_id.is_(None))
        .where(Feed.kind.in_((FeedKind.FEED, FeedKind.SITEMAP)))
        .order_by(Feed.id)
    )
    return [(kind, url) for kind, url in conn.execute(query)]


def stop_backfill(conn: Connection, backfill_id: int, *, now: datetime) -> None:
    """Stop a back-fill; what was found stays, its pages that are left are not fetched."""
    values = {"state": BackfillState.STOPPED, "ended_at": now, "claimed_until": None}
    conn.execute(
        update(Backfill).where(Backfill.id == backfill_id, Backfill.state == BackfillState.ACTIVE).values(**values)
    )


def find_active(conn: Connection, source_id: str) -> list[int]:
    """Return the back-fills of an outlet that are under way."""
    query = select(Backfill.id).join(Feed, Feed.id == Backfill.feed_id).where(Feed.source_id == source_id)
    return list(conn.scalars(query.where(Backfill.state == BackfillState.ACTIVE)))


def goes_on(conn: Connection, backfill_id: int, *, now: datetime) -> bool:
    """Return whether a back-fill has something to do now or soon."""
    query = select(Backfill.state, Backfill.next_at).where(Backfill.id == backfill_id)
    row = conn.execute(query).one()
    return bool(row.state == BackfillState.ACTIVE and row.next_at < now + SOON)


def find_progress(conn: Connection, backfill_id: int) -> BackfillProgress:
    """Return the state of a back-fill."""
    query = select(Backfill, Feed.source_id).join(Feed, Feed.id == Backfill.feed_id).where(Backfill.id == backfill_id)
    row = conn.execute(query.with_only_columns(*Backfill.__table__.c, Feed.source_id)).one()
    pages = conn.scalar(select(func.count()).select_from(Sighting).where(Sighting.feed_id == row.feed_id)) or 0
    left = conn.scalar(select_pending(row.feed_id, row.last_page_id).with_only_columns(func.count(Page.id))) or 0
    return BackfillProgress(
        id=row.id,
        source_id=row.source_id,
        since_on=row.since_on,
        until_on=row.until_on,
        state=row.state,
        documents_left=len(row.documents.get("left") or ()),
        pages=pages,
        pages_left=left,
        counts=row.counts,
        last_error=row.last_error,
        next_at=row.next_at,
    )
