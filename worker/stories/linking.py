"""Search for stored articles that a text resembles: the index proposes, fingerprints decide, links make clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import Connection

from db.articles.revisions import RevisionOut
from db.enums.stories import ReprintRelation
from db.stories import commonplaces, fingerprints
from db.stories.clusters import Connected, LinkIn
from db.stories.fingerprints import Comparable
from worker.dedup.cluster import Link, clusters, find_link
from worker.dedup.compare import METHOD, VERSION
from worker.dedup.fingerprint import Fingerprint
from worker.dedup.members import Member
from worker.dedup.sketch import MAX_CANDIDATES, POSTINGS, needed

METHOD_NOW = f"{METHOD}/{VERSION}"
CLUSTER_CANDIDATES_MAX = 1_000
"""Maximum of cluster members to compare when an article turns out to be older than its original."""


@dataclass(slots=True, kw_only=True)
class _Search:
    """One revision in the rounds of `find_links`."""

    revision: RevisionOut
    own: Member[int]
    mark: Fingerprint
    common: Set[int]
    compared: set[int]
    wanted: set[int]


@dataclass(frozen=True, slots=True)
class VerifiedLink:
    """The links of some revisions, and the commonplaces among their samples at that time."""

    links: Sequence[LinkIn]
    samples: Set[int]
    common: Set[int]


def judge(conn: Connection, revisions: Sequence[RevisionOut], samples: Set[int]) -> VerifiedLink:
    """Return the links of revisions with these samples."""
    common = commonplaces.read_common(conn, samples)
    return VerifiedLink(_find_links(conn, revisions, common), samples, common)


def renewed(conn: Connection, judged: VerifiedLink, revisions: Sequence[RevisionOut]) -> VerifiedLink:
    """Return the links under the current commonplaces: the same, unless these changed in the meantime."""
    if commonplaces.read_common(conn, judged.samples) == judged.common:
        return judged
    return judge(conn, revisions, judged.samples)


def list_samples(revisions: Sequence[RevisionOut]) -> set[int]:
    """Return the samples by which these revisions are indexed."""
    marks = (Fingerprint.from_bytes(revision.fingerprint) for revision in revisions)
    return {value for mark in marks for value in mark.sample.tolist()}


def judge_again(conn: Connection, pairs: Sequence[tuple[int, int]]) -> list[LinkIn]:
    """Return the current links of pairs of articles; a pair without one is left out."""
    ids = sorted({end for pair in pairs for end in pair})
    rows = {row.article_id: row for row in fingerprints.read_comparables(conn, ids)}
    marks = {article_id: Fingerprint.from_bytes(row.fingerprint) for article_id, row in rows.items()}
    common = commonplaces.read_common(conn, {value for mark in marks.values() for value in mark.sample.tolist()})
    links = []
    for a, b in pairs:
        if a in rows and b in rows:
            link = find_link(_comparable_member(rows[a]), marks[a], _comparable_member(rows[b]), marks[b], common)
            links += [_link_in(rows[a].revision_id, rows[b].revision_id, link)] if link else []
    return links


def find_links(conn: Connection, revisions: Sequence[RevisionOut]) -> list[LinkIn]:
    """Return the verified resemblances of these revisions with the current text of every other article."""
    return _find_links(conn, revisions, commonplaces.read_common(conn, list_samples(revisions)))


def _find_links(conn: Connection, revisions: Sequence[RevisionOut], common: Set[int]) -> list[LinkIn]:
    searches = _begin(conn, revisions, common)
    links: list[LinkIn] = []
    while wanted := {article_id for search in searches for article_id in search.wanted}:
        others = {
            other.article_id: (other, Fingerprint.from_bytes(other.fingerprint))
            for other in fingerprints.read_comparables(conn, sorted(wanted))
        }
        for search in searches:
            found = _compare(search, others)
            links += [_link_in(search.revision.id, other.revision_id, link) for other, link in found]
            # a copy of a widely reprinted text meets its original through its fellow copies
            search.wanted = _cluster_candidates(conn, search.own, [other for other, _ in found]) - search.compared
    return links


def _begin(conn: Connection, revisions: Sequence[RevisionOut], common: Set[int]) -> list[_Search]:
    marks = [Fingerprint.from_bytes(revision.fingerprint) for revision in revisions]
    shared = [fingerprints.find_sharing(conn, mark.sample.tolist(), newest=POSTINGS) for mark in marks]
    sizes = fingerprints.read_sizes(conn, sorted({article_id for counts in shared for article_id in counts}))
    searches = []
    for revision, mark, counts in zip(revisions, marks, shared, strict=True):
        likely = [
            (n, article_id)
            for article_id, n in counts.items()
            if article_id != revision.article_id and n >= needed(sizes.get(article_id, 0), mark.size)
        ]
        candidates = {article_id for _, article_id in sorted(likely, reverse=True)[:MAX_CANDIDATES]}
        searches.append(
            _Search(
                revision=revision,
                own=_member(revision),
                mark=mark,
                common=common,
                compared={revision.article_id},
                wanted=candidates,
            )
        )
    return searches


def _compare(
    search: _Search, others: Mapping[int, tuple[Comparable, Fingerprint]]
) -> list[tuple[Comparable, Link[int]]]:
    found = []
    for article_id in sorted(search.wanted):
        search.compared.add(article_id)
        if article_id in others:
            other, mark = others[article_id]
            link = find_link(search.own, search.mark, _comparable_member(other), mark, search.common)
            if link is not None:
                found.append((other, link))
    return found


def _cluster_candidates(conn: Connection, own: Member[int], found: Sequence[Comparable]) -> set[int]:
    """Return the other articles to compare: the original of each, and all its copies if this article is older."""
    originals = {other.cluster_id for other in found if other.cluster_id is not None}
    if not originals:
        return set()
    candidates = set(originals)
    for original in fingerprints.read_comparables(conn, sorted(originals)):
        if own.order < _comparable_member(original).order:
            candidates.update(
                fingerprints.find_cluster_mates(conn, [original.article_id], limit=CLUSTER_CANDIDATES_MAX)
            )
    return candidates


def _link_in(revision: int, other: int, link: Link[int]) -> LinkIn:
    return LinkIn(
        revision_a=revision,
        revision_b=other,
        shared=link.shared,
        containment=link.containment,
        jaccard=link.jaccard,
        relation=link.relation,
        method=METHOD_NOW,
    )


def _member(revision: RevisionOut) -> Member[int]:
    return Member(revision.article_id, revision.canonical_url, revision.published_at, revision.source_id)


def _comparable_member(other: Comparable) -> Member[int]:
    return Member(other.article_id, other.canonical_url, other.published_at, other.source_id)


def find_originals(connected: Connected) -> dict[int, int]:
    """Return the original of each article of a connected set."""
    return clusters(
        [
            Member(row.article_id, row.canonical_url, row.published_at, row.source_id)
            for row in connected.members.values()
        ],
        [
            Link(
                a=a,
                b=b,
                shared=row.shared,
                containment=row.containment,
                jaccard=row.jaccard,
                relation=ReprintRelation.from_value(row.relation),
            )
            for (a, b), row in connected.links.items()
        ],
        judged=connected.judged,
    )
