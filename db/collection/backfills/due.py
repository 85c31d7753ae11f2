"""The work of back-fills for crawlers: due documents and pages, claims on them, and results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select, update

from db.collection.pages.pages import NEVER, PageDue, load_pages
from db.enums.collection import BackfillState, PageState
from db.models import Backfill, Feed, Page, Sighting, Source, SourceDomain, SourceRemoval
from db.net.urls import read_host

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
            select_pending(feed_id, last_page_id)
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
            select_pending(row.feed_id, row.last_page_id).with_only_columns(Page.id).order_by(Page.id).limit(1)
        )
        values: dict[str, Any] = {}
        if first is not None and first - 1 > row.last_page_id:
            values["last_page_id"] = first - 1
        elif first is None and not row.documents.get("left"):
            values = {"state": BackfillState.DONE, "ended_at": now, "claimed_until": None}
        if values:
            conn.execute(update(Backfill).where(Backfill.id == row.id).values(**values))


def select_pending(feed_id: int, after: int) -> Any:
    """Return the query for the pages of a back-fill that were never fetched."""
    return (
        select(Page.id)
        .join(Sighting, Sighting.page_id == Page.id)
        .where(Sighting.feed_id == feed_id, Sighting.page_id > after)
        .where(Page.state == PageState.ACTIVE, Page.next_fetch_at == NEVER, Page.fetches == 0)
    )
