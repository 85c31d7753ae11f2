"""Links → clusters: an original and the articles that were copied from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic

from worker.dedup.compare import is_link, resemblance
from worker.dedup.fingerprint import Fingerprint
from worker.dedup.members import Id, Member
from worker.dedup.relation import Relation, relation_of


@dataclass(frozen=True, slots=True)
class Link(Generic[Id]):
    """A verified resemblance of two articles; evidence, whether or not they end in one cluster."""

    a: Id
    b: Id
    shared: int
    containment: float
    jaccard: float
    relation: Relation

    @property
    def joins(self) -> bool:
        """Whether one may be the original of the other. If not, they are never put into one cluster."""
        return self.relation is Relation.COPY


def find_link(a: Member[Id], a_mark: Fingerprint, b: Member[Id], b_mark: Fingerprint) -> Link[Id] | None:
    """Compare two articles exactly; return their link, or None when they do not resemble each other."""
    found = resemblance(a_mark.shingles, b_mark.shingles)
    if not is_link(found):
        return None
    relation = relation_of(a, a_mark, b, b_mark, found)
    return Link(a.id, b.id, found.shared, found.containment, found.jaccard, relation)


def clusters(members: Iterable[Member[Id]], links: Iterable[Link[Id]]) -> dict[Id, Id]:
    """Return the original of each member (itself, when it is one). Ids are to be distinct.

    Members are walked in their order (`Member.order`: publication, then address). The first that belongs nowhere
    yet is an original and takes those that are linked to it directly, unless the link does not join, or one links
    them without joining to something already taken. The result depends on the members and links alone, not on the
    order in which they are given.

    Raises KeyError when a link names somebody who is not among the members.
    """
    ordered = sorted(members, key=lambda member: member.order)
    rank = {member.id: place for place, member in enumerate(ordered)}
    copies: defaultdict[int, set[int]] = defaultdict(set)
    apart: defaultdict[int, set[int]] = defaultdict(set)
    for link in links:
        a, b = rank[link.a], rank[link.b]
        group = copies if link.joins else apart
        group[a].add(b)
        group[b].add(a)
    original: dict[int, int] = {}
    for first in range(len(ordered)):
        if first in original:
            continue
        original[first] = first
        barred = set(apart[first])
        for copy in sorted(copies[first]):
            if copy not in original and copy not in barred:
                original[copy] = first
                barred |= apart[copy]
    return {ordered[place].id: ordered[first].id for place, first in original.items()}
