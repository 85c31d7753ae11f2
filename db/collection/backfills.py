"""Back-fills: an outlet's older articles, collected document by document and then page by page.

Everything that is left stands in rows, so a back-fill goes on after any interruption. Its pages are not due by
themselves (`NEVER`): they wait until a back-fill has a turn, or until a feed names them as new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from db.collection.feeds.feeds import add_feed
from db.collection.pages.pages import NEVER, PageDue, load_pages
from db.dialect import insert
from db.enums.collection import BackfillState, FeedKind, FeedState, PageState
from db.models import Backfill, Feed, Page, Sighting, Source, SourceDomain, SourceRemoval
from db.net.urls import read_host

DOCUMENTS_MAX = 5_000
"""Maximum number of documents of one back-fill."""
SOON = timedelta(minutes=10)
"""A run for one back-fill alone waits at most so long for another try."""
_NEXT_PAGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillDue:
    """A back-fill with a document to read now."""

    id: int
    feed_id: int
    source_id: str
    since_on: date
    until_on: date
    failures: int
    documents: Mapping[str, Any]
    counts: Mapping[str, Any]
    rule: str | None = None
    """The rule of its outlet, see `db.collection.sources.unverified`."""
    domains: tuple[str, ...] = ()
    """The registered domains of its outlet."""
    etag: None = None
    last_modified: None = None
    unverified: None = None
    last_outcome: None = None

    @property
    def url(self) -> str:
        """The address of the document."""
        return str(self.documents["left"][0][1])

    @property
    def host(self) -> str:
        """The host of the document."""
        return read_host(self.url)


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


def find_due_documents(
    conn: Connection, *, now: datetime, limit: int, resting: Collection[str], only: int | None = None
) -> list[BackfillDue]:
    """Return at most `limit` unclaimed back-fills with a document to read, one for each host that is not resting."""
    query = (
        select(
            Backfill.id,
            Backfill.feed_id,
            Feed.source_id,
            Backfill.since_on,
            Backfill.until_on,
            Backfill.failures,
            Backfill.documents,
            Backfill.counts,
            Source.unverified.label("rule"),
        )
        .join(Feed, Feed.id == Backfill.feed_id)
        .join(Source, Source.id == Feed.source_id)
        .outerjoin(SourceRemoval, SourceRemoval.source_id == Feed.source_id)
        .where(SourceRemoval.source_id.is_(None))
        .where(Backfill.state == BackfillState.ACTIVE, Backfill.next_at <= now)
        .where(or_(Backfill.claimed_until.is_(None), Backfill.claimed_until < now))
        .order_by(Backfill.next_at, Backfill.id)
    )
    if only is not None:
        query = query.where(Backfill.id == only)
    found: list[BackfillDue] = []
    taken = set(resting)
    for row in conn.execute(query):
        if len(found) >= limit or not row.documents.get("left"):
            continue
        domains = select(SourceDomain.domain).where(SourceDomain.source_id == row.source_id)
        due = BackfillDue(**row._asdict(), domains=tuple(conn.scalars(domains)))
        if due.host not in taken:
            taken.add(due.host)
            found.append(due)
    return found


def claim_backfills(conn: Connection, ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
    """Claim back-fills for `lease_s` seconds; return those that no other process claimed first."""
    taken = conn.execute(
        update(Backfill)
        .where(Backfill.id.in_(ids), Backfill.state == BackfillState.ACTIVE, Backfill.next_at <= now)
        .where(or_(Backfill.claimed_until.is_(None), Backfill.claimed_until < now))
        .values(claimed_until=now + timedelta(seconds=lease_s))
        .returning(Backfill.id)
    )
    return set(taken.scalars())


def renew_backfill_claims(conn: Connection, ids: Collection[int], *, until: datetime | None) -> None:
    """Extend claims until then; None releases them."""
    held = update(Backfill).where(Backfill.id.in_(ids), Backfill.claimed_until.is_not(None))
    conn.execute(held.values(claimed_until=until))


def record_document(
    conn: Connection,
    backfill_id: int,
    *,
    documents: Mapping[str, Any] | None,
    counts: Mapping[str, int],
    next_at: datetime,
    failures: int,
    error: str | None,
) -> None:
    """Store what a document led to, and release the back-fill; `documents` None leaves the list as it is."""
    stored = conn.scalar(select(Backfill.counts).where(Backfill.id == backfill_id)) or {}
    values: dict[str, Any] = {
        "counts": dict(Counter(stored) + Counter(counts)),
        "next_at": next_at,
        "failures": failures,
        "claimed_until": None,
    }
    if documents is not None:
        values["documents"] = documents
    if error is not None:
        values["last_error"] = error
    conn.execute(update(Backfill).where(Backfill.id == backfill_id).values(**values))


def find_backfill_pages(
    conn: Connection, *, now: datetime, limit: int, resting: Collection[str], only: int | None = None
) -> list[PageDue]:
    """Return at most `limit` unclaimed pages of back-fills, one for each host that is not resting."""
    active = select(Backfill.feed_id, Backfill.last_page_id).where(Backfill.state == BackfillState.ACTIVE)
    if only is not None:
        active = active.where(Backfill.id == only)
    chosen: dict[str, int] = {}
    for feed_id, last_page_id in conn.execute(active.order_by(Backfill.id)).all():
        query = (
            _pending(feed_id, last_page_id)
            .with_only_columns(Page.id, Page.host)
            .where(or_(Page.claimed_until.is_(None), Page.claimed_until < now))
            .order_by(Page.id)
            .limit(_NEXT_PAGES)
        )
        for page_id, host in conn.execute(query):
            if host not in resting:
                chosen.setdefault(host, page_id)
    return load_pages(conn, list(chosen.values())[:limit])


def claim_backfill_pages(conn: Connection, page_ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
    """Claim pages of back-fills for `lease_s` seconds; return those that no other process claimed first."""
    taken = conn.execute(
        update(Page)
        .where(Page.id.in_(page_ids), Page.state == PageState.ACTIVE, Page.next_fetch_at == NEVER, Page.fetches == 0)
        .where(or_(Page.claimed_until.is_(None), Page.claimed_until < now))
        .values(claimed_until=now + timedelta(seconds=lease_s))
        .returning(Page.id)
    )
    return set(taken.scalars())


def settle_backfills(conn: Connection, *, now: datetime) -> None:
    """Note up to which page each back-fill has fetched all, and end those with nothing left to do."""
    active = select(Backfill.id, Backfill.feed_id, Backfill.last_page_id, Backfill.documents)
    for row in conn.execute(active.where(Backfill.state == BackfillState.ACTIVE)).all():
        first = conn.scalar(
            _pending(row.feed_id, row.last_page_id).with_only_columns(Page.id).order_by(Page.id).limit(1)
        )
        values: dict[str, Any] = {}
        if first is not None and first - 1 > row.last_page_id:
            values["last_page_id"] = first - 1
        elif first is None and not row.documents.get("left"):
            values = {"state": BackfillState.DONE, "ended_at": now, "claimed_until": None}
        if values:
            conn.execute(update(Backfill).where(Backfill.id == row.id).values(**values))


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
    left = conn.scalar(_pending(row.feed_id, row.last_page_id).with_only_columns(func.count(Page.id))) or 0
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


def _pending(feed_id: int, after: int) -> Any:
    """Return the query for the pages of a back-fill that were never fetched."""
    return (
        select(Page.id)
        .join(Sighting, Sighting.page_id == Page.id)
        .where(Sighting.feed_id == feed_id, Sighting.page_id > after)
        .where(Page.state == PageState.ACTIVE, Page.next_fetch_at == NEVER, Page.fetches == 0)
    )
