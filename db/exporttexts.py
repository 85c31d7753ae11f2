"""Articles with all that queries ask of them, for exports of what answers a query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from db.exportkinds import Filters, conditions
from db.models import Article, Entity, MentionRow, Revision, Source, SourceDomain

_PAGE = 200


@dataclass(frozen=True, slots=True)
class MentionOut:
    """An entity named in a field of the article."""

    field: str
    start: int
    end: int
    entity: str
    type: str
    level: str


@dataclass(frozen=True, slots=True)
class ArticleOut:
    """The current text of an article."""

    id: int
    mentions: Sequence[MentionOut]
    title: str
    text: str
    author: str
    language: str | None
    genre: str | None
    url: str
    published_at: datetime
    """When it was published, else when it was collected."""
    source_id: str
    source_name: str
    country: str | None


def iter_texts(conn: Connection, filters: Filters) -> Iterator[ArticleOut]:
    """Yield the articles that pass the filters, by id."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Article.id,
            Article.revision_id,
            func.coalesce(Revision.title, ""),
            Revision.text,
            func.coalesce(Revision.author, ""),
            Article.language,
            Article.genre,
            Article.url,
            func.coalesce(Article.published_at, Article.collected_at),
            Article.source_id,
            Source.name,
            Source.country,
        )
        .join(Revision, Revision.id == Article.revision_id)
        .join(Source, Source.id == Article.source_id)
        .where(*conditions(filters))
        .order_by(Article.id)
        .limit(_PAGE)
    )
    last = 0
    while page := conn.execute(query.where(Article.id > last)).all():
        last = page[-1][0]
        mentions = _mentions(conn, [row[1] for row in page])
        for article_id, revision_id, *values in page:
            yield ArticleOut(article_id, mentions.get(revision_id, ()), *values)


def _mentions(conn: Connection, revision_ids: Sequence[int]) -> dict[int, list[MentionOut]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            MentionRow.revision_id,
            MentionRow.field,
            MentionRow.start,
            MentionRow.end,
            MentionRow.entity_id,
            Entity.type,
            MentionRow.level,
        )
        .join(Entity, Entity.id == MentionRow.entity_id)
        .where(MentionRow.revision_id.in_(revision_ids))
        .order_by(MentionRow.revision_id, MentionRow.field, MentionRow.start, MentionRow.end, MentionRow.entity_id)
    )
    found: dict[int, list[MentionOut]] = {}
    for row in conn.execute(query):
        found.setdefault(row[0], []).append(MentionOut(*row[1:]))
    return found


def names_by_source(conn: Connection) -> dict[str, str]:
    """Return the name of each outlet."""
    return {source_id: name for source_id, name in conn.execute(select(Source.id, Source.name))}


def domains_by_source(conn: Connection) -> dict[str, list[str]]:
    """Return the domains of each outlet in alphabetical order."""
    found: dict[str, list[str]] = {}
    for source_id, domain in conn.execute(
        select(SourceDomain.source_id, SourceDomain.domain).order_by(SourceDomain.domain)
    ):
        found.setdefault(source_id, []).append(domain)
    return found
