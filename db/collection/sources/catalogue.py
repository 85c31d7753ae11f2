"""Outlets in the catalogues and in the database, and the changes that a merge applies.

A catalogue is merged three ways: its previous entry is recorded beside each outlet, so that a person's changes can be
distinguished from those of the catalogue (`worker.catalogue.merge` decides, this module writes).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, literal, select, update

from db.collection.feeds.feeds import ASKED, add_feed
from db.collection.sources.book import SourceIn, record_source
from db.collection.sources.removals import RemovedOutlets, read_removed
from db.coverage.cells import mark_articles
from db.dialect import insert
from db.dialect.locks import lock_names
from db.enums.collection import FeedKind, FeedState, SourceOrigin
from db.models import Article, CatalogueOutlet, Feed, Source, SourceDomain
from db.models.base import UtcDateTime

PACKAGED, FOLDER, DEMO = "packaged", "folder", "demo"
"""Catalogues: the packaged one, the user's own files, and the invented outlets of the demo."""
FACTS = ("name", "country", "languages", "kind", "homepage", "bias_note", "paywall", "time_zone")
"""Columns of an outlet that a catalogue fills."""
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class FeedForm:
    """The kind of an address, a `FeedKind`, and for a section page the form of links to articles."""

    kind: str = FeedKind.FEED
    link_pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletFacts:
    """A catalogue's entry for one outlet, as far as the database stores it."""

    facts: Mapping[str, Any]
    """A value for each of `FACTS`; None if left open."""
    domains: tuple[str, ...] = ()
    feeds: Mapping[str, str] = field(default_factory=dict)
    """Confidence in each address, of whatever kind."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """The kind of each address that is no feed."""
    patterns: Mapping[str, str] = field(default_factory=dict)
    """The form of links to articles, for some section pages."""

    def find_form(self, url: str) -> FeedForm:
        """Return what the catalogue says that an address is."""
        return FeedForm(self.kinds.get(url, FeedKind.FEED), self.patterns.get(url))

    def to_json(self) -> dict[str, Any]:
        """Return the input of `from_json`."""
        return {
            **self.facts,
            "domains": list(self.domains),
            "feeds": dict(self.feeds),
            "kinds": dict(self.kinds),
            "patterns": dict(self.patterns),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> OutletFacts:
        """Return the facts recorded by this version of the program or another."""
        return cls(
            facts={name: stored.get(name) for name in FACTS},
            domains=tuple(stored.get("domains", ())),
            feeds=dict(stored.get("feeds", {})),
            kinds=dict(stored.get("kinds", {})),
            patterns=dict(stored.get("patterns", {})),
        )


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """A feed of an outlet in its current state; `works` if its latest poll succeeded."""

    confidence: str | None
    state: str
    works: bool
    form: FeedForm = FeedForm()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutlet:
    """An outlet in its current state."""

    id: str
    origin: str
    facts: Mapping[str, Any]
    domains: frozenset[str] = frozenset()
    feeds: Mapping[str, StoredFeed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CatalogueRecord:
    """A catalogue's last entry for an outlet, with the outlet's id in the database."""

    source_id: str
    said: OutletFacts
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueView:
    """The complete input of a merge."""

    outlets: Mapping[str, StoredOutlet]
    records: Mapping[str, Mapping[str, CatalogueRecord]]
    """The last entries by catalogue and id."""
    removed: RemovedOutlets = field(default_factory=RemovedOutlets)

    def select_records(self, catalogue: str) -> Mapping[str, CatalogueRecord]:
        """Return the last entries of a catalogue by id."""
        return self.records.get(catalogue, {})

    def owner_of_domains(self) -> dict[str, str]:
        """Return the outlet of each domain."""
        return {domain: outlet.id for outlet in self.outlets.values() for domain in outlet.domains}

    def owner_of_feeds(self) -> dict[str, str]:
        """Return the outlet of each feed."""
        return {url: outlet.id for outlet in self.outlets.values() for url in outlet.feeds}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletChange:
    """The changes of a catalogue to one outlet; empty if its entry is unchanged."""

    outlet_id: str
    source_id: str
    said: OutletFacts
    is_new: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    domains_added: tuple[str, ...] = ()
    domains_dropped: tuple[str, ...] = ()
    feeds_added: Mapping[str, str] = field(default_factory=dict)
    """Initial state of each address: `active` or `paused`."""
    feeds_revived: tuple[str, ...] = ()
    feeds_moved: tuple[str, ...] = ()
    """Addresses that belonged to another outlet."""
    feeds_retired: tuple[str, ...] = ()
    confidences: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, FeedForm] = field(default_factory=dict)
    """What addresses are now that were something else."""
    kept: tuple[str, ...] = ()
    """Sentences about the catalogue's changes that were not applied, because a person's change takes precedence."""

    @property
    def is_visible(self) -> bool:
        """Return whether the change is worth reporting."""
        return bool(self.is_new or self.facts or self.domains_added or self.domains_dropped or self.kept) or bool(
            self.feeds_added or self.feeds_revived or self.feeds_moved or self.feeds_retired
        )


@dataclass(frozen=True, slots=True)
class CatalogueChanges:
    """The changes of merging a catalogue. `gone` are outlets that it no longer contains; they stay in the database."""

    outlets: tuple[OutletChange, ...] = ()
    gone: tuple[str, ...] = ()
    said: Mapping[str, CatalogueRecord] = field(default_factory=dict)
    """Records to write, by the catalogue's ids."""

    def __bool__(self) -> bool:
        return bool(self.gone) or any(change.is_visible for change in self.outlets)


def read_view(conn: Connection) -> CatalogueView:
    """Return the outlets in the database, and their last entries in the catalogues."""
    domains: dict[str, set[str]] = {}
    for domain, source_id in conn.execute(select(SourceDomain.domain, SourceDomain.source_id)):
        domains.setdefault(source_id, set()).add(domain)
    feeds: dict[str, dict[str, StoredFeed]] = {}
    columns = (Feed.source_id, Feed.url, Feed.kind, Feed.link_pattern, Feed.confidence, Feed.state, Feed.failures)
    for feed in conn.execute(select(*columns, Feed.succeeded_at)):
        works = feed.state == FeedState.ACTIVE and not feed.failures and feed.succeeded_at is not None
        form = FeedForm(feed.kind, feed.link_pattern)
        feeds.setdefault(feed.source_id, {})[feed.url] = StoredFeed(feed.confidence, feed.state, works, form)
    outlets = {
        row.id: StoredOutlet(
            id=row.id,
            origin=row.origin,
            facts={name: getattr(row, name) for name in FACTS},
            domains=frozenset(domains.get(row.id, ())),
            feeds=feeds.get(row.id, {}),
        )
        for row in conn.execute(select(Source.__table__))
    }
    records: dict[str, dict[str, CatalogueRecord]] = {}
    for row in conn.execute(select(CatalogueOutlet.__table__)):
        record = CatalogueRecord(row.source_id, OutletFacts.from_json(row.said), row.is_gone)
        records.setdefault(row.catalogue, {})[row.outlet_id] = record
    return CatalogueView(outlets=outlets, records=records, removed=read_removed(conn))


def lock_catalogues(conn: Connection) -> None:
    """Lock out other merges of catalogues until the end of this transaction."""
    lock_names(conn, ["catalogue"])


def apply_changes(conn: Connection, catalogue: str, changes: CatalogueChanges, *, now: datetime) -> None:
    """Store the result of a merge, and the catalogue's entries."""
    for change in changes.outlets:
        _drop_domains(conn, change)
    for change in changes.outlets:
        _apply(conn, change, now)
    if changes.said:
        upsert = insert(conn, CatalogueOutlet)
        new = {name: upsert.excluded[name] for name in ("source_id", "said", "is_gone")}
        rows = [
            {
                "catalogue": catalogue,
                "outlet_id": outlet_id,
                "source_id": record.source_id,
                "said": record.said.to_json(),
                "is_gone": record.is_gone,
            }
            for outlet_id, record in sorted(changes.said.items())
        ]
        conn.execute(upsert.on_conflict_do_update(index_elements=["catalogue", "outlet_id"], set_=new), rows)


def _drop_domains(conn: Connection, change: OutletChange) -> None:
    if change.domains_dropped:
        mine = SourceDomain.source_id == change.source_id
        conn.execute(delete(SourceDomain).where(mine, SourceDomain.domain.in_(change.domains_dropped)))


def _apply(conn: Connection, change: OutletChange, now: datetime) -> None:
    if change.is_new:
        facts = {name: value for name, value in change.facts.items() if name != "languages"}
        languages = change.facts.get("languages") or ()
        new = SourceIn(id=change.source_id, domains=(), origin=SourceOrigin.CATALOGUE, languages=languages, **facts)
        record_source(conn, new, now=now)
    elif change.facts:
        conn.execute(update(Source).where(Source.id == change.source_id).values(**change.facts))
        if "country" in change.facts:
            mark_articles_of(conn, change.source_id)
    if change.domains_added:
        rows = [{"domain": domain, "source_id": change.source_id} for domain in change.domains_added]
        conn.execute(insert(conn, SourceDomain).on_conflict_do_nothing(index_elements=["domain"]), rows)
    for url, state in change.feeds_added.items():
        confidence = change.said.feeds.get(url)
        add_feed(conn, source_id=change.source_id, url=url, confidence=confidence, state=state, now=now)
        form = change.said.find_form(url)
        if form != FeedForm():
            _record_form(conn, url, form)
    for url in (*change.feeds_revived, *change.feeds_moved):
        revive_feed(conn, url, source_id=change.source_id, now=now)
    retire_feeds(conn, change.feeds_retired)
    for url, confidence in change.confidences.items():
        conn.execute(update(Feed).where(Feed.url == url).values(confidence=confidence))
    for url, form in change.forms.items():
        _record_form(conn, url, form)


def _record_form(conn: Connection, url: str, form: FeedForm) -> None:
    conn.execute(update(Feed).where(Feed.url == url).values(kind=form.kind, link_pattern=form.link_pattern))


def mark_articles_of(conn: Connection, source_id: str) -> None:
    """Mark an outlet's articles for a recount under another country."""
    ids: Sequence[int] = conn.scalars(select(Article.id).where(Article.source_id == source_id)).all()
    for start in range(0, len(ids), _BATCH):
        mark_articles(conn, ids[start : start + _BATCH])


def retire_feeds(conn: Connection, urls: Collection[str]) -> None:
    """Stop polling these addresses; their articles stay. An address paused by a person stays paused."""
    if urls:
        conn.execute(update(Feed).where(Feed.url.in_(urls), Feed.state.in_(ASKED)).values(state=FeedState.RETIRED))


def revive_feed(conn: Connection, url: str, *, source_id: str, now: datetime) -> None:
    """Assign a feed to this outlet; if it was retired, make it active and due."""
    was_retired = Feed.state == FeedState.RETIRED
    state = case((was_retired, FeedState.ACTIVE), else_=Feed.state)
    due = case((was_retired, literal(now, UtcDateTime())), else_=Feed.next_poll_at)
    conn.execute(update(Feed).where(Feed.url == url).values(source_id=source_id, state=state, next_poll_at=due))
