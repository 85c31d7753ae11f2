"""Rows of exports about articles, in a stable order: one query for each kind, with the declared columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, SQLColumnExpression, and_, case, func, select, type_coerce
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import aliased

from db.articles.filters import Filters, Rows, conditions
from db.articles.former_texts import is_text_of_article
from db.dialect import bytewise
from db.dialect.functions import Address, WordColumn, day_text, decimal_text, fired_words, instant_text
from db.enums.articles import TextFrom
from db.models import Article, ClusterLink, EntityRow, MatchRow, MentionRow, Revision, Source, Subscription


def articles(_conn: Connection, filters: Filters) -> Rows:
    """Return a row per article, by day and canonical URL."""
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
            Article.is_undated,
        )
        .join(Source, Source.id == Article.source_id)
        .where(*conditions(filters))
        .order_by(Article.counts_on, Article.canonical_url)
    )


def articles_with_text(conn: Connection, filters: Filters, longest: int | None = None) -> Rows:
    """Return a row per article with its current text; `longest` cuts it after this many characters."""
    text: ColumnElement[str] = type_coerce(Revision.text, SqlText())
    if longest is not None:
        text = case((func.length(text) > longest, func.substr(text, 1, longest).concat(" …")), else_=text)
    is_of_feed = Revision.text_from.in_((TextFrom.FEED, TextFrom.AGGREGATOR))
    return (
        articles(conn, filters)
        .join(Revision, Revision.id == Article.revision_id)
        .add_columns(
            type_coerce(case((is_of_feed, TextFrom.FEED), else_=TextFrom.PAGE), WordColumn()).label("text_from"),
            text.label("text"),
        )
    )


def mentions(conn: Connection, filters: Filters) -> Rows:
    """Return a row per mention of the current revisions: articles in their order, titles before texts."""
    query = (
        _mentions()
        .join(Article, Article.revision_id == MentionRow.revision_id)
        .join(EntityRow, EntityRow.id == MentionRow.entity_id)
        .where(*conditions(filters))
        .order_by(Article.counts_on, Article.canonical_url, *_in_reading_order(conn))
    )
    return query.where(*conditions_on_mentions(filters))


def conditions_on_mentions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions on a mention of an article that passes the filters."""
    if filters.entities:
        yield MentionRow.entity_id.in_(filters.entities)
    if filters.level is not None:
        yield MentionRow.level == filters.level


def mentions_of_revisions(conn: Connection, filters: Filters) -> Rows:
    """Return a row per mention of all texts of an address, those seen first before later ones.

    The selected entities need not be mentioned any more.
    """
    query = (
        _mentions()
        .add_columns(
            Revision.id.label("revision_id"),
            instant_text(Revision.observed_at).label("observed_at"),
            (Revision.id == Article.revision_id).label("is_current"),
        )
        .join(Revision, Revision.id == MentionRow.revision_id)
        .join(Article, Article.id == Revision.article_id)
        .join(EntityRow, EntityRow.id == MentionRow.entity_id)
        .where(*conditions(replace(filters, entities=(), level=None)), is_text_of_article())
        .order_by(
            Article.counts_on,
            Article.canonical_url,
            Revision.observed_at,
            Revision.content_hash,
            *_in_reading_order(conn),
        )
    )
    return query.where(*conditions_on_mentions(filters))


def _mentions() -> Rows:
    return select(
        Article.id.label("article_id"),
        type_coerce(MentionRow.field, WordColumn()).label("field"),
        MentionRow.start,
        MentionRow.end,
        MentionRow.surface,
        MentionRow.entity_id.label("entity"),
        EntityRow.type,
        type_coerce(MentionRow.level, WordColumn()).label("level"),
        MentionRow.alias,
        MentionRow.language,
        type_coerce(MentionRow.rule, WordColumn()).label("rule"),
        type_coerce(MentionRow.vocabulary_version, WordColumn()).label("vocabulary_version"),
        Article.url,
        Article.source_id.label("source"),
        Article.counts_on,
        MentionRow.metonym_of,
    ).select_from(MentionRow)


def _in_reading_order(conn: Connection) -> Sequence[SQLColumnExpression[Any]]:
    entity = bytewise(conn, MentionRow.entity_id)
    return (MentionRow.field.desc(), MentionRow.start, MentionRow.end, entity)


def revisions(_conn: Connection, filters: Filters) -> Rows:
    """Return a row per text of an address: articles in their order, the text seen first before later ones.

    Without texts that only substituted for a page until it came.
    """
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
            type_coerce(Revision.content_hash, WordColumn()).label("content_hash"),
            type_coerce(Revision.vocabulary_version, WordColumn()).label("vocabulary_version"),
            Article.counts_on,
        )
        .join(Article, Article.id == Revision.article_id)
        .where(*conditions(filters), is_text_of_article())
        .order_by(Article.counts_on, Article.canonical_url, Revision.observed_at, Revision.content_hash)
    )


def clusters(conn: Connection, filters: Filters) -> Rows:
    """Return a row per article of every cluster with copies: by the original's day and address, the original first."""
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


def matches(conn: Connection, filters: Filters) -> Rows:
    """Return a row per match of a subscription: by subscription, then in the order of matching."""
    query = (
        select(
            MatchRow.id.label("match_id"),
            Subscription.name.label("subscription"),
            type_coerce(MatchRow.status, WordColumn()).label("status"),
            MatchRow.article_id,
            _perhaps(Article.url).label("url"),
            _perhaps(Article.source_id).label("source"),
            Article.title,
            instant_text(MatchRow.matched_at).label("matched_at"),
            fired_words(MatchRow.because).label("because"),
            MatchRow.event,
            type_coerce(Subscription.kind, WordColumn()).label("subscription_kind"),
            Subscription.query,
            MatchRow.revision_id,
            MatchRow.item_id.label("began_with_match_id"),
            Article.counts_on,
        )
        .join(Subscription, Subscription.id == MatchRow.subscription_id)
        .outerjoin(Article, Article.id == MatchRow.article_id)
        .order_by(bytewise(conn, Subscription.name), Subscription.id, MatchRow.matched_at, MatchRow.id)
    )
    if filters != Filters():
        query = query.where(*conditions(filters))
    return query


def _perhaps(column: Any) -> ColumnElement[str]:
    """Return a column that is never null in its table and may be after an outer join."""
    return type_coerce(column, SqlText())


def _moment(instant: Any, is_day: Any) -> SQLColumnExpression[str]:
    """Return the instant of publication, or its day if only that is known."""
    return type_coerce(case((is_day, day_text(instant)), else_=instant_text(instant)), WordColumn())
