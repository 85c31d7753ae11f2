"""Removals of outlets by a person: stored judgements that nothing collected overrides.

A removed outlet is neither polled nor fetched, its documents are rejected, and no catalogue brings it back, until the
removal is taken back. `worker.catalogue.removal` deletes what a confirmed removal takes along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from db.collection.feeds.edits import list_feed_states
from db.collection.sources.book import SourceBook, SourceIn, name_key, record_source
from db.collection.sources.sources import find_source, list_domains
from db.dialect import insert
from db.enums.collection import FeedState
from db.models import (
    Article,
    Capture,
    Feed,
    MatchRow,
    MentionRow,
    Page,
    Revision,
    Sighting,
    Source,
    SourceRemoval,
)

FACTS = ("name", "country", "languages", "kind", "homepage", "bias_note", "paywall", "time_zone", "unverified")
_OF_FEED = ("kind", "title", "confidence", "state", "floor_s", "ceiling_s", "link_pattern")


class RemovalConfirmed(ValueError):
    """The removal was confirmed: what it deletes cannot be brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A person's decision to remove an outlet; for the fields see `db.models.SourceRemoval`."""

    source_id: str
    decided_at: datetime
    decided_by: str | None
    note: str | None
    with_articles: bool
    outlet: Mapping[str, Any]
    confirmed_at: datetime | None
    finished_at: datetime | None

    @property
    def name(self) -> str:
        """Return the name that the outlet had."""
        return str(self.outlet["facts"]["name"])

    @property
    def is_waiting(self) -> bool:
        """Return whether the removal takes articles along and nobody has confirmed that yet."""
        return self.with_articles and self.confirmed_at is None

    @property
    def is_unfinished(self) -> bool:
        """Return whether the deletion was confirmed and has not ended."""
        return self.confirmed_at is not None and self.finished_at is None


def find_removal(conn: Connection, source_id: str) -> Removal | None:
    """Return the removal of an outlet in force, or None."""
    return next(iter(_read(conn, [source_id])), None)


def list_removals(conn: Connection) -> list[Removal]:
    """Return all removals in force, by the outlets' ids."""
    return _read(conn, None)


def _read(conn: Connection, only: Iterable[str] | None) -> list[Removal]:
    query = select(SourceRemoval.__table__).order_by(SourceRemoval.source_id)
    if only is not None:
        query = query.where(SourceRemoval.source_id.in_(list(only)))
    return [Removal(**row) for row in conn.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class RemovedOutlets:
    """The removed outlets: their ids, and the outlet of each of their domains."""

    ids: frozenset[str] = frozenset()
    domains: Mapping[str, str] = field(default_factory=dict)


def read_removed(conn: Connection) -> RemovedOutlets:
    """Return the removed outlets, for looking up many addresses."""
    removals = list_removals(conn)
    domains = {domain: removal.source_id for removal in removals for domain in removal.outlet["domains"]}
    return RemovedOutlets(frozenset(removal.source_id for removal in removals), domains)


def add_removed(conn: Connection, book: SourceBook) -> frozenset[str]:
    """Add outlets that have no row any more to a book, and return the ids of all removed outlets.

    A document of such an outlet must be found as its own, not as that of a new outlet.
    """
    removals = list_removals(conn)
    for removal in removals:
        book.ids.add(removal.source_id)
        book.by_name.setdefault(name_key(removal.name), removal.source_id)
        for domain in removal.outlet["domains"]:
            book.by_domain.setdefault(domain, removal.source_id)
    return frozenset(removal.source_id for removal in removals)


def record_removal(
    conn: Connection, source_id: str, *, with_articles: bool, by: str | None, note: str | None, now: datetime
) -> Removal:
    """Store the removal of an outlet and stop polling it; a further one only changes what it takes along.

    Raises RemovalConfirmed once the deletion of articles was confirmed.
    """
    known = find_removal(conn, source_id)
    if known is not None and known.confirmed_at is not None:
        raise RemovalConfirmed(f"the articles of {source_id} are being deleted since {known.confirmed_at:%Y-%m-%d}")
    if known is None:
        row = {
            "source_id": source_id,
            "decided_at": now,
            "decided_by": by,
            "note": note,
            "with_articles": with_articles,
            "outlet": _describe_outlet(conn, source_id),
        }
        conn.execute(insert(conn, SourceRemoval).values(row))
    else:
        values = {"with_articles": with_articles, "note": note or known.note}
        conn.execute(update(SourceRemoval).where(SourceRemoval.source_id == source_id).values(values))
    retired = {"state": FeedState.RETIRED, "claimed_until": None}
    conn.execute(update(Feed).where(Feed.source_id == source_id).values(retired))
    removal = find_removal(conn, source_id)
    assert removal is not None, "it was just stored"
    return removal


def _describe_outlet(conn: Connection, source_id: str) -> dict[str, Any]:
    source = find_source(conn, source_id)
    assert source is not None, "its id was just looked up"
    columns = [getattr(Feed, name) for name in ("url", *_OF_FEED)]
    feeds = conn.execute(select(*columns).where(Feed.source_id == source_id).order_by(Feed.url)).mappings()
    return {
        "facts": {name: getattr(source, name) for name in FACTS},
        "origin": source.origin,
        "domains": list_domains(conn, source_id),
        "feeds": [dict(row) for row in feeds],
    }


def confirm_removal(conn: Connection, source_id: str, *, now: datetime) -> None:
    """Record that a person wants what the removal takes along deleted. From now on it cannot be brought back."""
    unconfirmed = (SourceRemoval.source_id == source_id, SourceRemoval.confirmed_at.is_(None))
    conn.execute(update(SourceRemoval).where(*unconfirmed).values(confirmed_at=now))


def restore_source(conn: Connection, removal: Removal, *, now: datetime) -> dict[str, str]:
    """Take a removal back: the outlet is as it was, except for articles deleted already; return its feeds' states.

    Raises RemovalConfirmed while its articles are being deleted.
    """
    if removal.is_unfinished:
        raise RemovalConfirmed(f"the articles of {removal.source_id} are being deleted")
    source_id, outlet = removal.source_id, removal.outlet
    if removal.finished_at is not None:
        _make_source(conn, removal, now)
    for feed in outlet["feeds"]:
        mine = (Feed.url == feed["url"], Feed.source_id == source_id, Feed.state == FeedState.RETIRED)
        conn.execute(update(Feed).where(*mine).values(state=feed["state"], next_poll_at=now, next_poll_because=None))
    conn.execute(delete(SourceRemoval).where(SourceRemoval.source_id == source_id))
    return list_feed_states(conn, source_id)


def _make_source(conn: Connection, removal: Removal, now: datetime) -> None:
    """Make the outlet anew, with those of its domains and feeds that no other outlet has taken since."""
    outlet = removal.outlet
    facts = {name: value for name, value in outlet["facts"].items() if name != "unverified"}
    source = SourceIn(id=removal.source_id, domains=outlet["domains"], origin=outlet["origin"], **facts)
    record_source(conn, source, now=now)
    unverified = outlet["facts"]["unverified"]
    conn.execute(update(Source).where(Source.id == removal.source_id).values(unverified=unverified))
    for feed in outlet["feeds"]:
        row = {**feed, "source_id": removal.source_id, "state": FeedState.RETIRED, "next_poll_at": now, "failures": 0}
        conn.execute(insert(conn, Feed).on_conflict_do_nothing(index_elements=["url"]), row)


def count_removed(conn: Connection, source_id: str) -> dict[str, int]:
    """Return the numbers of rows that a removal with articles would delete."""
    articles = select(Article.id).where(Article.source_id == source_id)
    revisions = select(Revision.id).where(Revision.article_id.in_(articles))
    feeds = select(Feed.id).where(Feed.source_id == source_id)
    queries = {
        "articles": select(func.count()).select_from(Article).where(Article.source_id == source_id),
        "revisions": select(func.count()).select_from(Revision).where(Revision.article_id.in_(articles)),
        "mentions": select(func.count()).select_from(MentionRow).where(MentionRow.revision_id.in_(revisions)),
        "matches": select(func.count()).select_from(MatchRow).where(MatchRow.article_id.in_(articles)),
        "sightings": select(func.count()).select_from(Sighting).where(Sighting.feed_id.in_(feeds)),
        "pages": select(func.count()).select_from(Page).where(Page.source_id == source_id),
        "captures": select(func.count()).select_from(Capture).where(Capture.source_id == source_id),
    }
    return {name: conn.scalar(query) or 0 for name, query in queries.items()}
