"""The articles that may answer a query, in batches by date, so that a reader can stop whenever it has enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from db.articles.filters import Filters, conditions_on_articles, in_languages, select_counted_at
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
    among = [*conditions_on_articles(filters), *in_languages(conn, filters.languages)]
    query = select(Article.revision_id, Article.counts_on, DATED_AT, Article.id).where(*among)
    query = query.order_by(*in_order(oldest_first=oldest_first))
    few = find_few(conn, need, limit=_FEW) if need is not None else None
    if few is None:
        few = _find_few_at_level(conn, filters)
    if few is not None and need is not None:
        yield from _iter_few(conn, query, few, need, after, oldest_first=oldest_first)
    else:
        yield from _walk(conn, query, need, after, oldest_first=oldest_first)


def _find_few_at_level(conn: Connection, filters: Filters) -> set[int] | None:
    """Return the revisions that may mention the entities at the level of the filters; None if there are many.

    An entity may be mentioned in a hundred thousand articles, and in none of them at that level.
    """
    if filters.level is None or not filters.entities:
        return None
    articles = set(conn.scalars(select_counted_at(filters.level, filters).limit(_FEW + 1)))
    if len(articles) > _FEW:
        return None
    current = select(Article.revision_id).where(is_one_of_few(Article.id, articles))
    return {revision_id for revision_id in conn.scalars(current) if revision_id is not None}


def iter_places(
    conn: Connection, filters: Filters, *, after: Position | None = None, oldest_first: bool = False
) -> Iterator[tuple[int, Position]]:
    """Yield the revision and the place of each article that passes the filters, after a place."""
    for batch in iter_candidates(conn, filters, None, after=after, oldest_first=oldest_first):
        yield from batch.found


def add_entities(filters: Filters, need: Need | None) -> Need | None:
    """Return the need with the entities of the filters: few articles mention most of them."""
    if not filters.entities:
        return need
    entities = AnyOf(tuple(map(HasEntity, filters.entities)))
    return entities if need is None else AllOf((entities, need))


def _iter_few(
    conn: Connection,
    query: Select[*tuple[Any, ...]],
    few: set[int],
    need: Need,
    after: Position | None,
    *,
    oldest_first: bool,
) -> Iterator[Candidates]:
    kept = select_holders(conn, need, few)
    query = query.where(is_one_of_few(Article.revision_id, kept), *beyond(after, oldest_first=oldest_first))
    found = _read(conn, query)
    for start in range(0, len(found), _FIRST_BATCH):
        part = found[start : start + _FIRST_BATCH]
        yield Candidates(part, part[-1][1])


def _walk(
    conn: Connection,
    query: Select[*tuple[Any, ...]],
    need: Need | None,
    after: Position | None,
    *,
    oldest_first: bool,
) -> Iterator[Candidates]:
    size = _FIRST_BATCH
    while batch := _read(conn, query.where(*beyond(after, oldest_first=oldest_first)).limit(size)):
        after = batch[-1][1]
        kept = batch
        if need is not None:
            holders = select_holders(conn, need, [revision_id for revision_id, _ in batch])
            kept = [one for one in batch if one[0] in holders]
        yield Candidates(kept, after)
        if len(batch) < size:
            return
        size = min(2 * size, _LAST_BATCH)


def _read(conn: Connection, query: Select[*tuple[Any, ...]]) -> list[tuple[int, Position]]:
    return [(revision_id, Position(*place)) for revision_id, *place in conn.execute(query)]
