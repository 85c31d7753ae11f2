"""The inverted index over sketches: which stored articles may resemble a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from db.models import Article, FingerprintRow, SketchHash


def find_sharing(conn: Connection, hashes: Sequence[int], *, at_least: int, besides: int, limit: int) -> list[int]:
    """Return ids of articles that share at least so many hashes, most first; without `besides` itself."""
    if not hashes:
        return []
    shared = func.count()
    query = (
        select(SketchHash.article_id)
        .where(SketchHash.hash.in_(hashes), SketchHash.article_id != besides)
        .group_by(SketchHash.article_id)
        .having(shared >= at_least)
        .order_by(shared.desc(), SketchHash.article_id)
        .limit(limit)
    )
    return list(conn.scalars(query))


def find_common(conn: Connection, hashes: Sequence[int], *, more_than: int) -> set[int]:
    """Return those hashes that more than so many articles have: boilerplate, which tells nothing."""
    if not hashes:
        return set()
    query = (
        select(SketchHash.hash)
        .where(SketchHash.hash.in_(hashes))
        .group_by(SketchHash.hash)
        .having(func.count() > more_than)
    )
    return set(conn.scalars(query))


@dataclass(frozen=True, slots=True)
class Comparable:
    """The current revision of an article, as comparing needs it."""

    article_id: int
    revision_id: int
    source_id: str
    canonical_url: str
    published_at: datetime | None
    fingerprint: bytes


def read_comparables(conn: Connection, article_ids: Sequence[int]) -> list[Comparable]:
    """Return the current fingerprints of articles, by article id."""
    query = (
        select(
            Article.id,
            FingerprintRow.revision_id,
            Article.source_id,
            Article.canonical_url,
            Article.published_at,
            FingerprintRow.data,
        )
        .join(FingerprintRow, FingerprintRow.revision_id == Article.revision_id)
        .where(Article.id.in_(article_ids))
        .order_by(Article.id)
    )
    return [Comparable(*row) for row in conn.execute(query)]
