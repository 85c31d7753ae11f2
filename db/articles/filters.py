"""What to export: which articles, of which days, and what that comes to as conditions of SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from db.dialect.functions import is_one_of
from db.models import Article, MentionRow, Revision

Rows = Select[*tuple[Any, ...]]
"""A query of the rows of an export."""


@dataclass(frozen=True, slots=True)
class CollectionHealth:
    """How whole our own collection was: what stands beside the counts of coverage."""

    alive: Mapping[date, float]
    """By day, the share of watched outlets whose collection was whole; without the days on which none was watched."""
    impaired: Collection[tuple[date, str]]
    """(day, outlet) where it was not."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What to export: inclusive days, and any of the entities, of the sources, of the languages. Empty: all.

    What counts on no day is exported where no day is asked for.

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
    health: CollectionHealth | None = None
    """Coverage only: what its columns `alive` and `impaired` say; empty without."""

    def covers(self, day: date) -> bool:
        """Return whether the day is one of those asked for."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class CannotFilter(ValueError):
    """A kind of export cannot be filtered so; the message says by what."""


def conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Yield what an article has to fulfil."""
    yield Article.revision_id.is_not(None)
    yield from count_within(filters.since, filters.until)
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


def count_within(since: date | None, until: date | None) -> Iterator[ColumnElement[bool]]:
    """Yield what an article fulfils that counts on one of these days, both included; without either any does."""
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
        yield select(current.id).where(current.id == Article.revision_id, current.stage == "done").exists()


def _is_in(language: str) -> ColumnElement[bool]:
    return or_(Article.language == language, Article.language.startswith(f"{language}-", autoescape=True))
