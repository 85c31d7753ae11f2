"""Pages: named by feed entries, fetched, and fetched again to notice silent edits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, func, or_, select, update

from db.dialect import insert
from db.models import Feed, Page, Sighting, SourceDomain
from db.urls import host_of

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""`next_fetch_at` of pages that are not fetched any more, so that indexes on it hold them at the far end."""

_CANDIDATES = 500
_ROWS = 400
"""Rows of one statement: SQLite allows 32,766 parameters."""


@dataclass(frozen=True, slots=True)
class EntryIn:
    """An entry of a feed that names a page. `refusal` says why the page must not be fetched."""

    canonical_url: str
    url: str
    guid: str | None = None
    title: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class PageDue:
    """What a fetch needs to know of a page; `hints` are what the newest sighting says of it."""

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
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageFetched:
    """What a fetch makes of a page; `state` as in `Page.state`."""

    page_id: int
    fetched_at: datetime
    outcome: str
    error: str | None
    state: str
    next_fetch_at: datetime
    fetches: int
    failures: int
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    changed_at: datetime | None = None


def record_entries(
    conn: Connection, *, feed_id: int, source_id: str | None, entries: Sequence[EntryIn], seen_at: datetime
) -> dict[str, int]:
    """Store pages and sightings; return how many entries were `new`, `known` or `refused`. New pages are due at once.

    Every canonical URL may occur once in `entries`. A page belongs to the outlet whose domain it is on, else to
    the feed's.
    """
    counts = {"new": 0, "known": 0, "refused": 0}
    ordered = sorted(entries, key=lambda entry: entry.canonical_url)  # one order for all: no deadlock
    owners = _owners(conn, {host_of(entry.canonical_url) for entry in ordered})
    for start in range(0, len(ordered), _ROWS):
        part = ordered[start : start + _ROWS]
        new = _insert_pages(conn, part, owners, source_id, seen_at)
        _upsert_sightings(conn, feed_id, part, seen_at)
        for entry in part:
            outcome = "refused" if entry.refusal else "new" if entry.canonical_url in new else "known"
            counts[outcome] += 1
    return counts


def _insert_pages(
    conn: Connection,
    entries: Sequence[EntryIn],
    owners: Mapping[str, str],
    source_id: str | None,
    seen_at: datetime,
) -> set[str]:
    rows = [
        {
            "canonical_url": entry.canonical_url,
            "url": entry.url,
            "host": (host := host_of(entry.canonical_url)),
            "source_id": owners.get(host, source_id),
            "state": "refused" if entry.refusal else "active",
            "first_seen_at": seen_at,
            "next_fetch_at": NEVER if entry.refusal else seen_at,
            "fetches": 0,
            "failures": 0,
            "last_outcome": "refused" if entry.refusal else None,
            "last_error": entry.refusal,
        }
        for entry in entries
    ]
    statement = insert(conn, Page).values(rows).on_conflict_do_nothing(index_elements=["canonical_url"])
    return set(conn.execute(statement.returning(Page.canonical_url)).scalars())


def _upsert_sightings(conn: Connection, feed_id: int, entries: Sequence[EntryIn], seen_at: datetime) -> None:
    urls = [entry.canonical_url for entry in entries]
    found = conn.execute(select(Page.canonical_url, Page.id).where(Page.canonical_url.in_(urls)))
    ids = {url: page_id for url, page_id in found}
    rows = [
        {
            "feed_id": feed_id,
            "page_id": ids[entry.canonical_url],
            "guid": entry.guid,
            "title": entry.title,
            "author": entry.author,
            "published_at": entry.published_at,
            "first_seen_at": seen_at,
            "last_seen_at": seen_at,
        }
        for entry in entries
    ]
    upsert = insert(conn, Sighting).values(rows)
    again = upsert.excluded
    conn.execute(
        upsert.on_conflict_do_update(
            index_elements=["feed_id", "page_id"],
            set_={
                "guid": again.guid,
                "title": again.title,
                "author": again.author,
                "published_at": again.published_at,
                "last_seen_at": case(
                    (Sighting.last_seen_at > again.last_seen_at, Sighting.last_seen_at), else_=again.last_seen_at
                ),
            },
        )
    )


def _owners(conn: Connection, hosts: Collection[str]) -> dict[str, str]:
    """Return the source of each host whose name, or the end of whose name, is an outlet's domain."""
    ends = {host: [host.split(".", n)[-1] for n in range(host.count(".") + 1)] for host in hosts}
    wanted = sorted({end for several in ends.values() for end in several})
    known: dict[str, str] = {}
    for start in range(0, len(wanted), _ROWS):
        part = wanted[start : start + _ROWS]
        query = select(SourceDomain.domain, SourceDomain.source_id).where(SourceDomain.domain.in_(part))
        known |= {domain: source_id for domain, source_id in conn.execute(query)}
    return {
        host: known[longest]
        for host, several in ends.items()
        if (longest := next((end for end in several if end in known), None)) is not None
    }


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
    """Return at most `limit` pages that nobody is fetching, one for each host that is not resting.

    Pages never fetched come first, then those due longest. One host with many pages cannot fill the list: the caller
    names it as resting at the next call and so meets the others. `not_since` leaves out what was fetched then or later.
    """
    query = (
        select(
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
        )
        .where(Page.state == "active", Page.next_fetch_at <= now)
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
    chosen = list(first_of_host.values())[:limit]
    hints = _hints(conn, [row.id for row in chosen])
    return [PageDue(**row._asdict(), hints=hints.get(row.id, {})) for row in chosen]


def _hints(conn: Connection, page_ids: Collection[int]) -> dict[int, dict[str, str]]:
    if not page_ids:
        return {}
    query = (
        select(Sighting.page_id, Sighting.title, Sighting.author, Sighting.published_at)
        .where(Sighting.page_id.in_(page_ids))
        .order_by(Sighting.last_seen_at, Sighting.id)  # the newest is last, and stays
    )
    hints: dict[int, dict[str, str]] = {}
    for page_id, title, author, published_at in conn.execute(query):
        said = {"title": title, "author": author, "published_at": published_at and published_at.isoformat()}
        hints[page_id] = {name: value for name, value in said.items() if value}
    return hints


def claim_pages(conn: Connection, page_ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
    """Return those of the pages that now are ours for `lease_s` seconds; another process may have been quicker."""
    taken = conn.execute(
        update(Page)
        .where(Page.id.in_(page_ids), Page.state == "active", Page.next_fetch_at <= now)
        .where(or_(Page.claimed_until.is_(None), Page.claimed_until < now))
        .values(claimed_until=now + timedelta(seconds=lease_s))
        .returning(Page.id)
    )
    return set(taken.scalars())


def hold_pages(conn: Connection, page_ids: Collection[int], *, until: datetime | None) -> None:
    """Keep claims until then; None gives them back."""
    conn.execute(update(Page).where(Page.id.in_(page_ids), Page.claimed_until.is_not(None)).values(claimed_until=until))


def record_fetch(conn: Connection, fetched: PageFetched) -> None:
    """Store the outcome of a fetch and give the page back. An older fetch never overwrites a newer one."""
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
    }
    if fetched.changed_at is not None:
        values["changed_at"] = fetched.changed_at
    conn.execute(
        update(Page)
        .where(Page.id == fetched.page_id, or_(Page.fetched_at.is_(None), Page.fetched_at <= fetched.fetched_at))
        .values(**values)
    )


def count_pages(conn: Connection) -> dict[str, int]:
    """Return how many pages are in each state."""
    return {state: n for state, n in conn.execute(select(Page.state, func.count()).group_by(Page.state))}


def count_due_pages(conn: Connection, *, now: datetime) -> int:
    """Return how many pages wait to be fetched, whoever may hold them."""
    due = select(func.count()).select_from(Page).where(Page.state == "active", Page.next_fetch_at <= now)
    return conn.scalar(due) or 0


def make_pages_due(conn: Connection, *, now: datetime, urls: Collection[str] | None = None) -> int:
    """Make fetched pages due now (by canonical URL; None: all), as if their time had come; return how many."""
    statement = update(Page).where(Page.state == "active", Page.fetches > 0).values(next_fetch_at=now)
    if urls is not None:
        statement = statement.where(Page.canonical_url.in_(urls))
    return conn.execute(statement).rowcount
