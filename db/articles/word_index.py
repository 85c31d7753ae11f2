"""The word index: finds the revisions that may match a query. It only narrows; the caller checks each candidate.

The words are those of the query language, folded and split by it, so the databases' own ideas of words, letters and
languages never decide anything. A revision that is not indexed yet is always a candidate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true

from db.articles.filters import count_within
from db.dialect import insert
from db.dialect.word_index import ask_word, ask_words, find_in_word_index, index_words
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
        index_words(conn, fresh)


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
    asked = ask(conn, need)
    if asked is not None:
        return Revision.id.in_(find_in_word_index(conn, asked))
    match need:
        case HasEntity(entity_id):
            return Revision.id.in_(select(MentionRow.revision_id).where(MentionRow.entity_id == entity_id))
        case AllOf(parts):
            return and_(*(_condition(conn, part) for part in join_words(parts, AllOf)))
        case AnyOf(parts):
            return or_(*(_condition(conn, part) for part in join_words(parts, AnyOf)))
    raise AssertionError("unreachable")


def ask(conn: Connection, need: Need) -> str | None:
    """Return the expression of the word index for a need of words alone, with what has all words; None for another."""
    asked = _ask(conn, need)
    everything = ask_word(conn, EVERYTHING, is_prefix=False)
    return None if asked is None else ask_words(conn, [asked, everything], every=False)


def _ask(conn: Connection, need: Need) -> str | None:
    match need:
        case HasWord(word, is_prefix):
            return ask_word(conn, word[:LONGEST], is_prefix=is_prefix)
        case HasEntity():
            return None
        case AllOf(parts) | AnyOf(parts):
            asked = [one for part in parts if (one := _ask(conn, part)) is not None]
            return ask_words(conn, asked, every=isinstance(need, AllOf)) if len(asked) == len(parts) else None


def count_words(need: Need) -> int:
    """Return the number of words in a need."""
    match need:
        case HasWord():
            return 1
        case HasEntity():
            return 0
        case AllOf(parts) | AnyOf(parts):
            return sum(map(count_words, parts))


def join_words(parts: Sequence[Need], join: type[AllOf | AnyOf]) -> list[Need]:
    """Return the parts with those of words alone as one part: the word index answers for all of them at once."""
    of_words = tuple(part for part in parts if is_of_words(part))
    others = [part for part in parts if not is_of_words(part)]
    return [join(of_words) if len(of_words) > 1 else of_words[0], *others] if of_words else others


def is_of_words(need: Need) -> bool:
    """Return whether a need is of words alone."""
    match need:
        case HasWord():
            return True
        case HasEntity():
            return False
        case AllOf(parts) | AnyOf(parts):
            return all(map(is_of_words, parts))
