"""Entries of feeds: the pages that they list, with the metadata of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, select, update

from db.collection.pages.pages import NEVER
from db.collection.pages.refusals import ask_for_named
from db.collection.sources.removals import read_removed
from db.dialect import insert_by, is_sqlite
from db.enums.collection import PageState
from db.enums.outcomes import CountedOutcome, EntryOutcome, PageKind, RequestOutcome
from db.models import Page, Sighting, SourceDomain
from db.net.urls import read_host

_ROWS = 400
"""Rows of one statement: SQLite allows 32,766 parameters."""

# built once: to build a statement takes longer than to run it
_ADDRESSES = select(Page.canonical_url, Page.url).where(Page.canonical_url.in_(bindparam("urns", expanding=True)))
_IDS = select(Page.canonical_url, Page.id).where(Page.canonical_url.in_(bindparam("urls", expanding=True)))
_SOURCES = select(SourceDomain.domain, SourceDomain.source_id).where(
    SourceDomain.domain.in_(bindparam("domains", expanding=True))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryIn:
    """An entry of a feed. `refusal` is the reason why its page must not be fetched.

    An entry without a page of its own has its `urn` as address and the reason in `trouble`.
    """

    canonical_url: str
    url: str
    guid: str | None = None
    title: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    published_as: str | None = None
    body: str | None = None
    language: str | None = None
    refusal: str | None = None
    urn: str | None = None
    """Its address if it has no page of its own."""
    feed_hash: str | None = None
    """The hash of its text; None without a text."""
    trouble: str | None = None

    def by_itself(self, trouble: str) -> EntryIn:
        """Return the entry as an article that consists of the feed's text alone."""
        assert self.urn is not None
        return replace(self, canonical_url=self.urn, trouble=trouble)

    @property
    def hints(self) -> dict[str, str]:
        """Metadata of its article, as stored in captures."""
        said = {
            "title": self.title,
            "author": self.author,
            "published_at": self.published_at and self.published_at.isoformat(),
            "body": self.body,
            "language": self.language,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedText:
    """A text that only its feed has, and the hash of the version last passed to the workers."""

    page_id: int
    canonical_url: str
    url: str
    source_id: str | None
    feed_hash: str | None
    unverified: str | None
    """As in `Page.unverified`."""


def record_entries(
    conn: Connection,
    *,
    feed_id: int,
    source_id: str | None,
    entries: Sequence[EntryIn],
    seen_at: datetime,
    waits: bool = False,
) -> dict[EntryOutcome, int]:
    """Store pages and sightings; return the number of `new`, `known` or `refused` entries.

    New pages are due at once, and so are those that waited for a back-fill; with `waits` they wait for one.
    Every canonical URL may occur once in `entries`. A page belongs to the outlet of its domain, else to the feed's; an
    entry without a page belongs to the feed's outlet, wherever its link leads. Entries of removed outlets are refused
    and not stored.
    """
    counts = dict.fromkeys((EntryOutcome.NEW, EntryOutcome.KNOWN, EntryOutcome.REFUSED), 0)
    ordered = sorted(entries, key=lambda entry: entry.canonical_url)  # one order for all: no deadlock
    removed = read_removed(conn)
    owners = _owners(conn, {read_host(entry.canonical_url) for entry in ordered if not entry.trouble}, removed.domains)
    if removed.ids:
        kept = [
            entry
            for entry in ordered
            if source_id not in removed.ids and _owner(entry, owners, source_id) not in removed.ids
        ]
        counts[EntryOutcome.REFUSED] = len(ordered) - len(kept)
        ordered = kept
    for start in range(0, len(ordered), _ROWS):
        part = ordered[start : start + _ROWS]
        if not waits:
            ask_for_named(conn, feed_id, [entry.canonical_url for entry in part if not entry.refusal], now=seen_at)
        new = _insert_pages(conn, part, owners, source_id, seen_at, NEVER if waits else seen_at)
        _upsert_sightings(conn, feed_id, part, seen_at)
        for entry in part:
            counts[_outcome(entry, new)] += 1
    return counts


def _outcome(entry: EntryIn, new: Collection[str]) -> EntryOutcome:
    if entry.refusal:
        return EntryOutcome.REFUSED
    return EntryOutcome.NEW if entry.canonical_url in new else EntryOutcome.KNOWN


def _first_outcome(entry: EntryIn) -> CountedOutcome | None:
    if entry.refusal:
        return RequestOutcome.REFUSED
    return PageKind.NO_PAGE if entry.trouble else None


def keep_addresses(conn: Connection, entries: Sequence[EntryIn]) -> list[EntryIn]:
    """Return the entries; those recorded earlier without a page stay so, even if their link is not shared now.

    The entries that share a link leave the feed one after the other; that does not turn the last one into a page.
    """
    urns = [entry.urn for entry in entries if entry.urn and entry.trouble is None]
    known = {urn: url for urn, url in conn.execute(_ADDRESSES, {"urns": urns})} if urns else {}
    taken = {entry.canonical_url for entry in entries}
    kept = []
    for entry in entries:
        if entry.urn in known and known[entry.urn] == entry.url and entry.urn not in taken:
            entry = entry.by_itself("entries shared one link")
        kept.append(entry)
    return kept


def find_feed_texts(conn: Connection, urns: Collection[str]) -> list[FeedText]:
    """Return the recorded texts without a page, in the order of their addresses."""
    told = (Page.canonical_url, Page.url, Page.source_id, Page.feed_hash, Page.unverified)
    query = select(Page.id.label("page_id"), *told)
    return [
        FeedText(**row._asdict())
        for row in conn.execute(query.where(Page.canonical_url.in_(urns)).order_by(Page.canonical_url))
    ]


def record_feed_texts(
    conn: Connection, hashes: Mapping[int, str], *, now: datetime, unverified: str | None = None
) -> None:
    """Record the feed texts passed to the workers, by page id, and the fault of the sender's certificate."""
    for page_id, feed_hash in sorted(hashes.items()):
        values = {"feed_hash": feed_hash, "changed_at": now, "unverified": unverified}
        conn.execute(update(Page).where(Page.id == page_id).values(values))


def forget_bodies(conn: Connection, *, before: datetime, limit: int = 500) -> int:
    """Delete the texts of at most `limit` entries not seen in a feed since `before`; return their number.

    Call it until that is 0. The captures of these entries keep the texts for as long as captures are kept.
    """
    old = select(Sighting.id).where(Sighting.body.is_not(None), Sighting.last_seen_at < before)
    ids = list(conn.scalars(old.order_by(Sighting.last_seen_at).limit(limit)))
    if ids:
        conn.execute(update(Sighting).where(Sighting.id.in_(ids)).values(body=None))
    return len(ids)


def _owner(entry: EntryIn, owners: Mapping[str, str], source_id: str | None) -> str | None:
    return source_id if entry.trouble else owners.get(read_host(entry.canonical_url), source_id)


def _insert_pages(
    conn: Connection,
    entries: Sequence[EntryIn],
    owners: Mapping[str, str],
    source_id: str | None,
    seen_at: datetime,
    due_at: datetime,
) -> set[str]:
    rows = [
        {
            "canonical_url": entry.canonical_url,
            "url": entry.url,
            "host": read_host(entry.url),
            "source_id": _owner(entry, owners, source_id),
            "state": PageState.REFUSED if entry.refusal else PageState.SETTLED if entry.trouble else PageState.ACTIVE,
            "first_seen_at": seen_at,
            "next_fetch_at": NEVER if entry.refusal or entry.trouble else due_at,
            "fetches": 0,
            "failures": 0,
            "last_outcome": _first_outcome(entry),
            "last_error": entry.refusal or entry.trouble,
        }
        for entry in entries
    ]
    return set(conn.execute(_insert_new(is_sqlite(conn)), rows).scalars())


@cache
def _insert_new(is_embedded: bool) -> Any:
    pages = insert_by(is_embedded, Page).on_conflict_do_nothing(index_elements=["canonical_url"])
    return pages.returning(Page.canonical_url)


def _upsert_sightings(conn: Connection, feed_id: int, entries: Sequence[EntryIn], seen_at: datetime) -> None:
    urls = [entry.canonical_url for entry in entries]
    ids = {url: page_id for url, page_id in conn.execute(_IDS, {"urls": urls})}
    rows = [
        {
            "feed_id": feed_id,
            "page_id": ids[entry.canonical_url],
            "guid": entry.guid,
            "title": entry.title,
            "author": entry.author,
            "published_at": entry.published_at,
            "published_as": entry.published_as,
            "body": entry.body,
            "language": entry.language,
            "first_seen_at": seen_at,
            "last_seen_at": seen_at,
        }
        for entry in entries
    ]
    conn.execute(_upsert_sighting(is_sqlite(conn)), rows)


@cache
def _upsert_sighting(is_embedded: bool) -> Any:
    upsert = insert_by(is_embedded, Sighting)
    again = upsert.excluded
    return upsert.on_conflict_do_update(
        index_elements=["feed_id", "page_id"],
        set_={
            "guid": again.guid,
            "title": again.title,
            "author": again.author,
            "published_at": again.published_at,
            "published_as": again.published_as,
            # an unchanged text is not written again: it may be long, and feeds repeat it at every poll
            "body": case((Sighting.body.is_distinct_from(again.body), again.body), else_=Sighting.body),
            "language": again.language,
            "last_seen_at": case(
                (Sighting.last_seen_at > again.last_seen_at, Sighting.last_seen_at), else_=again.last_seen_at
            ),
        },
    )


def _owners(conn: Connection, hosts: Collection[str], removed: Mapping[str, str]) -> dict[str, str]:
    """Return the source of each host that equals an outlet's domain or is a subdomain of it.

    `removed` has the outlets of domains that have no row any more.
    """
    ends = {host: [host.split(".", n)[-1] for n in range(host.count(".") + 1)] for host in hosts}
    wanted = sorted({end for several in ends.values() for end in several})
    known = {domain: removed[domain] for domain in wanted if domain in removed}
    for start in range(0, len(wanted), _ROWS):
        part = wanted[start : start + _ROWS]
        known |= {domain: source_id for domain, source_id in conn.execute(_SOURCES, {"domains": part})}
    return {
        host: known[longest]
        for host, several in ends.items()
        if (longest := next((end for end in several if end in known), None)) is not None
    }
