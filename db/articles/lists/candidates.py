"""The articles that may answer a query, in batches by date, so that a reader can stop whenever it has enough."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from db.articles.filters import (
    ANY_OUTLET,
    Filters,
    conditions_on_columns,
    conditions_on_others,
    in_languages,
    select_counted_at,
)
from db.articles.lists.holders import find_few, select_holders
from db.articles.lists.positions import DATED_AT, Position, beyond, in_order
from db.articles.word_index import AllOf, AnyOf, HasEntity, Need
from db.dialect.functions import is_one_of_few
from db.models import Article

_FEW = 10_000
"""As many articles are sorted at once; of more, the list by date is walked."""
_FIRST_BATCH, _LAST_BATCH = 200, 1_600


@dataclass(frozen=True, slots=True)
class Candidates:
    """Some candidates, (revision, place) each, and the place up to which there are no others."""

    found: Sequence[tuple[int, Position]]
    to: Position


def iter_candidates(
    conn: Connection, filters: Filters, need: Need | None, *, after: Position | None = None, oldest_first: bool = False
) -> Iterator[Candidates]:
    """Yield the articles that pass the filters and may fulfil the need, after a place."""
    need = add_entities(filters, need)
    among = [*conditions_on_columns(filters), *in_languages(conn, filters.languages)]
    others = [*conditions_on_others(filters)]
    query = select(Article.revision_id, Article.counts_on, DATED_AT, Article.id).where(*among)
    query = query.order_by(*in_order(oldest_first=oldest_first))
    few = find_few(conn, need, limit=_FEW) if need is not None else None
    if few is None:
        few = _find_few_at_level(conn, filters)
    if few is None:
        few = _find_few_reprinted(conn, filters)
    if few is not None:
        yield from _iter_few(conn, query.where(*others), few, need, after, oldest_first=oldest_first)
    else:
        yield from _walk(conn, query, others, need, after, oldest_first=oldest_first)


def _find_few_at_level(conn: Connection, filters: Filters) -> set[int] | None:
    """Return the revisions that may mention the entities at the level of the filters; None if there are many.

    An entity may be mentioned in a hundred thousand articles, and in none of them at that level.
    """
    if filters.level is None or not filters.entities:
        return None
    articles = set(conn.scalars(select_counted_at(filters.level, filters).limit(_FEW + 1)))
    if len(articles) > _FEW:
        return None
    return _find_revisions(conn, articles)


def _find_few_reprinted(conn: Connection, filters: Filters) -> set[int] | None:
    """Return the revisions of what outlets reprinted; None if it is much, or if its own outlets are few to look at.

    No index has the originals with reprints, and an outlet may have reprinted ten articles of a million.
    """
    if not filters.reprinted_by or filters.sources or ANY_OUTLET in filters.reprinted_by:
        return None
    copied = select(Article.cluster_id).where(
        Article.source_id.in_(filters.reprinted_by), Article.cluster_id != Article.id
    )
    originals = {original for original in conn.scalars(copied.limit(_FEW + 1)) if original is not None}
    return _find_revisions(conn, originals) if len(originals) <= _FEW else None


def _find_revisions(conn: Connection, articles: Collection[int]) -> set[int]:
    current = select(Article.revision_id).where(is_one_of_few(Article.id, articles))
    return {revision_id for revision_id in conn.scalars(current) if revision_id is not None}


def add_entities(filters: Filters, need: Need | None) -> Need | None:
    """Return the need with the entities of the filters: few articles mention most of them."""
    parts: list[Need] = [HasEntity(entity) for entity in filters.together]
    if filters.entities:
        parts.append(AnyOf(tuple(map(HasEntity, filters.entities))))
    if need is not None:
        parts.append(need)
    return AllOf(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)


def _iter_few(
    conn: Connection,
    query: Select[*tuple[Any, ...]],
    few: set[int],
    need: Need | None,
    after: Position | None,
    *,
    oldest_first: bool,
) -> Iterator[Candidates]:
    kept = few if need is None else select_holders(conn, need, few)
    query = query.where(is_one_of_few(Article.revision_id, kept), *beyond(after, oldest_first=oldest_first))
    found = _read(conn, query)
    for start in range(0, len(found), _FIRST_BATCH):
        part = found[start : start + _FIRST_BATCH]
        yield Candidates(part, part[-1][1])


def _walk(
    conn: Connection,
    query: Select[*tuple[Any, ...]],
    others: Sequence[ColumnElement[bool]],
    need: Need | None,
    after: Position | None,
    *,
    oldest_first: bool,
) -> Iterator[Candidates]:
    size = _FIRST_BATCH
    while batch := _read(conn, query.where(*beyond(after, oldest_first=oldest_first)).limit(size)):
        after = batch[-1][1]
        kept = {revision_id for revision_id, _ in batch}
        if need is not None:
            kept = select_holders(conn, need, kept)
        if others and kept:
            passing = select(Article.revision_id).where(is_one_of_few(Article.revision_id, kept), *others)
            kept = {revision_id for revision_id in conn.scalars(passing) if revision_id is not None}
        yield Candidates([one for one in batch if one[0] in kept], after)
        if len(batch) < size:
            return
        size = min(2 * size, _LAST_BATCH)


def _read(conn: Connection, query: Select[*tuple[Any, ...]]) -> list[tuple[int, Position]]:
    return [(revision_id, Position(*place)) for revision_id, *place in conn.execute(query)]
