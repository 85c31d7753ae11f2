"""For each kind of export the query of its rows: the columns of `worker.export.columns`, in a lasting order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    collate,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import aliased

from db.coverage import TOTAL
from db.dialect import is_sqlite
from db.dialect.functions import Address, Word, day_text, decimal_text, fired_words, instant_text, is_one_of
from db.models import (
    Article,
    ClusterLink,
    CoverageCell,
    CoverageSeries,
    Entity,
    Feed,
    MatchRow,
    MentionRow,
    Revision,
    Source,
    Subscription,
)

Rows = Select[*tuple[Any, ...]]


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
    genres: Sequence[str] = ()
    in_scope: bool | None = None
    article_ids: Sequence[int] | None = None
    """Of these articles only: those that answer a query."""
    changed_after: int | None = None
    """Only articles that changed after this number, see `db.changes`."""
    changed_until: int | None = None
    """Only articles that last changed at this number or before, and that are understood."""


class CannotFilter(ValueError):
    """A kind of export cannot be filtered so; the message says by what."""


def query_of(conn: Connection, kind: str, filters: Filters) -> Rows:
    """Return the query for a kind of export. Raises CannotFilter."""
    return _QUERIES[kind](conn, filters)


def _articles(_conn: Connection, filters: Filters) -> Rows:
    """A row per article, by day and canonical URL."""
    original = aliased(Article)
    address_of_original = select(original.canonical_url).where(original.id == Article.cluster_id).scalar_subquery()
    is_original = Article.cluster_id == Article.id
    return (
        select(
            Article.id.label("article_id"),
            Article.url,
            Article.source_id.label("source"),
            Article.title,
            Article.author,
            Article.language,
            _moment(Article.published_at, Article.published_is_day).label("published_at"),
            instant_text(Article.collected_at).label("collected_at"),
            Article.cluster_id,
            is_original.label("is_original"),
            Source.name.label("source_name"),
            Article.counts_on,
            Article.published_at.is_(None).label("date_is_assumed"),
            Article.revisions,
            Article.genre,
            Article.in_scope,
            type_coerce(Article.canonical_url, Address()).label("canonical_url"),
            type_coerce(case((is_original, Article.canonical_url), else_=address_of_original), Address()).label(
                "original_url"
            ),
        )
        .join(Source, Source.id == Article.source_id)
        .where(*conditions(filters))
        .order_by(Article.counts_on, Article.canonical_url)
    )


def _mentions(conn: Connection, filters: Filters) -> Rows:
    """A row per mention of the current revisions: articles in their order, titles before texts."""
    query = (
        select(
            Article.id.label("article_id"),
            type_coerce(MentionRow.field, Word()).label("field"),
            MentionRow.start,
            MentionRow.end,
            MentionRow.surface,
            MentionRow.entity_id.label("entity"),
            Entity.type,
            type_coerce(MentionRow.level, Word()).label("level"),
            MentionRow.alias,
            MentionRow.language,
            type_coerce(MentionRow.rule, Word()).label("rule"),
            type_coerce(MentionRow.vocabulary_version, Word()).label("vocabulary_version"),
            Article.url,
            Article.source_id.label("source"),
            Article.counts_on,
            MentionRow.metonym_of,
        )
        .join(MentionRow, MentionRow.revision_id == Article.revision_id)
        .join(Entity, Entity.id == MentionRow.entity_id)
        .where(*conditions(filters))
        .order_by(
            Article.counts_on,
            Article.canonical_url,
            MentionRow.field.desc(),
            MentionRow.start,
            MentionRow.end,
            _bytewise(conn, MentionRow.entity_id),
        )
    )
    return query.where(MentionRow.entity_id.in_(filters.entities)) if filters.entities else query


def _coverage(conn: Connection, filters: Filters) -> Rows:
    """The stored cells per day, entity and outlet. Languages, genres and scope are no part of them."""
    if _beyond_cells(filters):
        raise CannotFilter("cells per outlet are not kept by language, genre or scope")
    query = (
        select(
            CoverageCell.bucket_on.label("day"),
            CoverageSeries.entity_id.label("entity"),
            CoverageSeries.part.label("source"),
            CoverageCell.articles,
            CoverageCell.stories,
            CoverageCell.mentions,
            Entity.label.label("entity_label"),
            Entity.type.label("entity_type"),
            Source.name.label("source_name"),
            CoverageCell.in_title,
            CoverageCell.scope_articles,
            CoverageCell.scope_stories,
            CoverageCell.undated,
        )
        .join(CoverageSeries, CoverageSeries.id == CoverageCell.series_id)
        .join(Entity, Entity.id == CoverageSeries.entity_id)
        .join(Source, Source.id == CoverageSeries.part)
        .where(*_daily("source", "all"), *_days(filters))
        .order_by(
            CoverageCell.bucket_on, _bytewise(conn, CoverageSeries.entity_id), _bytewise(conn, CoverageSeries.part)
        )
    )
    if filters.entities:
        query = query.where(CoverageSeries.entity_id.in_(filters.entities))
    if filters.sources:
        query = query.where(CoverageSeries.part.in_(filters.sources))
    return query


def _cooccurrence(conn: Connection, filters: Filters) -> Rows:
    """The stored cells per day and pair of entities, each pair once: the lesser id first."""
    if filters.sources or _beyond_cells(filters):
        raise CannotFilter("pairs are not kept by outlet, language, genre or scope")
    one, another = aliased(Entity), aliased(Entity)
    in_order = _bytewise(conn, CoverageSeries.entity_id) < _bytewise(
        conn, CoverageSeries.part
    )  # stored by the locale's
    first, second = case((in_order, one.id), else_=another.id), case((in_order, another.id), else_=one.id)
    query = (
        select(
            CoverageCell.bucket_on.label("day"),
            first.label("entity_a"),
            second.label("entity_b"),
            CoverageCell.articles,
            CoverageCell.stories,
            CoverageCell.scope_articles,
            CoverageCell.scope_stories,
            case((in_order, one.label), else_=another.label).label("label_a"),
            case((in_order, another.label), else_=one.label).label("label_b"),
        )
        .join(CoverageSeries, CoverageSeries.id == CoverageCell.series_id)
        .join(one, one.id == CoverageSeries.entity_id)
        .join(another, another.id == CoverageSeries.part)
        .where(*_daily("entity", "name"), *_days(filters))
        .order_by(CoverageCell.bucket_on, _bytewise(conn, first), _bytewise(conn, second))
    )
    if filters.entities:
        query = query.where(or_(one.id.in_(filters.entities), another.id.in_(filters.entities)))
    return query


def _daily(split: str, level: str) -> Sequence[ColumnElement[bool]]:
    series = CoverageSeries
    return (series.grain == "day", series.split == split, series.level == level, series.entity_id != TOTAL)


def _days(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.since is not None:
        yield CoverageCell.bucket_on >= filters.since
    if filters.until is not None:
        yield CoverageCell.bucket_on <= filters.until


def _revisions(_conn: Connection, filters: Filters) -> Rows:
    """A row per text that stood at an address: articles in their order, the text seen first before later ones."""
    return (
        select(
            Revision.id.label("revision_id"),
            Article.id.label("article_id"),
            Article.url,
            Article.source_id.label("source"),
            instant_text(Revision.observed_at).label("observed_at"),
            (Revision.id == Article.revision_id).label("is_current"),
            Revision.title,
            Revision.author,
            Revision.language,
            _moment(Revision.published_at, Revision.published_is_day).label("published_at"),
            Revision.genre,
            Revision.in_scope,
            func.length(Revision.text).label("characters"),
            type_coerce(Revision.content_hash, Word()).label("content_hash"),
            type_coerce(Revision.vocabulary_version, Word()).label("vocabulary_version"),
            Article.counts_on,
        )
        .join(Article, Article.id == Revision.article_id)
        .where(*conditions(filters))
        .order_by(Article.counts_on, Article.canonical_url, Revision.observed_at, Revision.content_hash)
    )


def _clusters(conn: Connection, filters: Filters) -> Rows:
    """A row per article of every cluster that has copies: by the original's day and address, the original first."""
    original, copy = aliased(Article, name="original"), aliased(Article, name="copy")
    is_original = Article.id == original.id
    has_copies = select(copy.id).where(copy.cluster_id == Article.cluster_id, copy.id != copy.cluster_id).exists()
    lower = case((Article.revision_id < original.revision_id, Article.revision_id), else_=original.revision_id)
    higher = case((Article.revision_id < original.revision_id, original.revision_id), else_=Article.revision_id)
    return (
        select(
            Article.cluster_id,
            Article.id.label("article_id"),
            is_original.label("is_original"),
            Article.url,
            Article.source_id.label("source"),
            _moment(Article.published_at, Article.published_is_day).label("published_at"),
            decimal_text(ClusterLink.containment).label("containment"),
            decimal_text(ClusterLink.jaccard).label("jaccard"),
            ClusterLink.shared.label("shared_shingles"),
            _perhaps(ClusterLink.method).label("method"),
            instant_text(Article.collected_at).label("collected_at"),
            Article.counts_on,
            Article.title,
            Article.language,
            original.source_id.label("original_source"),
            _moment(original.published_at, original.published_is_day).label("original_published_at"),
            type_coerce(original.canonical_url, Address()).label("original_url"),
        )
        .join(original, original.id == Article.cluster_id)
        .outerjoin(ClusterLink, and_(ClusterLink.revision_a == lower, ClusterLink.revision_b == higher))
        .where(has_copies, *conditions(filters))
        .order_by(
            original.counts_on,
            original.canonical_url,
            case((is_original, 0), else_=1),
            case((Article.published_at.is_(None), 1), else_=0),
            Article.published_at,
            Article.canonical_url,
        )
    )


def _matches(conn: Connection, filters: Filters) -> Rows:
    """A row per match of a subscription: by subscription, then in the order in which they were found."""
    query = (
        select(
            MatchRow.id.label("match_id"),
            Subscription.name.label("subscription"),
            type_coerce(MatchRow.status, Word()).label("status"),
            MatchRow.article_id,
            _perhaps(Article.url).label("url"),
            _perhaps(Article.source_id).label("source"),
            Article.title,
            instant_text(MatchRow.matched_at).label("matched_at"),
            fired_words(MatchRow.because).label("because"),
            MatchRow.event,
            type_coerce(Subscription.kind, Word()).label("subscription_kind"),
            Subscription.query,
            MatchRow.revision_id,
            MatchRow.item_id.label("began_with_match_id"),
            Article.counts_on,
        )
        .join(Subscription, Subscription.id == MatchRow.subscription_id)
        .outerjoin(Article, Article.id == MatchRow.article_id)
        .order_by(_bytewise(conn, Subscription.name), Subscription.id, MatchRow.matched_at, MatchRow.id)
    )
    if filters != Filters():
        query = query.where(*conditions(filters))
    return query


def _sources(conn: Connection, filters: Filters) -> Rows:
    """A row per outlet, by id, with what the store has of it."""
    if filters.since or filters.until or filters.entities or _beyond_cells(filters):
        raise CannotFilter("outlets can only be chosen by name")
    feeds = select(Feed.source_id, func.count().label("n")).group_by(Feed.source_id).subquery()
    articles = (
        select(
            Article.source_id,
            func.count().label("n"),
            func.min(Article.counts_on).label("first"),
            func.max(Article.counts_on).label("last"),
            func.max(Article.collected_at).label("collected_at"),
        )
        .group_by(Article.source_id)
        .subquery()
    )
    query = (
        select(
            Source.id.label("source"),
            Source.name.label("source_name"),
            Source.country,
            _listed(cast(Source.languages, SqlText)).label("languages"),
            Source.kind,
            Source.homepage,
            Source.paywall,
            type_coerce(Source.origin, Word()).label("origin"),
            instant_text(Source.added_at).label("added_at"),
            func.coalesce(feeds.c.n, 0).label("feeds"),
            func.coalesce(articles.c.n, 0).label("articles"),
            articles.c.first.label("first_counts_on"),
            articles.c.last.label("last_counts_on"),
            instant_text(articles.c.collected_at).label("last_collected_at"),
        )
        .outerjoin(feeds, feeds.c.source_id == Source.id)
        .outerjoin(articles, articles.c.source_id == Source.id)
        .order_by(_bytewise(conn, Source.id))
    )
    return query.where(Source.id.in_(filters.sources)) if filters.sources else query


def _beyond_cells(filters: Filters) -> bool:
    given = (filters.in_scope, filters.article_ids, filters.changed_after, filters.changed_until)
    return bool(filters.languages or filters.genres) or any(value is not None for value in given)


_QUERIES: Mapping[str, Callable[[Connection, Filters], Rows]] = {
    "articles": _articles,
    "mentions": _mentions,
    "coverage": _coverage,
    "cooccurrence": _cooccurrence,
    "clusters": _clusters,
    "revisions": _revisions,
    "matches": _matches,
    "sources": _sources,
}


def _listed(json: ColumnElement[str]) -> ColumnElement[str]:
    """Return a JSON list of plain words as words with spaces between them."""
    for letter, instead in (("[", ""), ("]", ""), ('"', ""), (",", "")):
        json = func.replace(json, letter, instead)
    return type_coerce(json, SqlText())


def _perhaps(column: Any) -> ColumnElement[str]:
    """Return a column that is never null in its table and may be after an outer join."""
    return type_coerce(column, SqlText())


def _moment(instant: Any, is_day: Any) -> SQLColumnExpression[str]:
    """The instant of publication, or its day where only that is known."""
    return type_coerce(case((is_day, day_text(instant)), else_=instant_text(instant)), Word())


def conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Yield what an article has to fulfil."""
    yield Article.revision_id.is_not(None)
    if filters.since is not None:
        yield Article.counts_on >= filters.since
    if filters.until is not None:
        yield Article.counts_on <= filters.until
    if filters.sources:
        yield Article.source_id.in_(filters.sources)
    if filters.languages:
        yield or_(*(_is_in(language) for language in filters.languages))
    if filters.genres:
        yield Article.genre.in_(filters.genres)
    if filters.in_scope is not None:
        yield Article.in_scope.is_(filters.in_scope)
    if filters.entities:
        mentioning = select(MentionRow.revision_id).where(MentionRow.entity_id.in_(filters.entities))
        yield Article.revision_id.in_(mentioning)
    if filters.article_ids is not None:
        yield is_one_of(Article.id, filters.article_ids)
    yield from _changes(filters)


def _changes(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.changed_after is not None:
        yield Article.changed > filters.changed_after
    if filters.changed_until is not None:
        yield Article.changed <= filters.changed_until
        current = aliased(Revision)
        yield select(current.id).where(current.id == Article.revision_id, current.stage == "done").exists()


def _is_in(language: str) -> ColumnElement[bool]:
    return or_(Article.language == language, Article.language.startswith(f"{language}-", autoescape=True))


def _bytewise(conn: Connection, column: Any) -> SQLColumnExpression[Any]:
    """Return the column so that it sorts by code point: PostgreSQL would sort by the rules of its locale."""
    return column if is_sqlite(conn) else collate(column, "C")
