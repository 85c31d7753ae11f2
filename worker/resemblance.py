"""Which stored articles a text resembles: the index proposes, the fingerprints decide, the links make clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from db import fingerprints
from db.articles import RevisionOut
from db.clusters import LinkIn, LinkRow, MemberRow
from db.fingerprints import Comparable
from worker.dedup.cluster import Link, clusters, find_link
from worker.dedup.compare import METHOD, VERSION
from worker.dedup.fingerprint import Fingerprint
from worker.dedup.members import Member
from worker.dedup.relation import Relation
from worker.dedup.sketch import MAX_CANDIDATES, POSTINGS, needed

MATES = 1_000
"""Members of one cluster that are compared when an article turns out to be older than its original."""


def find_links(conn: Connection, revisions: Sequence[RevisionOut]) -> list[LinkIn]:
    """Return the verified resemblances of these revisions with the current text of every other article."""
    return [link for revision in revisions for link in _links_of(conn, revision)]


def _links_of(conn: Connection, revision: RevisionOut) -> list[LinkIn]:
    mark = Fingerprint.from_bytes(revision.fingerprint)
    own = _member(revision)
    compared = {revision.article_id}
    links: list[LinkIn] = []
    wanted = _candidates(conn, mark) - compared
    while wanted:  # a copy of a widely reprinted text meets its original through its fellow copies
        others = fingerprints.read_comparables(conn, sorted(wanted))
        compared |= wanted
        found = [(other, link) for other in others if (link := _compare(own, mark, other)) is not None]
        links += [_link_in(revision, other, link) for other, link in found]
        wanted = _kin(conn, own, [other for other, _ in found]) - compared
    return links


def _candidates(conn: Connection, mark: Fingerprint) -> set[int]:
    shared = fingerprints.find_sharing(conn, mark.sample.tolist(), newest=POSTINGS)
    sizes = fingerprints.read_sizes(conn, sorted(shared))
    likely = sorted(
        ((n, article_id) for article_id, n in shared.items() if n >= needed(sizes.get(article_id, 0), mark.size)),
        reverse=True,
    )
    return {article_id for _, article_id in likely[: MAX_CANDIDATES + 1]}  # the article itself is among them


def _kin(conn: Connection, own: Member[int], found: Sequence[Comparable]) -> set[int]:
    """Return whom else to compare: the original of each, and all its copies if this article is older."""
    originals = {other.cluster_id for other in found if other.cluster_id is not None}
    if not originals:
        return set()
    kin = set(originals)
    for original in fingerprints.read_comparables(conn, sorted(originals)):
        if own.order < _comparable_member(original).order:
            kin.update(fingerprints.find_cluster_mates(conn, [original.article_id], limit=MATES))
    return kin


def _compare(own: Member[int], mark: Fingerprint, other: Comparable) -> Link[int] | None:
    return find_link(own, mark, _comparable_member(other), Fingerprint.from_bytes(other.fingerprint))


def _link_in(revision: RevisionOut, other: Comparable, link: Link[int]) -> LinkIn:
    return LinkIn(
        revision_a=revision.id,
        revision_b=other.revision_id,
        shared=link.shared,
        containment=link.containment,
        jaccard=link.jaccard,
        relation=link.relation.value,
        method=f"{METHOD}/{VERSION}",
    )


def _member(revision: RevisionOut) -> Member[int]:
    return Member(revision.article_id, revision.canonical_url, revision.published_at, revision.source_id)


def _comparable_member(other: Comparable) -> Member[int]:
    return Member(other.article_id, other.canonical_url, other.published_at, other.source_id)


def cluster_of(members: Mapping[int, MemberRow], links: Mapping[tuple[int, int], LinkRow]) -> dict[int, int]:
    """Return the original of each article of a connected set."""
    return clusters(
        [Member(row.article_id, row.canonical_url, row.published_at, row.source_id) for row in members.values()],
        [Link(a, b, row.shared, row.containment, row.jaccard, Relation(row.relation)) for (a, b), row in links.items()],
    )
