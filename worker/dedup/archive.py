"""An in-memory archive of articles: for one file of articles the equivalent of the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Set
from datetime import timedelta
from typing import Generic

from db.enums.stories import ReprintRelation
from worker.dedup.cluster import Link, clusters, find_link
from worker.dedup.commonplace import MANY
from worker.dedup.fingerprint import Fingerprint
from worker.dedup.index import MemoryIndex
from worker.dedup.members import Id, Member, get_outlet


class Archive(Generic[Id]):
    """Takes articles one by one and links each to those before it.

    `window`: articles published further apart than that are not compared (an unknown date is compared with all).
    """

    def __init__(self, window: timedelta | None = None) -> None:
        self._window = window
        self._index: MemoryIndex[Id] = MemoryIndex()
        self._marks: dict[Id, Fingerprint] = {}
        self._members: dict[Id, Member[Id]] = {}
        self._links: dict[Id, dict[Id, Link[Id]]] = {}
        self._eldest: dict[Id, Id] = {}

    def __contains__(self, id: object) -> bool:
        return id in self._members

    def add(self, member: Member[Id], mark: Fingerprint) -> Collection[Link[Id]]:
        """Add an article and link it to resembling ones; return its links. ValueError if its id is taken."""
        if member.id in self:
            raise ValueError(f"an article with the id {member.id!r} was there already")
        self._members[member.id], self._marks[member.id] = member, mark
        self._links[member.id], self._eldest[member.id] = {}, member.id
        relatives: set[Id] = set()
        compared = {member.id}
        found = self._compare(member, set(self._index.candidates(mark)), compared)
        while found:  # a copy of a widely reprinted text meets its original through its fellow copies
            relatives |= found
            found = self._compare(member, self._relatives(member, found), compared)
        for id in relatives:
            self._eldest[member.id] = self._elder(self._eldest[member.id], id)
            self._eldest[id] = self._elder(self._eldest[id], member.id)
        self._index.add(member.id, mark)
        return self.find_links(member.id).values()

    def find_links(self, id: Id) -> Mapping[Id, Link[Id]]:
        """Return the links of an article by the other's id."""
        return self._links[id]

    def clusters(self) -> dict[Id, Id]:
        """Return the original of each article, with the current commonplaces."""
        common = self._commonplaces()
        links = {link for own in self._links.values() for link in own.values()}
        return clusters(self._members.values(), {self._judged(link, common) for link in links})

    def _commonplaces(self) -> Set[int]:
        """Return the samples that stand in many articles of one outlet."""
        counts: Counter[tuple[str, int]] = Counter()
        for id, mark in self._marks.items():
            if outlet := get_outlet(self._members[id]):
                counts.update((outlet, value) for value in mark.sample.tolist())
        return {value for (_, value), count in counts.items() if count >= MANY}

    def _judged(self, link: Link[Id], common: Set[int]) -> Link[Id]:
        """Return a link judged with these commonplaces."""
        if link.relation is not ReprintRelation.COPY or not common:
            return link
        a, b = link.a, link.b
        return find_link(self._members[a], self._marks[a], self._members[b], self._marks[b], common) or link

    def _relatives(self, member: Member[Id], found: Collection[Id]) -> set[Id]:
        """Return the other articles to compare: the oldest relative of each; all relatives if this one is older."""
        relatives: set[Id] = set()
        for eldest in {self._eldest[id] for id in found}:
            relatives.add(eldest)
            if member.order < self._members[eldest].order:
                relatives.update(self._links[eldest])
        return relatives

    def _compare(self, member: Member[Id], others: set[Id], compared: set[Id]) -> set[Id]:
        """Compare the article with those not yet compared; return the possible members of its cluster."""
        found = set()
        for id in others - compared:
            compared.add(id)
            link = self._find_link(member, id)
            if link:
                self._links[member.id][id] = self._links[id][member.id] = link
                if link.joins:
                    found.add(id)
        return found

    def _find_link(self, member: Member[Id], id: Id) -> Link[Id] | None:
        other = self._members[id]
        if self._window is not None and member.instant and other.instant:
            distance = abs(member.instant - other.instant)
            if distance > self._window:
                return None
        return find_link(other, self._marks[id], member, self._marks[member.id])

    def _elder(self, a: Id, b: Id) -> Id:
        return min(a, b, key=lambda id: self._members[id].order)
