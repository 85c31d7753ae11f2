"""Hosts without an outlet that articles link to or aggregators name: suggestions of what to collect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from db.collection.sources.book import SourceBook, load_book
from db.collection.sources.removals import add_removed
from db.collection.sources.sources import AGGREGATOR, NOT_COLLECTED, list_sources
from db.dialect import insert
from db.enums.collection import SourceOrigin
from db.models import LinkedHost, Page, Source


@dataclass(frozen=True, slots=True)
class HostLinkIn:
    """A link in an article of an outlet to another host."""

    host: str
    source_id: str
    url: str


@dataclass(slots=True, kw_only=True)
class SuggestedHost:
    """A host that is not collected, with who names it."""

    host: str
    articles: int = 0
    """Articles that link to it."""
    entries: int = 0
    """Entries of aggregators that lead to it."""
    named_by: set[str] = field(default_factory=set)
    """The outlets of both."""
    example: str = ""
    last_at: datetime | None = None


def record_links(conn: Connection, links: Sequence[HostLinkIn], *, now: datetime) -> None:
    """Count links; call it once for each article, in the transaction that finishes it."""
    counts: dict[tuple[str, str], list[str]] = {}
    for link in links:
        counts.setdefault((link.host, link.source_id), []).append(link.url)
    rows = [
        {"host": host, "source_id": source_id, "articles": len(urls), "last_at": now, "example": urls[-1]}
        for (host, source_id), urls in sorted(counts.items())  # one order for all: no deadlock
    ]
    if rows:
        upsert = insert(conn, LinkedHost)
        new = upsert.excluded
        values = {"articles": LinkedHost.articles + new.articles, "last_at": new.last_at, "example": new.example}
        conn.execute(upsert.on_conflict_do_update(index_elements=["host", "source_id"], set_=values), rows)


def forget_links(conn: Connection, *, before: datetime, limit: int = 1_000) -> int:
    """Delete at most `limit` hosts that an outlet has not linked to since `before`; return their number."""
    old = select(LinkedHost.host, LinkedHost.source_id).where(LinkedHost.last_at < before).limit(limit)
    rows = conn.execute(old).all()
    for host, source_id in rows:
        conn.execute(delete(LinkedHost).where(LinkedHost.host == host, LinkedHost.source_id == source_id))
    return len(rows)


def suggest_hosts(conn: Connection, *, limit: int) -> list[SuggestedHost]:
    """Return the hosts that are not collected: first those that most outlets name, then by articles and entries."""
    book, left_out = _known(conn)
    found: dict[str, SuggestedHost] = {}
    linked = select(LinkedHost.host, LinkedHost.source_id, LinkedHost.articles, LinkedHost.example, LinkedHost.last_at)
    for row in conn.execute(linked.order_by(LinkedHost.last_at, LinkedHost.host, LinkedHost.source_id)):
        if one := _suggested(found, row.host, row.source_id, book, left_out):
            one.articles += row.articles
            one.example, one.last_at = row.example, row.last_at
    entries = (
        select(Page.host, Page.source_id, func.count().label("n"), func.max(Page.url).label("url"))
        .join(Source, Source.id == Page.source_id)
        .where(Source.kind == AGGREGATOR, Page.canonical_url.not_like("urn:%"))
        .group_by(Page.host, Page.source_id)
        .order_by(Page.host, Page.source_id)
    )
    for entry in conn.execute(entries):
        if one := _suggested(found, entry.host.removeprefix("www."), entry.source_id, book, left_out):
            one.entries += entry.n
            one.example = one.example or entry.url
    ranked = sorted(found.values(), key=lambda one: (-len(one.named_by), -one.articles - one.entries, one.host))
    return ranked[:limit]


def _known(conn: Connection) -> tuple[SourceBook, frozenset[str]]:
    """Return all outlets, removed ones included, and those of them that were only found in documents."""
    book = load_book(conn)
    removed = add_removed(conn, book)
    only_found = {
        row.id
        for row in list_sources(conn)
        if row.origin == SourceOrigin.DOCUMENT and row.collected_by == NOT_COLLECTED and row.id not in removed
    }
    return book, frozenset(only_found)


def _suggested(
    found: dict[str, SuggestedHost], host: str, source_id: str, book: SourceBook, only_found: frozenset[str]
) -> SuggestedHost | None:
    owner = book.find_by_url(f"https://{host}/")
    if owner is not None and owner not in only_found:
        return None
    one = found.setdefault(host, SuggestedHost(host=host))
    one.named_by.add(source_id)
    return one
