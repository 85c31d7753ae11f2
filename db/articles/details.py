"""Articles and their stories with the details that a person needs for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from db.articles.recording import addresses
from db.models import Article, ClusterLink, MentionRow, Revision, Source
from db.net.urls import canonical_url
from db.text.headlines import BEGINNING


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """An article in its current state."""

    id: int
    url: str
    source_id: str
    source_name: str
    title: str | None
    author: str | None
    language: str | None
    genre: str | None
    in_scope: bool | None
    published_at: datetime | None
    published_is_day: bool
    collected_at: datetime
    counts_on: date
    story: int | None
    """The id of the story's original; None until the article is compared."""
    revisions: int
    beginning: str
    """The beginning of the text, shown when there is no title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvidence:
    """The measured overlap of two articles of a story."""

    article_a: int
    article_b: int
    containment: float
    jaccard: float
    relation: str
    method: str


def find_article(conn: Connection, reference: str) -> int | None:
    """Return the id of an article named by id or address; None when there is none."""
    if reference.isdecimal() and len(reference) < 19:
        return conn.scalar(select(Article.id).where(Article.id == int(reference)))
    found = addresses.find_article(conn, reference)
    if found is None:
        with suppress(ValueError):
            found = addresses.find_article(conn, canonical_url(reference))
    return found


def read_articles(conn: Connection, article_ids: Sequence[int]) -> list[ArticleRow]:
    """Return articles in the order of publication, those without a date last."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Article.id,
            Article.url,
            Article.source_id,
            Source.name.label("source_name"),
            Revision.title,
            Revision.author,
            Article.language,
            Article.genre,
            Article.in_scope,
            Article.published_at,
            Article.published_is_day,
            Article.collected_at,
            Article.counts_on,
            Article.cluster_id.label("story"),
            Article.revisions,
            func.substr(Revision.text, 1, BEGINNING).label("beginning"),
        )
        .join(Source, Source.id == Article.source_id)
        .join(Revision, Revision.id == Article.revision_id)
        .where(Article.id.in_(article_ids))
        .order_by(Article.published_at.is_(None), Article.published_at, Article.canonical_url)
    )
    return [ArticleRow(**row._asdict()) for row in conn.execute(query)]


def read_text(conn: Connection, article_id: int) -> tuple[str, str]:
    """Return the text of an article, and its origin: `page` or `feed`."""
    query = select(Revision.text, Revision.text_from).join(Article, Article.revision_id == Revision.id)
    row = conn.execute(query.where(Article.id == article_id)).one()
    return row.text, row.text_from


def count_entities(conn: Connection, article_id: int) -> list[tuple[str, int]]:
    """Return (entity id, mentions) of an article's current text, the most frequent first."""
    query = (
        select(MentionRow.entity_id, func.count())
        .join(Article, Article.revision_id == MentionRow.revision_id)
        .where(Article.id == article_id)
        .group_by(MentionRow.entity_id)
        .order_by(func.count().desc(), MentionRow.entity_id)
    )
    return [(entity, mentions) for entity, mentions in conn.execute(query)]


def read_mentions(conn: Connection, article_id: int) -> list[tuple[str, int, int, str]]:
    """Return (field, start, end, entity id) of the mentions in an article's current text, in reading order."""
    query = (
        select(MentionRow.field, MentionRow.start, MentionRow.end, MentionRow.entity_id)
        .join(Article, Article.revision_id == MentionRow.revision_id)
        .where(Article.id == article_id)
        .order_by(MentionRow.field.desc(), MentionRow.start, MentionRow.end, MentionRow.entity_id)
    )
    return [(field, start, end, entity) for field, start, end, entity in conn.execute(query)]


def read_evidence(conn: Connection, article_ids: Sequence[int]) -> list[LinkEvidence]:
    """Return the verified resemblances between the current texts of these articles."""
    current = {
        revision_id: article_id
        for revision_id, article_id in conn.execute(
            select(Article.revision_id, Article.id).where(Article.id.in_(article_ids))
        )
    }
    columns = (ClusterLink.containment, ClusterLink.jaccard, ClusterLink.relation, ClusterLink.method)
    ends = or_(ClusterLink.revision_a.in_(current), ClusterLink.revision_b.in_(current))
    query = select(ClusterLink.revision_a, ClusterLink.revision_b, *columns).where(ends)
    return [
        LinkEvidence(
            article_a=current[a],
            article_b=current[b],
            containment=containment,
            jaccard=jaccard,
            relation=relation,
            method=method,
        )
        for a, b, containment, jaccard, relation, method in conn.execute(
            query.order_by(ClusterLink.revision_a, ClusterLink.revision_b)
        )
        if a in current and b in current
    ]
