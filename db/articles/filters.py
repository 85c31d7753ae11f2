"""Filters of exports: articles and days, and the SQL conditions for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, union_all
from sqlalchemy.orm import aliased

from db.coverage.cells import PAIRED
from db.dialect.functions import is_one_of
from db.enums.articles import RevisionStage
from db.enums.base import ClosedSet
from db.enums.vocabulary import MentionLevel
from db.models import Article, CoverageFact, CoverageMark, MentionRow, Revision, Source

Rows = Select[*tuple[Any, ...]]
"""A query of the rows of an export."""
ANY_OUTLET = "any"
"""Among the outlets of reprints: any other one than the article's own."""


@dataclass(frozen=True, slots=True)
class CollectionHealth:
    """Completeness of our own collection, exported beside the counts of coverage."""

    alive: Mapping[date, float]
    """By day, the share of watched outlets with complete collection; without days on which none was watched."""
    impaired: Collection[tuple[date, str]]
    """(day, outlet) with incomplete collection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Selection for an export: inclusive days, and any of the entities, of the sources, of the languages. Empty: all.

    Articles that count on no day are exported only without limits of days.

    The language `kk` includes `kk-Latn`. The articles of an entity are those that mention it.
    """

    since: date | None = None
    until: date | None = None
    entities: Sequence[str] = ()
    sources: Sequence[str] = ()
    languages: Sequence[str] = ()
    genres: Sequence[str] = ()
    in_scope: bool | None = None
    countries: Sequence[str] = ()
    """Lists of articles only: countries of outlets, as the outlets have them (`RU/UZ` is another than `RU`)."""
    level: str | None = None
    """A `MentionLevel` of which a mention has to be, of the entities if there are any."""
    reprints_of: Sequence[str] = ()
    """Only reprints of articles of these outlets, or of `ANY_OUTLET`, in others."""
    reprinted_by: Sequence[str] = ()
    """Only originals of which these outlets, or `ANY_OUTLET`, have reprints, and are others."""
    together: Sequence[str] = ()
    """Lists of articles only: entities that were all counted as named together, see `db.coverage.cells.PAIRED`."""
    lacks: Sequence[Lack] = ()
    """Only articles without any of these."""
    article_ids: Sequence[int] | None = None
    """Only these articles: the matches of a query."""
    changed_after: int | None = None
    """Only articles that changed after this number, see `db.changes`."""
    changed_until: int | None = None
    """Only articles that last changed at this number or before, and that are processed completely."""
    health: CollectionHealth | None = None
    """Coverage only: the values of its columns `alive` and `impaired`; without it they are empty."""

    def covers(self, day: date) -> bool:
        """Return whether the day is within the limits."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Lack(ClosedSet):
    """A property that an article can be without."""

    DATE = "date", "a date that anybody gave"
    DAY = "day", "a day on which it counts"
    LANG = "lang", "a known language"
    GENRE = "genre", "a known genre"
    COUNTRY = "country", "a known country of its outlet"


class CannotFilter(ValueError):
    """A filter that this kind of export does not support; the message names it."""


_LACKS: Mapping[Lack, ColumnElement[bool]] = {
    Lack.DATE: Article.published_at.is_(None),
    Lack.DAY: Article.is_undated.is_(True),
    Lack.LANG: func.coalesce(Article.language, "") == "",
    Lack.GENRE: func.coalesce(Article.genre, "") == "",
    Lack.COUNTRY: Article.source_id.in_(select(Source.id).where(func.coalesce(Source.country, "") == "")),
}


def conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions on an article."""
    yield from conditions_on_columns(filters)
    if filters.languages:
        yield or_(*(_is_in(language) for language in filters.languages))
    if filters.entities and filters.level is None:
        mentioning = select(MentionRow.revision_id).where(MentionRow.entity_id.in_(filters.entities))
        yield Article.revision_id.in_(mentioning)
    yield from conditions_on_others(filters)


def conditions_on_articles(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions without those for which lists have indices of their own: entities and languages."""
    yield from conditions_on_columns(filters)
    yield from conditions_on_others(filters)


def conditions_on_columns(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions on the columns of an article, without those on its language."""
    yield Article.revision_id.is_not(None)
    yield from count_within(filters.since, filters.until)
    if filters.sources:
        yield Article.source_id.in_(filters.sources)
    if filters.countries:
        yield Article.source_id.in_(select(Source.id).where(Source.country.in_(filters.countries)))
    if filters.genres:
        yield Article.genre.in_(filters.genres)
    if filters.in_scope is not None:
        yield Article.in_scope.is_(filters.in_scope)
    yield from (_LACKS[lack] for lack in filters.lacks)
    if filters.reprints_of:
        yield Article.cluster_id != Article.id
    if filters.article_ids is not None:
        yield is_one_of(Article.id, filters.article_ids)
    yield from _changes(filters)


def conditions_on_others(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions for which the mentions, the facts or the story of an article are looked up.

    A list that has to answer at any time asks them of some articles at once only.
    """
    other = aliased(Article)
    if filters.level is not None:
        yield _mention_at(filters.level, filters.entities)
    if filters.reprints_of:
        # one by one: joined, all that the outlets ever wrote would be read for the reprints of a few days
        origin = select(other.source_id).where(other.id == Article.cluster_id).scalar_subquery()
        yield origin != Article.source_id
        if ANY_OUTLET not in filters.reprints_of:
            yield origin.in_(filters.reprints_of)
    if filters.reprinted_by:
        copies = (other.cluster_id == Article.id, other.id != Article.id, other.source_id != Article.source_id)
        reprints = select(other.id).where(*copies)
        if ANY_OUTLET not in filters.reprinted_by:
            reprints = reprints.where(other.source_id.in_(filters.reprinted_by))
        yield reprints.exists()
    for entity in filters.together:
        fact = select(CoverageFact.article_id).where(CoverageFact.article_id == Article.id)
        yield fact.where(CoverageFact.entity_id == entity, CoverageFact.place < PAIRED).correlate(Article).exists()


def select_counted_at(level: str, filters: Filters) -> Select[int]:
    """Return the query of the articles counted for the entities at a level, and of those that changed since."""
    counted = getattr(CoverageFact, MentionLevel.from_value(level))
    facts = select(CoverageFact.article_id).where(CoverageFact.entity_id.in_(filters.entities), counted > 0)
    if filters.since is not None:
        facts = facts.where(CoverageFact.counts_on >= filters.since)
    if filters.until is not None:
        facts = facts.where(CoverageFact.counts_on <= filters.until)
    both = union_all(facts, select(CoverageMark.article_id)).subquery()
    return select(both.c.article_id)


def _mention_at(level: str, entities: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that the current text mentions one of the entities, or any, at a level."""
    named = select(MentionRow.revision_id).where(MentionRow.revision_id == Article.revision_id)
    among = [MentionRow.entity_id.in_(entities)] if entities else []
    return named.where(MentionRow.level == level, *among).correlate(Article).exists()


def count_within(since: date | None, until: date | None) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions for an article to count on one of these days, both included; none without limits."""
    if since is not None:
        yield Article.counts_on >= since
    if until is not None:
        yield Article.counts_on <= until
    if since is not None or until is not None:
        yield Article.is_undated.is_(False)


def _changes(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.changed_after is not None:
        yield Article.changed > filters.changed_after
    if filters.changed_until is not None:
        yield Article.changed <= filters.changed_until
        current = aliased(Revision)
        yield select(current.id).where(current.id == Article.revision_id, current.stage == RevisionStage.DONE).exists()


def in_languages(conn: Connection, languages: Sequence[str]) -> list[ColumnElement[bool]]:
    """Return the condition of being in one of the languages or a variant, by those that are stored; none without any.

    An index serves it, other than the pattern in `conditions`: a rare language is found without reading the others.
    """
    if not languages:
        return []
    stored: list[str] = []
    least = select(func.min(Article.language))
    code = conn.scalar(least)
    while code is not None:
        stored.append(code)
        code = conn.scalar(least.where(Article.language > code))
    wanted = [code for code in stored if code in languages or any(code.startswith(f"{one}-") for one in languages)]
    return [Article.language.in_(wanted)]


def _is_in(language: str) -> ColumnElement[bool]:
    return or_(Article.language == language, Article.language.startswith(f"{language}-", autoescape=True))
