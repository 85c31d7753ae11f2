"""Links → clusters: an original and the articles copied from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any, Generic

from db.enums.stories import ReprintRelation
from worker.dedup.compare import is_link, resemblance
from worker.dedup.fingerprint import Fingerprint
from worker.dedup.members import Id, Member
from worker.dedup.relation import JOINING, are_one_by_headline, find_relation

_NOTHING: Mapping[Any, bool] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Generic[Id]):
    """A verified resemblance of two articles; evidence, whether or not they end in one cluster."""

    a: Id
    b: Id
    shared: int
    containment: float
    jaccard: float
    relation: ReprintRelation

    @property
    def joins(self) -> bool:
        """True if one may be the original of the other. If not, they are never put into one cluster."""
        return self.relation in JOINING


def find_link(
    a: Member[Id], a_mark: Fingerprint, b: Member[Id], b_mark: Fingerprint, common: Set[int] = frozenset()
) -> Link[Id] | None:
    """Return the link of two articles by exact comparison; None if they do not resemble each other.

    `common` are samples that are commonplaces.
    """
    found = resemblance(a_mark.shingles, b_mark.shingles)
    if not is_link(found):
        if not are_one_by_headline(a, a_mark, b, b_mark):
            return None
        return Link(
            a=a.id,
            b=b.id,
            shared=found.shared,
            containment=found.containment,
            jaccard=found.jaccard,
            relation=ReprintRelation.HEADLINE,
        )
    relation = find_relation(a, a_mark, b, b_mark, found, common)
    return Link(
        a=a.id, b=b.id, shared=found.shared, containment=found.containment, jaccard=found.jaccard, relation=relation
    )


def clusters(
    members: Iterable[Member[Id]], links: Iterable[Link[Id]], *, judged: Mapping[tuple[Id, Id], bool] = _NOTHING
) -> dict[Id, Id]:
    """Return the original of each member (itself for an original). Ids must be distinct.

    Members are walked in their order (`Member.order`: publication, then address). The first without a cluster is an
    original and takes those linked to it directly, unless the link does not join, or another link without joining
    connects them to a member already taken. The result depends on the members and links alone, not on their order.

    `judged` are people's decisions on pairs, and outweighs links: False, they belong apart; True, the clusters of the
    two are one, under the first of their originals, unless members of them were judged to belong apart.

    Raises KeyError if a link or a judgement names an unknown member.
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
    for (one, other), together in judged.items():
        a, b = rank[one], rank[other]
        copies[a].discard(b)
        copies[b].discard(a)
        (apart[a].discard if together else apart[a].add)(b)
        (apart[b].discard if together else apart[b].add)(a)
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
    ranks = [(rank[one], rank[other], together) for (one, other), together in judged.items()]
    _merge(original, [(a, b) for a, b, together in ranks if together], [(a, b) for a, b, joined in ranks if not joined])
    return {ordered[place].id: ordered[first].id for place, first in original.items()}


def _merge(original: dict[int, int], together: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]]) -> None:
    """Merge the clusters of each pair, in the order of the members, unless members of them belong apart."""
    barred = {frozenset(pair) for pair in apart}
    for a, b in sorted(together):
        first, second = sorted((original[a], original[b]))
        groups = [[place for place, found in original.items() if found == one] for one in (first, second)]
        if first != second and not any(frozenset((x, y)) in barred for x in groups[0] for y in groups[1]):
            original.update(dict.fromkeys(groups[1], first))
