"""The revisions that may hold what a query needs: all of them if they are few, or those among given ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from db.articles.word_index import AllOf, AnyOf, HasEntity, Need, ask, count_words, join_words
from db.changes import settled_number
from db.dialect.functions import is_one_of_few
from db.dialect.word_index import find_in_word_index, has_many
from db.enums.articles import RevisionStage
from db.models import Article, IndexedRevision, MentionRow, Revision

_ENOUGH = 300
"""A part of a query with this few revisions needs no rarer one."""
_MISSING_MAX = 50_000
_known: WeakKeyDictionary[Engine, tuple[int | None, frozenset[int] | None]] = WeakKeyDictionary()
"""For each database the number of the last change that was looked at, and the current revisions that were not indexed
then; None if they are too many to remember."""


def find_few(conn: Connection, need: Need, *, limit: int) -> set[int] | None:
    """Return all revisions that may fulfil the need, with others at most; None if they may be more than `limit`."""
    asked = ask(conn, need)
    if asked is not None:
        return _find_words(conn, asked, count_words(need), limit)
    match need:
        case HasEntity(entity_id):
            query = select(MentionRow.revision_id).where(MentionRow.entity_id == entity_id).distinct()
            return _read(conn, query.limit(limit + 1), limit)
        case AllOf(parts):
            return _find_rarest(conn, join_words(parts, AllOf), limit)
        case AnyOf(parts):
            return _find_any(conn, join_words(parts, AnyOf), limit)
    raise AssertionError("unreachable")


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
    found: set[int] = set()
    for part in parts:
        more = find_few(conn, part, limit=limit)
        if more is None or len(found | more) > limit:
            return None
        found |= more
    return found


def _find_words(conn: Connection, asked: str, words: int, limit: int) -> set[int] | None:
    if has_many(conn, asked, words=words, limit=limit):
        return None
    found = _read(conn, find_in_word_index(conn, asked, limit=limit + 1), limit)
    if found is None:
        return None
    missing = find_unindexed(conn)
    return None if missing is None or len(found | missing) > limit else found | missing


def _read(conn: Connection, query: Any, limit: int) -> set[int] | None:
    found = set(conn.scalars(query))
    return found if len(found) <= limit else None


def find_unindexed(conn: Connection) -> frozenset[int] | None:
    """Return the current revisions that are not indexed; None if they are too many to remember.

    The first time all articles are looked at, then those that changed. A new revision is indexed before it is a
    candidate, but one from before the index may become the current one again.
    """
    looked_to, missing = _known.get(conn.engine, (None, frozenset()))
    number = settled_number(conn)
    if looked_to is None or number < looked_to:  # the first time, or the numbers began anew
        looked_to, missing = None, frozenset()
    if missing is None:
        return None
    is_indexed = select(IndexedRevision.revision_id).where(IndexedRevision.revision_id == Article.revision_id).exists()
    unindexed = select(Article.revision_id).where(Article.revision_id.is_not(None), ~is_indexed)
    changed = unindexed if looked_to is None else unindexed.where(Article.changed > looked_to)
    found = set(conn.scalars(changed.limit(_MISSING_MAX + 1)))
    if missing:
        found.update(conn.scalars(unindexed.where(is_one_of_few(Article.revision_id, missing))))
    still = frozenset(revision_id for revision_id in found if revision_id is not None)
    _known[conn.engine] = number, still if len(still) <= _MISSING_MAX else None
    return _known[conn.engine][1]


def select_holders(conn: Connection, need: Need, revision_ids: Collection[int]) -> set[int]:
    """Return those of these revisions that may fulfil the need. One that is not indexed may have any word."""
    if not revision_ids:
        return set()
    asked = ask(conn, need)
    if asked is not None:
        return _select_words(conn, asked, revision_ids)
    match need:
        case HasEntity(entity_id):
            return _select_entities(conn, [entity_id], revision_ids)
        case AllOf(parts):
            left = set(revision_ids)
            for part in join_words(parts, AllOf):
                left = select_holders(conn, part, left)
            return left
        case AnyOf(parts):
            return _select_any(conn, parts, revision_ids)
    raise AssertionError("unreachable")


def _select_any(conn: Connection, parts: Sequence[Need], revision_ids: Collection[int]) -> set[int]:
    entities = [part.entity_id for part in parts if isinstance(part, HasEntity)]
    found = _select_entities(conn, entities, revision_ids) if entities else set()
    for part in join_words([part for part in parts if not isinstance(part, HasEntity)], AnyOf):
        found |= select_holders(conn, part, set(revision_ids) - found)
    return found


def _select_words(conn: Connection, asked: str, revision_ids: Collection[int]) -> set[int]:
    found = set(conn.scalars(find_in_word_index(conn, asked, among=revision_ids)))
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
