"""The revisions that may hold what a query needs: all of them if they are few, or those among given ones."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from db import dialect
from db.articles.word_index import EVERYTHING, LONGEST, AllOf, AnyOf, HasEntity, HasWord, Need
from db.dialect.functions import is_one_of_few
from db.enums.articles import RevisionStage
from db.models import Article, IndexedRevision, MentionRow, Revision

_ENOUGH = 300
"""A part of a query with this few revisions needs no rarer one."""
_MISSING_MAX = 50_000
_known: WeakKeyDictionary[Engine, tuple[int, frozenset[int] | None]] = WeakKeyDictionary()
"""For each database the last revision that was looked at, and those up to it that were not indexed then; None if they
are too many to remember."""


def find_few(conn: Connection, need: Need, *, limit: int) -> set[int] | None:
    """Return all revisions that may fulfil the need, with others at most; None if they may be more than `limit`."""
    match need:
        case HasWord():
            return _find_words(conn, [need], limit)
        case HasEntity(entity_id):
            query = select(MentionRow.revision_id).where(MentionRow.entity_id == entity_id).distinct()
            return _read(conn, query.limit(limit + 1), limit)
        case AllOf(parts):
            return _find_rarest(conn, parts, limit)
        case AnyOf(parts):
            return _find_any(conn, parts, limit)


def _find_rarest(conn: Connection, parts: Collection[Need], limit: int) -> set[int] | None:
    """Return the revisions of the part that has fewest."""
    fewest: set[int] | None = None
    for part in parts:
        found = find_few(conn, part, limit=limit if fewest is None else len(fewest))
        if found is not None:
            fewest = found
            if len(found) <= _ENOUGH:
                break
    return fewest


def _find_any(conn: Connection, parts: Collection[Need], limit: int) -> set[int] | None:
    words = [part for part in parts if isinstance(part, HasWord)]
    found = _find_words(conn, words, limit) if words else set()
    for part in parts:
        more = find_few(conn, part, limit=limit) if not isinstance(part, HasWord) else set()
        if found is None or more is None or len(found | more) > limit:
            return None
        found |= more
    return found


def _find_words(conn: Connection, words: Collection[HasWord], limit: int) -> set[int] | None:
    found = _read(conn, dialect.one_of_words(conn, _pairs(words), limit=limit + 1), limit)
    if found is None:
        return None
    missing = _find_unindexed(conn, limit)
    return None if missing is None or len(found | missing) > limit else found | missing


def _read(conn: Connection, query: Any, limit: int) -> set[int] | None:
    found = set(conn.scalars(query))
    return found if len(found) <= limit else None


def _find_unindexed(conn: Connection, limit: int) -> set[int] | None:
    """Return the current revisions that are not indexed; None if they are more than `limit`, or too many to remember.

    A new revision is indexed before it is a candidate; one from before the index may become the current one again.
    """
    looked_to, missing = _known.get(conn.engine, (0, frozenset[int]()))
    if missing is None:
        return None
    last = conn.scalar(select(func.max(Revision.id))) or 0
    is_indexed = select(IndexedRevision.revision_id).where(IndexedRevision.revision_id == Revision.id).exists()
    query = select(Revision.id).where(~is_indexed)
    if looked_to:  # without it, as the first time, an index without the texts is read
        query = query.where(Revision.id > looked_to)
    found = missing | set(conn.scalars(query.limit(_MISSING_MAX + 1)))
    if len(found) > _MISSING_MAX:
        _known[conn.engine] = last, None
        return None
    indexed = select(IndexedRevision.revision_id).where(is_one_of_few(IndexedRevision.revision_id, found))
    found -= set(conn.scalars(indexed))
    _known[conn.engine] = last, frozenset(found)
    current = conn.scalars(select(Article.revision_id).where(is_one_of_few(Article.revision_id, found)))
    unindexed = {number for number in current if number is not None}
    return unindexed if len(unindexed) <= limit else None


def select_holders(conn: Connection, need: Need, revision_ids: Collection[int]) -> set[int]:
    """Return those of these revisions that may fulfil the need. One that is not indexed may have any word."""
    if not revision_ids:
        return set()
    match need:
        case HasWord():
            return _select_words(conn, [need], revision_ids)
        case HasEntity(entity_id):
            return _select_entities(conn, [entity_id], revision_ids)
        case AllOf(parts):
            left = set(revision_ids)
            for part in parts:
                left = select_holders(conn, part, left)
            return left
        case AnyOf(parts):
            return _select_any(conn, parts, revision_ids)


def _select_any(conn: Connection, parts: Collection[Need], revision_ids: Collection[int]) -> set[int]:
    words = [part for part in parts if isinstance(part, HasWord)]
    entities = [part.entity_id for part in parts if isinstance(part, HasEntity)]
    found = _select_words(conn, words, revision_ids) if words else set()
    if entities:
        found |= _select_entities(conn, entities, set(revision_ids) - found)
    for part in parts:
        if isinstance(part, (AllOf, AnyOf)):
            found |= select_holders(conn, part, set(revision_ids) - found)
    return found


def _select_words(conn: Connection, words: Collection[HasWord], revision_ids: Collection[int]) -> set[int]:
    found = set(conn.scalars(dialect.one_of_words(conn, _pairs(words), among=revision_ids)))
    rest = set(revision_ids) - found
    if rest:
        query = select(IndexedRevision.revision_id).where(is_one_of_few(IndexedRevision.revision_id, rest))
        found.update(rest - set(conn.scalars(query)))
    return found


def _select_entities(conn: Connection, entity_ids: Collection[str], revision_ids: Collection[int]) -> set[int]:
    if not revision_ids:
        return set()
    query = select(MentionRow.revision_id).where(MentionRow.entity_id.in_(entity_ids))
    return set(conn.scalars(query.where(is_one_of_few(MentionRow.revision_id, revision_ids)).distinct()))


def select_done(conn: Connection, revision_ids: Collection[int]) -> set[int]:
    """Return those of these revisions that are processed completely."""
    query = select(Revision.id).where(is_one_of_few(Revision.id, revision_ids))
    return set(conn.scalars(query.where(Revision.stage == RevisionStage.DONE)))


def _pairs(words: Collection[HasWord]) -> list[tuple[str, bool]]:
    return [*((word.word[:LONGEST], word.is_prefix) for word in words), (EVERYTHING, False)]
