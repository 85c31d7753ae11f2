"""The inverted index of sampled shingles, which finds stored articles that a text may resemble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from db.dialect.postings import count_newest_postings
from db.models import Article, FingerprintRow


def find_sharing(conn: Connection, hashes: Sequence[int], *, newest: int) -> Mapping[int, int]:
    """Return the number of these hashes in each article.

    Of every hash only the `newest` articles stored under it are read, which bounds the cost of boilerplate.
    """
    return dict(count_newest_postings(conn, hashes, newest)) if hashes else {}


def read_sizes(conn: Connection, article_ids: Sequence[int]) -> dict[int, int]:
    """Return the number of distinct shingles of each article's current text."""
    query = (
        select(Article.id, FingerprintRow.size)
        .join(FingerprintRow, FingerprintRow.revision_id == Article.revision_id)
        .where(Article.id.in_(article_ids))
    )
    return {article_id: size for article_id, size in conn.execute(query)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """The current revision of an article, with the fields for comparison."""

    article_id: int
    revision_id: int
    cluster_id: int | None
    source_id: str
    canonical_url: str
    published_at: datetime | None
    fingerprint: bytes


def read_comparables(conn: Connection, article_ids: Sequence[int]) -> list[Comparable]:
    """Return the current fingerprints of articles, by article id."""
    query = (
        select(
            Article.id.label("article_id"),
            FingerprintRow.revision_id,
            Article.cluster_id,
            Article.source_id,
            Article.canonical_url,
            Article.published_at,
            FingerprintRow.data.label("fingerprint"),
        )
        .join(FingerprintRow, FingerprintRow.revision_id == Article.revision_id)
        .where(Article.id.in_(article_ids))
        .order_by(Article.id)
    )
    return [Comparable(**row._asdict()) for row in conn.execute(query)]


def find_cluster_mates(conn: Connection, cluster_ids: Sequence[int], *, limit: int) -> list[int]:
    """Return ids of the articles of clusters, at most `limit`, lowest first."""
    query = select(Article.id).where(Article.cluster_id.in_(cluster_ids)).order_by(Article.id).limit(limit)
    return list(conn.scalars(query))
