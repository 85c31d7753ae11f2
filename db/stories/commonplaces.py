"""Commonplaces: passages that an outlet repeats in many articles, derived from the samples of all current texts.

A row means that some outlet has a sample in MANY articles. It is *doubted* when one of them lost it; the next batch
counts again. A process that changes a row judges the affected links in the same transaction, under an exclusive lock
(`commonplaces`); a process that stores links holds a shared lock, so that no link is judged by outdated facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.orm import aliased

from db.dialect import insert
from db.models import Article, ClusterLink, Commonplace, SketchHash
from db.stories.clusters import COUNTING

MANY = 5
"""Articles of one outlet, `worker.dedup.commonplace.MANY`."""
_CHUNK = 500


def doubt(conn: Connection, article_ids: Collection[int]) -> None:
    """Mark the passages of articles for a recount, before the articles lose their samples or their outlet."""
    samples = select(SketchHash.hash).where(SketchHash.article_id.in_(sorted(article_ids)))
    conn.execute(update(Commonplace).where(Commonplace.hash.in_(samples)).values(is_doubted=True))


def read_common(conn: Connection, hashes: Iterable[int]) -> frozenset[int]:
    """Return the commonplaces among these samples."""
    found: set[int] = set()
    for some in _chunks(hashes):
        found.update(conn.scalars(select(Commonplace.hash).where(Commonplace.hash.in_(some))))
    return frozenset(found)


def find_due(conn: Connection, hashes: Iterable[int]) -> tuple[set[int], set[int]]:
    """Return new commonplaces among these samples, and former commonplaces of all samples.

    The latter include those merely in doubt: `settle` counts them.
    """
    fresh = set(hashes) - read_common(conn, hashes)
    doubted = set(conn.scalars(select(Commonplace.hash).where(Commonplace.is_doubted)))
    return _find_repeated(conn, fresh), doubted


def settle(conn: Connection, hashes: Iterable[int]) -> set[int]:
    """Update the facts for these samples and for those in doubt; return the changed ones."""
    conn.execute(select(Commonplace.hash).where(Commonplace.is_doubted).with_for_update()).all()
    fresh, doubted = find_due(conn, hashes)
    gone = doubted - _find_repeated(conn, doubted)
    for some in _chunks(doubted):
        conn.execute(delete(Commonplace).where(Commonplace.hash.in_(some), Commonplace.hash.in_(gone)))
        conn.execute(update(Commonplace).where(Commonplace.hash.in_(some)).values(is_doubted=False))
    if fresh:
        rows = [{"hash": value, "is_doubted": False} for value in sorted(fresh)]
        conn.execute(insert(conn, Commonplace).on_conflict_do_nothing(), rows)
    return fresh | gone


def count_all(conn: Connection) -> None:
    """Rebuild all facts."""
    conn.execute(delete(Commonplace))
    many = (
        select(SketchHash.hash)
        .join(Article, Article.id == SketchHash.article_id)
        .group_by(SketchHash.hash, Article.source_id)
        .having(func.count() >= MANY)
    )
    rows = [{"hash": value, "is_doubted": False} for value in sorted(set(conn.scalars(many)))]
    if rows:
        conn.execute(insert(conn, Commonplace), rows)


def find_links(conn: Connection, hashes: Collection[int]) -> list[tuple[int, int]]:
    """Return the pairs of articles, linked by their current texts, that share one of these samples."""
    holders: set[int] = set()
    for some in _chunks(hashes):
        holders.update(conn.scalars(select(SketchHash.article_id).where(SketchHash.hash.in_(some))))
    a, b = aliased(Article), aliased(Article)
    query = (
        select(a.id, b.id)
        .join(ClusterLink, ClusterLink.revision_a == a.revision_id)
        .join(b, b.revision_id == ClusterLink.revision_b)
        .where(ClusterLink.relation.in_(COUNTING))
    )
    found = [tuple(row) for some in _chunks(holders) for row in conn.execute(query.where(a.id.in_(some)))]
    return sorted((one, other) for one, other in found if other in holders)


def _find_repeated(conn: Connection, hashes: Collection[int]) -> set[int]:
    found: set[int] = set()
    for some in _chunks(hashes):
        query = (
            select(SketchHash.hash)
            .join(Article, Article.id == SketchHash.article_id)
            .where(SketchHash.hash.in_(some))
            .group_by(SketchHash.hash, Article.source_id)
            .having(func.count() >= MANY)
        )
        found.update(conn.scalars(query))
    return found


def _chunks(values: Iterable[int]) -> Iterable[Sequence[int]]:
    ordered = sorted(set(values))
    return (ordered[first : first + _CHUNK] for first in range(0, len(ordered), _CHUNK))
