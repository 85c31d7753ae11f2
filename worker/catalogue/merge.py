"""Merge of a catalogue into the database: its changes, against people's changes since the last merge.

Three-way, value by value: the previous entry, the current entry, the database. Where the database has the previous
value, the catalogue may change it; any other value is a person's change, and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.collection.sources.catalogue import (
    FACTS,
    FOLDER,
    PACKAGED,
    CatalogueChanges,
    CatalogueRecord,
    CatalogueView,
    FeedForm,
    OutletChange,
    OutletFacts,
    StoredOutlet,
)
from db.enums.collection import FeedKind, FeedState, SourceOrigin
from db.net.urls import read_host
from worker.catalogue.files import ListedOutlet

_RETIRABLE = (FeedState.ACTIVE, FeedState.GONE)
_DOCUMENT = SourceOrigin.DOCUMENT
"""The origin of outlets created from a domain in a document: their names are guesses."""


def list_facts(outlet: ListedOutlet) -> OutletFacts:
    """Return the stored facts of an outlet's file."""
    facts: dict[str, Any] = {name: getattr(outlet, name) for name in FACTS}
    facts["languages"] = list(outlet.languages)
    hosts = (*outlet.domain_aliases, read_host(outlet.homepage or ""))
    domains = {host.lower().removeprefix("www.") for host in hosts}
    return OutletFacts(
        facts=facts,
        domains=tuple(sorted(domains - {""})),
        feeds={way.url: way.confidence for way in outlet.ways},
        kinds={way.url: way.kind for way in outlet.ways if way.kind != FeedKind.FEED},
        patterns={way.url: way.pattern for way in outlet.ways if way.pattern},
    )


def merge_catalogue(catalogue: str, outlets: Iterable[ListedOutlet], view: CatalogueView) -> CatalogueChanges:
    """Return the changes of a catalogue to a database. Merging it again changes nothing."""
    said = {outlet.id: list_facts(outlet) for outlet in sorted(outlets, key=lambda outlet: outlet.id)}
    merge = _Merge(catalogue, view, said)
    changes = tuple(change for outlet_id in said if (change := merge.find_change(outlet_id)) is not None)
    gone = {
        outlet_id: CatalogueRecord(record.source_id, record.said, is_gone=True)
        for outlet_id, record in view.select_records(catalogue).items()
        if outlet_id not in said and not record.is_gone
    }
    records = {
        outlet_id: CatalogueRecord(merge.source_of[outlet_id], said[outlet_id])
        for outlet_id in said
        if not merge.is_removed(outlet_id)  # taken back, the outlet gets what the catalogue said meanwhile
    }
    new = {outlet_id: record for outlet_id, record in records.items() if merge.records.get(outlet_id) != record}
    return CatalogueChanges(changes, tuple(sorted(gone)), {**new, **gone})


@dataclass(slots=True)
class _Merge:
    """One merge. The owners of domains and feeds are updated outlet by outlet."""

    catalogue: str
    view: CatalogueView
    said: Mapping[str, OutletFacts]
    records: Mapping[str, CatalogueRecord] = field(init=False)
    source_of: dict[str, str] = field(init=False)
    domain_owners: dict[str, str] = field(init=False)
    feed_owners: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.records = self.view.select_records(self.catalogue)
        self.domain_owners = self.view.owner_of_domains()
        self.feed_owners = self.view.owner_of_feeds()
        self.source_of = {}
        for outlet_id in self.said:
            self.source_of[outlet_id] = self._find_source(outlet_id)
        for outlet_id in self.said:
            for domain in self._dropped_domains(outlet_id):
                self.domain_owners.pop(domain, None)

    def _find_source(self, outlet_id: str) -> str:
        """Return its id in the database: its own, or that of an uncatalogued outlet on one of its domains."""
        known = self.records.get(outlet_id)
        if known is not None:
            return known.source_id
        if outlet_id in self.view.outlets:
            return outlet_id
        catalogued = {record.source_id for records in self.view.records.values() for record in records.values()}
        for domain in self.said[outlet_id].domains:
            owner = self.domain_owners.get(domain)
            if owner and owner not in self.said and owner not in catalogued and owner not in self.source_of.values():
                return owner
        return outlet_id

    def is_removed(self, outlet_id: str) -> bool:
        """Return whether a person removed the outlet, under its id or on one of its domains."""
        removed, source_id = self.view.removed, self.source_of[outlet_id]
        is_known = source_id in self.view.outlets
        on_removed = not removed.domains.keys().isdisjoint(self.said[outlet_id].domains)
        return source_id in removed.ids or (on_removed and not is_known)

    def _stays_removed(self, outlet_id: str) -> OutletChange | None:
        """Return the report that an outlet stays removed, where a person's own file has it."""
        if self.catalogue != FOLDER:
            return None
        source_id, said = self.source_of[outlet_id], self.said[outlet_id]
        owners = {self.view.removed.domains.get(domain) for domain in said.domains} - {None}
        name = source_id if source_id in self.view.removed.ids else min(filter(None, owners))
        kept = (f"{outlet_id}: stays away, for {name} was removed; steppewatch source restore {name} brings it back",)
        return OutletChange(outlet_id=outlet_id, source_id=source_id, said=said, kept=kept)

    def find_change(self, outlet_id: str) -> OutletChange | None:
        """Return the changes to an outlet; None for one removed by a person, or without changes."""
        if self.is_removed(outlet_id):
            return self._stays_removed(outlet_id)
        said, record = self.said[outlet_id], self.records.get(outlet_id)
        source_id = self.source_of[outlet_id]
        mine = self.view.outlets.get(source_id)
        if mine is None and record is not None:
            return None  # its row was deleted
        kept: list[str] = []
        change = OutletChange(
            outlet_id=outlet_id,
            source_id=source_id,
            said=said,
            is_new=mine is None,
            facts=said.facts if mine is None else self._changed_facts(outlet_id, mine, kept),
            domains_added=tuple(self._added_domains(outlet_id, mine, kept)),
            domains_dropped=self._dropped_domains(outlet_id),
            **self._feeds(outlet_id, mine, kept),
            kept=tuple(kept),
        )
        return change if change.is_visible or change.confidences or change.forms else None

    def _base(self, outlet_id: str) -> OutletFacts | None:
        """Return the previous entry of an outlet; for one that is new in a folder, that of the packaged catalogue."""
        record = self.records.get(outlet_id) or self.view.select_records(PACKAGED).get(outlet_id)
        return record.said if record else None

    def _own_base(self, outlet_id: str) -> OutletFacts | None:
        record = self.records.get(outlet_id)
        return record.said if record else None

    def _changed_facts(self, outlet_id: str, stored: StoredOutlet, kept: list[str]) -> dict[str, Any]:
        said, base = self.said[outlet_id].facts, self._base(outlet_id)
        changed = {}
        for name in FACTS:
            new, old, now = said[name], base and base.facts[name], stored.facts[name]
            if new == now or (base is not None and new == old):
                continue
            is_ours = (
                now == old if base is not None else now in (None, []) or (stored.origin, name) == (_DOCUMENT, "name")
            )
            if is_ours:
                changed[name] = new
            else:
                kept.append(f"{stored.id}: {name.replace('_', ' ')} stays {_shown(now)}, not {_shown(new)}")
        return changed

    def _dropped_domains(self, outlet_id: str) -> tuple[str, ...]:
        base, stored = self._own_base(outlet_id), self.view.outlets.get(self.source_of[outlet_id])
        if base is None or stored is None:
            return ()
        return tuple(sorted(set(base.domains).difference(self.said[outlet_id].domains) & stored.domains))

    def _added_domains(self, outlet_id: str, stored: StoredOutlet | None, kept: list[str]) -> Iterator[str]:
        base = self._own_base(outlet_id)
        source_id = self.source_of[outlet_id]
        for domain in self.said[outlet_id].domains:
            if (stored and domain in stored.domains) or (base and domain in base.domains):
                continue
            owner = self.domain_owners.setdefault(domain, source_id)
            if owner == source_id:
                yield domain
            elif owner not in self.source_of.values():  # two files with a common host are not worth a report
                kept.append(f"{source_id}: {domain} stays a domain of {owner}")

    def _feeds(self, outlet_id: str, stored: StoredOutlet | None, kept: list[str]) -> dict[str, Any]:
        said, base = self.said[outlet_id], self._own_base(outlet_id)
        was = base.feeds if base else {}
        added: dict[str, str] = {}
        found: dict[str, list[str]] = {"feeds_revived": [], "feeds_moved": []}
        confidences: dict[str, str] = {}
        forms: dict[str, FeedForm] = {}
        for url, confidence in said.feeds.items():
            feed = stored.feeds.get(url) if stored else None
            if feed is not None:
                if feed.state == FeedState.RETIRED and url not in was:
                    found["feeds_revived"].append(url)
                if feed.confidence == was.get(url) and feed.confidence != confidence:
                    confidences[url] = confidence
                if base is not None and url in was and feed.form == base.find_form(url) != said.find_form(url):
                    forms[url] = said.find_form(url)
            elif url not in was:
                self._add_feed(outlet_id, stored, url, added, found["feeds_moved"], kept)
        retired = tuple(self._retired(outlet_id, stored, was, kept))
        return {
            "feeds_added": added,
            "feeds_retired": retired,
            "confidences": confidences,
            "forms": forms,
            **{name: tuple(urls) for name, urls in found.items()},
        }

    def _add_feed(
        self,
        outlet_id: str,
        stored: StoredOutlet | None,
        url: str,
        added: dict[str, str],
        moved: list[str],
        kept: list[str],
    ) -> None:
        """Decide about an address that is new for an outlet."""
        source_id, base = self.source_of[outlet_id], self._own_base(outlet_id)
        owner = self.feed_owners.get(url)
        states = {feed.state for feed in stored.feeds.values()} if stored else set()
        if owner is not None and owner != source_id:
            if url in self._given_up(owner):
                moved.append(url)
            else:
                kept.append(f"{source_id}: {url} stays a feed of {owner}")
        elif base and base.feeds and not states:
            kept.append(f"{source_id}: {url} is not added, for its feeds were removed here")
        else:
            added[url] = FeedState.PAUSED if states - {FeedState.RETIRED} == {FeedState.PAUSED} else FeedState.ACTIVE
            self.feed_owners[url] = source_id

    def _given_up(self, source_id: str) -> set[str]:
        """Return the addresses that the catalogue no longer lists for an outlet."""
        return {
            url
            for outlet_id, of in self.source_of.items()
            if of == source_id and (base := self._own_base(outlet_id)) is not None
            for url in set(base.feeds).difference(self.said[outlet_id].feeds)
        }

    def _retired(
        self, outlet_id: str, stored: StoredOutlet | None, was: Mapping[str, str], kept: list[str]
    ) -> Iterator[str]:
        """Yield the addresses to retire: those that the catalogue corrected or left out."""
        folder = self.view.select_records(FOLDER) if self.catalogue != FOLDER else {}
        named = {url for said in self.said.values() for url in said.feeds}
        named |= {url for record in folder.values() for url in record.said.feeds}
        for url in was:
            feed = stored.feeds.get(url) if stored else None
            if feed is None or url in named or feed.state not in _RETIRABLE:
                continue
            if feed.works and self.catalogue != FOLDER:
                kept.append(f"{self.source_of[outlet_id]}: {url} is polled on, for it answers")
            else:
                yield url


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "empty"
    return "empty" if value is None else str(value)
