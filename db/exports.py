"""Rows for exports, in an order that does not depend on ids: the columns are those of `worker.export.columns`.

An export may take long, and longer when its reader pauses; a transaction that stays open over it would keep SQLite from
shrinking its write-ahead log. So the articles and their order are fixed at the beginning, as ids, and their rows are
read page by page: each article is exported once, whatever happens to it meanwhile.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    SQLColumnExpression,
    bindparam,
    case,
    collate,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from db.dialect import is_sqlite
from db.engine import Database
from db.models import Article, CoverageCell, CoverageSeries, Entity, MentionRow, Revision, Source

_ARTICLES_PER_PAGE = 500
_ARTICLES_PER_PAGE_OF_MENTIONS = 250


@dataclass(frozen=True, slots=True)
class Filters:
    """What to export: inclusive days, and any of the entities, of the sources, of the languages. Empty: all.

    The language `kk` includes `kk-Latn`. The articles of an entity are those that mention it.
    """

    since: date | None = None
    until: date | None = None
    entities: Sequence[str] = ()
    sources: Sequence[str] = ()
    languages: Sequence[str] = ()


def iter_articles(database: Database, filters: Filters) -> Iterator[Sequence[object]]:
    """Yield a row per article, by day and canonical URL."""
    query = _articles().order_by(*_article_order(database))
    for ids in _article_pages(database, filters, _ARTICLES_PER_PAGE):
        with database.reading() as conn:
            rows = conn.execute(query, {_PAGE: ids}).all()
        for is_day, *row in rows:
            if is_day and row[_PUBLISHED_AT]:
                row[_PUBLISHED_AT] = row[_PUBLISHED_AT].date()
            yield row


_PUBLISHED_AT = 7
_PAGE = "page"
_IS_ON_PAGE = Article.id.in_(bindparam(_PAGE, expanding=True))


def _articles() -> Select[*tuple[Any, ...]]:
    original, stored = aliased(Article), aliased(Revision)
    revisions = select(func.count()).select_from(stored).where(stored.article_id == Article.id).scalar_subquery()
    return (
        select(
            Article.published_is_day,
            Article.id,
            Article.url,
            Article.source_id,
            Source.name,
            Revision.title,
            Revision.author,
            Article.language,
            Article.published_at,
            Article.collected_at,
            Article.counts_on,
            Article.published_at.is_(None),
            Article.cluster_id,
            Article.cluster_id == Article.id,
            revisions,
            Article.canonical_url,
            original.canonical_url,
            Article.genre,
            Article.in_scope,
        )
        .join(Source, Source.id == Article.source_id)
        .join(Revision, Revision.id == Article.revision_id)
        .outerjoin(original, original.id == Article.cluster_id)
        .where(_IS_ON_PAGE)
    )


def iter_mentions(database: Database, filters: Filters) -> Iterator[Sequence[object]]:
    """Yield a row per mention of the current revisions: articles as in `iter_articles`, titles before texts."""
    query = _mentions().order_by(
        *_article_order(database),
        case((MentionRow.field == "title", 0), else_=1),
        MentionRow.start,
        MentionRow.end,
        _bytewise(database, MentionRow.entity_id),
    )
    if filters.entities:
        query = query.where(MentionRow.entity_id.in_(filters.entities))
    for ids in _article_pages(database, filters, _ARTICLES_PER_PAGE_OF_MENTIONS):
        with database.reading() as conn:
            rows = conn.execute(query, {_PAGE: ids}).all()
        yield from rows


def _mentions() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Article.id,
            MentionRow.field,
            MentionRow.start,
            MentionRow.end,
            MentionRow.surface,
            MentionRow.entity_id,
            Entity.type,
            MentionRow.level,
            MentionRow.alias,
            MentionRow.language,
            MentionRow.rule,
            MentionRow.vocabulary_version,
            Article.url,
            Article.source_id,
            Article.counts_on,
            MentionRow.metonym_of,
        )
        .join(MentionRow, MentionRow.revision_id == Article.revision_id)
        .join(Entity, Entity.id == MentionRow.entity_id)
        .where(_IS_ON_PAGE)
    )


def iter_coverage(database: Database, filters: Filters) -> Iterator[Sequence[object]]:
    """Yield the stored cells per day, entity and source, in this order. Languages are no part of them.

    Raises ValueError when a language is asked for.
    """
    if filters.languages:
        raise ValueError("cells per source are not kept by language")
    order = (_bytewise(database, CoverageSeries.entity_id), _bytewise(database, CoverageSeries.part))
    day = None
    while True:
        with database.reading() as conn:
            day = _next_day(conn, day, filters)
            if day is None:
                return
            rows = conn.execute(_cells(day, filters).order_by(*order)).all()
        yield from rows


_KEPT = (
    CoverageSeries.grain == "day",
    CoverageSeries.split == "source",
    CoverageSeries.level == "all",
    CoverageSeries.entity_id != "",
)


def _next_day(conn: Connection, last: date | None, filters: Filters) -> date | None:
    """Return the first day after `last` on which an article counts."""
    query = select(func.min(Article.counts_on))
    if last is not None:
        query = query.where(Article.counts_on > last)
    if filters.since is not None:
        query = query.where(Article.counts_on >= filters.since)
    if filters.until is not None:
        query = query.where(Article.counts_on <= filters.until)
    return conn.scalar(query)


def _cells(day: date, filters: Filters) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            CoverageCell.bucket_on,
            CoverageSeries.entity_id,
            CoverageSeries.part,
            CoverageCell.articles,
            CoverageCell.stories,
            CoverageCell.mentions,
            Entity.label,
            Entity.type,
            Source.name,
        )
        .join(CoverageSeries, CoverageSeries.id == CoverageCell.series_id)
        .join(Entity, Entity.id == CoverageSeries.entity_id)
        .join(Source, Source.id == CoverageSeries.part)
        .where(CoverageCell.bucket_on == day, *_KEPT)
    )
    if filters.entities:
        query = query.where(CoverageSeries.entity_id.in_(filters.entities))
    if filters.sources:
        query = query.where(CoverageSeries.part.in_(filters.sources))
    return query


def _article_pages(database: Database, filters: Filters, size: int) -> Iterator[Sequence[int]]:
    query = select(Article.id).where(*_conditions(filters)).order_by(*_article_order(database))
    with database.reading() as conn:
        ids = array("q", conn.execution_options(yield_per=10_000).scalars(query))
    for start in range(0, len(ids), size):
        yield ids[start : start + size].tolist()


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    yield Article.revision_id.is_not(None)
    if filters.since is not None:
        yield Article.counts_on >= filters.since
    if filters.until is not None:
        yield Article.counts_on <= filters.until
    if filters.sources:
        yield Article.source_id.in_(filters.sources)
    if filters.languages:
        yield or_(*(_is_in(language) for language in filters.languages))
    if filters.entities:
        mentioning = select(MentionRow.revision_id).where(MentionRow.entity_id.in_(filters.entities))
        yield Article.revision_id.in_(mentioning)


def _is_in(language: str) -> ColumnElement[bool]:
    return or_(Article.language == language, Article.language.startswith(f"{language}-", autoescape=True))


def _article_order(database: Database) -> tuple[SQLColumnExpression[Any], ...]:
    return (Article.counts_on.expression, _bytewise(database, Article.canonical_url))


def _bytewise(database: Database, column: Any) -> SQLColumnExpression[Any]:
    """Return the column so that it sorts by code point: PostgreSQL would sort by the rules of its locale."""
    return column if is_sqlite(database.engine) else collate(column, "C")
