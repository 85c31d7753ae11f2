"""Lists of articles, the newest first, with continuation after any of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from db.articles.filters import Filters, conditions_on_articles, in_languages
from db.articles.lists.steps import iter_steps, mention_any
from db.models import Article, Revision

_WORDS = 400
_DATED_AT = func.coalesce(Article.published_at, Article.collected_at, type_=Article.collected_at.type)
_NEWEST_FIRST = (Article.counts_on.desc(), _DATED_AT.desc(), Article.id.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article in a list."""

    article_id: int
    url: str
    source: str
    title: str | None
    published_at: datetime | None
    published_is_day: bool
    counts_on: date
    language: str | None
    genre: str | None
    cluster_id: int | None
    begins: str
    """The beginning of the text, in place of a missing headline."""
    is_undated: bool = False
    """True if it counts on no day."""


def read_newest(conn: Connection, filters: Filters, *, after: int | None, limit: int) -> list[Listed]:
    """Return articles that pass the filters, the newest first, optionally only those after an article.

    Raises LookupError if that article does not exist.
    """
    last, later = _after(conn, after)
    passing = [*conditions_on_articles(filters), *later]
    passing += in_languages(conn, filters.languages)
    until = min((day for day in (filters.until, last) if day is not None), default=None)
    found: list[int] = []
    for days in iter_steps(conn, first=filters.since, last=until, entities=filters.entities):
        query = select(Article.id).where(*passing, *days.holds())
        if filters.entities:
            query = query.where(*mention_any(filters.entities, days))
        found += conn.scalars(query.order_by(*_NEWEST_FIRST).limit(limit - len(found)))
        if len(found) >= limit:
            break
    rows = read_listed(conn, found)
    return [rows[article_id] for article_id in found if article_id in rows]


def read_listed(conn: Connection, article_ids: Collection[int]) -> dict[int, Listed]:
    """Return articles by id."""
    query = _listed().where(Article.id.in_(article_ids))
    return {row.article_id: Listed(**row._asdict()) for row in conn.execute(query)}


def find_current_revisions(conn: Connection, article_ids: Collection[int]) -> dict[int, int]:
    """Return the current revisions of a few articles, each with its article."""
    query = select(Article.revision_id, Article.id).where(Article.id.in_(article_ids), Article.revision_id.is_not(None))
    return {revision_id: article_id for revision_id, article_id in conn.execute(query) if revision_id is not None}


def _listed() -> Select[*tuple[Any, ...]]:
    return select(
        Article.id.label("article_id"),
        Article.url,
        Article.source_id.label("source"),
        Article.title,
        Article.published_at,
        Article.published_is_day,
        Article.counts_on,
        Article.language,
        Article.genre,
        Article.cluster_id,
        func.substr(Revision.text, 1, _WORDS).label("begins"),
        Article.is_undated,
    ).join(Revision, Revision.id == Article.revision_id)


def _after(conn: Connection, article_id: int | None) -> tuple[date | None, Sequence[ColumnElement[bool]]]:
    """Return the last day of the articles after one, and the conditions for them.

    Raises LookupError if that article does not exist.
    """
    if article_id is None:
        return None, ()
    row = conn.execute(select(Article.counts_on, _DATED_AT).where(Article.id == article_id)).one_or_none()
    if row is None:
        raise LookupError(f"there is no article {article_id}")
    counts_on, dated_at = row
    later = or_(dated_at > _DATED_AT, and_(dated_at >= _DATED_AT, Article.id < article_id))
    return counts_on, (or_(Article.counts_on < counts_on, later),)
