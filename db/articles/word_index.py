"""The word index: finds the revisions that may match a query. It only narrows; the caller checks each candidate.

The words are those of the query language, folded and split by it, so the databases' own ideas of words, letters and
languages never decide anything. A revision that is not indexed yet is always a candidate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true

from db import dialect
from db.articles.filters import count_within
from db.dialect import insert
from db.enums.articles import RevisionStage
from db.models import Article, IndexedRevision, MentionRow, Revision

EVERYTHING = "*"
"""Stands for all words, in the index of a text that has too many."""
_MOST_WORDS = 20_000
_MOST_BYTES = 400_000
LONGEST = 200


@dataclass(frozen=True, slots=True)
class HasWord:
    """The text has the word; with `is_prefix`, a word with this prefix."""

    word: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class HasEntity:
    """The text mentions the entity."""

    entity_id: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these hold."""

    parts: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these holds."""

    parts: tuple[Need, ...]


Need = HasWord | HasEntity | AllOf | AnyOf
"""A condition that every match fulfils."""


def record_words(conn: Connection, words: Mapping[int, Collection[str]]) -> None:
    """Index the words of revisions; indexed revisions are skipped."""
    if not words:
        return
    known = set(conn.scalars(select(IndexedRevision.revision_id).where(IndexedRevision.revision_id.in_(words))))
    fresh = {revision_id: _bounded(found) for revision_id, found in sorted(words.items()) if revision_id not in known}
    if fresh:
        conn.execute(insert(conn, IndexedRevision), [{"revision_id": revision_id} for revision_id in fresh])
        dialect.index_words(conn, fresh)


def _bounded(words: Collection[str]) -> list[str]:
    kept = sorted({word[:LONGEST] for word in words})
    if len(kept) > _MOST_WORDS or sum(len(word.encode()) for word in kept) > _MOST_BYTES:
        return [EVERYTHING]
    return kept


def find_unindexed(conn: Connection, *, limit: int) -> list[int]:
    """Return current revisions without an index entry, such as those from before the index existed."""
    query = (
        select(Revision.id)
        .join(Article, Article.revision_id == Revision.id)
        .where(Revision.stage == RevisionStage.DONE, Revision.id.not_in(select(IndexedRevision.revision_id)))
    )
    return list(conn.scalars(query.order_by(Revision.id).limit(limit)))


def find_candidates(
    conn: Connection,
    need: Need | None,
    *,
    since: date | None = None,
    until: date | None = None,
    among: Iterable[ColumnElement[bool]] = (),
    order: Iterable[ColumnElement[Any]] = (Article.counts_on.asc(), Article.id.asc()),
    limit: int | None = None,
) -> list[int]:
    """Return the current revisions of articles that count in these days and may match, by day and id.

    `among` are further conditions on an article; `order` is another order, `limit` the greatest number.
    """
    condition: ColumnElement[bool] = true()
    if need is not None:
        unindexed = Revision.id.not_in(select(IndexedRevision.revision_id))
        condition = or_(_condition(conn, need), unindexed)
    query = select(Revision.id).join(Article, Article.revision_id == Revision.id)
    query = query.where(Revision.stage == RevisionStage.DONE, condition, *among)
    query = query.where(*count_within(since, until))
    return list(conn.scalars(query.order_by(*order).limit(limit)))


def _condition(conn: Connection, need: Need) -> ColumnElement[bool]:
    match need:
        case HasWord(word, is_prefix):
            expression = dialect.one_of_words(conn, [(word[:LONGEST], is_prefix), (EVERYTHING, False)])
            return Revision.id.in_(expression)
        case HasEntity(entity_id):
            return Revision.id.in_(select(MentionRow.revision_id).where(MentionRow.entity_id == entity_id))
        case AllOf(parts):
            return and_(*(_condition(conn, part) for part in parts))
        case AnyOf(parts):
            words = [(part.word[:LONGEST], part.is_prefix) for part in parts if isinstance(part, HasWord)]
            found = [_condition(conn, part) for part in parts if not isinstance(part, HasWord)]
            if words:
                found.append(Revision.id.in_(dialect.one_of_words(conn, [*words, (EVERYTHING, False)])))
            return or_(*found)
