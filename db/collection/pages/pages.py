"""Pages: fetched, and fetched again to detect silent edits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select, update

from db.collection.sources.sources import AGGREGATOR
from db.enums.collection import PageState
from db.enums.outcomes import RequestOutcome
from db.models import Feed, Page, Sighting, Source, SourceRemoval
from db.net.urls import read_host, registrable_domain

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""`next_fetch_at` of pages that are not fetched any more, so that indexes on it hold them at the far end."""

ASKED = (PageState.ACTIVE, PageState.REFUSED, PageState.GONE)
"""States of pages that are fetched when due: no refusal is final."""


_SAME_TIME = timedelta(days=1)
"""Sightings this close to the newest count as current with it: several feeds of an outlet alternate."""

_CANDIDATES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDue:
    """A due page, with the fields for a fetch; `hints` are the metadata of the newest sighting."""

    id: int
    source_id: str | None
    url: str
    host: str
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    fetches: int
    failures: int
    first_seen_at: datetime
    fetched_at: datetime | None
    changed_at: datetime | None
    last_outcome: str | None
    feed_hash: str | None = None
    state: str = PageState.ACTIVE
    rule: str | None = None
    """The rule of its outlet, see `db.collection.sources.unverified`."""
    unverified: str | None = None
    """As in `Page.unverified`."""
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFetched:
    """The result of a fetch; `state` as in `Page.state`, `feed_hash` None if unchanged."""

    page_id: int
    fetched_at: datetime
    outcome: RequestOutcome
    error: str | None
    state: PageState
    next_fetch_at: datetime
    fetches: int
    failures: int
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    changed_at: datetime | None = None
    feed_hash: str | None = None
    unverified: str | None = None


def find_due_pages(
    conn: Connection,
    *,
    now: datetime,
    limit: int,
    resting: Collection[str] = (),
    source_id: str | None = None,
    recheck: bool = True,
    not_since: datetime | None = None,
) -> list[PageDue]:
    """Return at most `limit` unclaimed due pages, one for each host that is not resting; none of removed outlets.

    Pages never fetched come first, then those due longest. One host with many pages cannot fill the list: the caller
    passes it as resting at the next call and so reaches the others. `not_since` leaves out pages fetched then or later.
    """
    query = (
        _select_due()
        .where(Page.state.in_(ASKED), Page.next_fetch_at <= now)
        .where(or_(Page.claimed_until.is_(None), Page.claimed_until < now))
        .order_by(Page.fetches > 0, Page.next_fetch_at, Page.id)
        .limit(_CANDIDATES)
    )
    if resting:
        query = query.where(Page.host.not_in(sorted(resting)))
    if source_id is not None:
        sighted = select(Sighting.page_id).join(Feed, Feed.id == Sighting.feed_id)
        query = query.where(Page.id.in_(sighted.where(Feed.source_id == source_id)))
    if not_since is not None:
        query = query.where(or_(Page.fetched_at.is_(None), Page.fetched_at < not_since))
    if not recheck:
        query = query.where(Page.body_hash.is_(None))
    first_of_host: dict[str, Row[*tuple[Any, ...]]] = {}
    for row in conn.execute(query):
        first_of_host.setdefault(row.host, row)
    return _with_hints(conn, list(first_of_host.values())[:limit])


def load_pages(conn: Connection, page_ids: Collection[int]) -> list[PageDue]:
    """Return these pages as if they were due, in the order of their ids."""
    rows = conn.execute(_select_due().where(Page.id.in_(page_ids)).order_by(Page.id)).all() if page_ids else []
    return _with_hints(conn, rows)


def _select_due() -> Select[*tuple[Any, ...]]:
    columns = select(
        Page.id,
        Page.source_id,
        Page.url,
        Page.host,
        Page.etag,
        Page.last_modified,
        Page.body_hash,
        Page.fetches,
        Page.failures,
        Page.first_seen_at,
        Page.fetched_at,
        Page.changed_at,
        Page.last_outcome,
        Page.feed_hash,
        Page.state,
        Source.unverified.label("rule"),
        Page.unverified,
    )
    joined = columns.outerjoin(Source, Source.id == Page.source_id)
    kept = joined.outerjoin(SourceRemoval, SourceRemoval.source_id == Page.source_id)
    return kept.where(SourceRemoval.source_id.is_(None))


def _with_hints(conn: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[PageDue]:
    hints = _hints(conn, [row.id for row in rows])
    return [PageDue(**row._asdict(), hints=hints.get(row.id, {})) for row in rows]


def _hints(conn: Connection, page_ids: Collection[int]) -> dict[int, dict[str, str]]:
    if not page_ids:
        return {}
    query = (
        select(
            Sighting.page_id,
            Sighting.title,
            Sighting.author,
            Sighting.published_at,
            Sighting.published_as,
            Sighting.language,
            Sighting.body,
            Sighting.last_seen_at,
            Page.source_id,
            Page.host,
            Feed.source_id.label("told_by"),
            Feed.url.label("feed_url"),
            Feed.unverified,
            Source.kind,
        )
        .join(Feed, Feed.id == Sighting.feed_id)
        .join(Page, Page.id == Sighting.page_id)
        .outerjoin(Source, Source.id == Feed.source_id)
        .where(Sighting.page_id.in_(page_ids))
        .order_by(Sighting.last_seen_at, Sighting.id)
    )
    sightings: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    for row in conn.execute(query):
        sightings.setdefault(row.page_id, []).append(row)
    return {
        page_id: _merge_hints(several) for page_id, named in sightings.items() if (several := _trusted_sightings(named))
    }


def _trusted_sightings(sightings: Sequence[Row[*tuple[Any, ...]]]) -> list[Row[*tuple[Any, ...]]]:
    """Return the sightings trusted to describe a page: its own outlet's, else those of aggregators.

    Any feed may list any page; the metadata of unrelated feeds is ignored.
    """
    own = [row for row in sightings if row.source_id in (None, row.told_by) or _are_neighbours(row.host, row.feed_url)]
    return own or [row for row in sightings if row.kind == AGGREGATOR]


def _are_neighbours(host: str, feed_url: str) -> bool:
    """Return whether a page and a feed belong together: services of one broadcaster share its domain."""
    return registrable_domain(host) == registrable_domain(read_host(feed_url))


def _merge_hints(sightings: Sequence[Row[*tuple[Any, ...]]]) -> dict[str, str]:
    """Return a page's metadata from feeds: the newest sighting, with the longest of the current texts."""
    newest = sightings[-1]
    current = [row for row in sightings if row.body and row.last_seen_at >= newest.last_seen_at - _SAME_TIME]
    fullest = max(current, key=lambda row: (row.source_id == row.told_by, len(row.body)), default=None)
    is_own = any(row.kind != AGGREGATOR or row.source_id == row.told_by for row in sightings)
    said = {
        "title": newest.title,
        "author": newest.author,
        "published_at": newest.published_at and (newest.published_as or newest.published_at.isoformat()),
        "language": newest.language,
        "body": fullest and fullest.body,
        "told_by": None if is_own else newest.told_by,
        "feed_unverified": next((row.unverified for row in (newest, fullest) if row and row.unverified), None),
    }
    return {name: value for name, value in said.items() if value}


def claim_pages(conn: Connection, page_ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
    """Claim pages for `lease_s` seconds; return those that no other process claimed first."""
    taken = conn.execute(
        update(Page)
        .where(Page.id.in_(page_ids), Page.state.in_(ASKED), Page.next_fetch_at <= now)
        .where(or_(Page.claimed_until.is_(None), Page.claimed_until < now))
        .values(claimed_until=now + timedelta(seconds=lease_s))
        .returning(Page.id)
    )
    return set(taken.scalars())


def renew_page_claims(conn: Connection, page_ids: Collection[int], *, until: datetime | None) -> None:
    """Extend claims until then; None releases them."""
    conn.execute(update(Page).where(Page.id.in_(page_ids), Page.claimed_until.is_not(None)).values(claimed_until=until))


def record_fetch(conn: Connection, fetched: PageFetched) -> None:
    """Store the result of a fetch and release the page. An older fetch never overwrites a newer one."""
    values: dict[str, object] = {
        "state": fetched.state,
        "fetched_at": fetched.fetched_at,
        "next_fetch_at": fetched.next_fetch_at,
        "claimed_until": None,
        "fetches": fetched.fetches,
        "failures": fetched.failures,
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
        "body_hash": fetched.body_hash,
        "last_outcome": fetched.outcome,
        "last_error": fetched.error,
        "unverified": fetched.unverified,
    }
    if fetched.changed_at is not None:
        values["changed_at"] = fetched.changed_at
    if fetched.feed_hash is not None:
        values["feed_hash"] = fetched.feed_hash
    conn.execute(
        update(Page)
        .where(Page.id == fetched.page_id, or_(Page.fetched_at.is_(None), Page.fetched_at <= fetched.fetched_at))
        .values(**values)
    )


def count_pages(conn: Connection) -> dict[str, int]:
    """Return the number of pages in each state."""
    return {state: n for state, n in conn.execute(select(Page.state, func.count()).group_by(Page.state))}


def count_due_pages(conn: Connection, *, now: datetime) -> int:
    """Return the number of due pages, claimed or not."""
    due = select(func.count()).select_from(Page).where(Page.state.in_(ASKED), Page.next_fetch_at <= now)
    removed = select(SourceRemoval.source_id).where(SourceRemoval.source_id == Page.source_id)
    return conn.scalar(due.where(~removed.exists())) or 0


def make_pages_due(conn: Connection, *, now: datetime, urls: Collection[str] | None = None) -> int:
    """Make fetched pages due now (by canonical URL; None: all); return their number."""
    statement = update(Page).where(Page.state == PageState.ACTIVE, Page.fetches > 0).values(next_fetch_at=now)
    if urls is not None:
        statement = statement.where(Page.canonical_url.in_(urls))
    return conn.execute(statement).rowcount
