"""Coverage with a column for each entity or query: the names of the columns, and their counts."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from heapq import merge
from itertools import chain
from operator import itemgetter

from sqlalchemy import Connection

from db.coverage import cells as coverage
from db.enums.exports import CountedUnit
from db.exports.read import CannotFilter, CollectionHealth, Filters
from worker.export.formats.pivot import DayHealth, widen

DayCount = tuple[date, str, int]
"""Day, column, count."""


def name_columns(conn: Connection, filters: Filters, queries: Sequence[str]) -> Sequence[str]:
    """Return the names of the columns: the selected entities and queries, else all entities with cells.

    Raises CannotFilter if two would have the same name.
    """
    if not filters.entities and not queries:
        return sorted(coverage.find_entities(conn))
    names = (*filters.entities, *queries)
    if len(set(names)) < len(names):
        raise CannotFilter("two columns would have the same name; name each entity and query only once")
    return names


def wide_rows(
    conn: Connection, filters: Filters, queries: Sequence[str], counted: CountedUnit, *, is_stored: bool = False
) -> Generator[Sequence[object]]:
    """Return the rows, to be closed; `is_stored` as for `matching`. Raises CannotFilter, and QueryError."""
    if counted == CountedUnit.MENTIONS and queries:
        raise CannotFilter("a query has articles and stories, but no mentions")
    entities = filters.entities if queries else name_columns(conn, filters, ())
    if entities and (filters.sources or filters.languages or filters.genres or filters.in_scope is not None):
        raise CannotFilter("a column of an entity covers all outlets; leave --wide out, or use --query")
    of_entities = _count_entities(conn, filters, entities, counted)
    within = replace(filters, entities=())
    of_queries = (_answers(conn, within, query, counted, is_stored=is_stored) for query in queries)
    counts = merge(of_entities, *of_queries, key=itemgetter(0))
    names = name_columns(conn, filters, queries)
    undated, dated = _parted(counts)
    rows = widen(dated, names, _range(conn, filters), _shown(filters.health))
    last = [(None, *(undated.get(name, 0) for name in names), None, None)] if undated else []
    return _close_after(of_entities, chain(rows, last))


def _close_after(cells: Generator[DayCount], rows: Iterable[Sequence[object]]) -> Generator[Sequence[object]]:
    with closing(cells):
        yield from rows


def _count_entities(
    conn: Connection, filters: Filters, entities: Sequence[str], counted: CountedUnit
) -> Generator[DayCount]:
    if not entities:
        return
    with closing(coverage.iter_cells(conn, entities=entities, since=filters.since, until=filters.until)) as cells:
        for cell in cells:
            yield cell.bucket_on, cell.entity_id, int(getattr(cell, counted))


def _parted(counts: Iterator[DayCount]) -> tuple[dict[str, int], Iterator[DayCount]]:
    """Return the counts of the undated period, which come first, and the others."""
    undated: dict[str, int] = {}
    for count in counts:
        if count[0] != coverage.UNDATED:
            return undated, chain([count], counts)
        undated[count[1]] = count[2]
    return undated, iter(())


def _range(conn: Connection, filters: Filters) -> tuple[date, date] | None:
    span = coverage.span(conn)
    first, last = filters.since or (span and span[0]), filters.until or (span and span[1])
    return (first, last) if first and last else None


def _answers(
    conn: Connection, filters: Filters, query: str, counted: CountedUnit, *, is_stored: bool
) -> list[DayCount]:
    """Return the number of articles or stories per day that match a query, by day."""
    from worker.export.by_query import matching

    found: dict[date, list[int]] = {}
    for row in matching(conn, filters, query, is_stored=is_stored):
        found.setdefault(coverage.UNDATED if row.is_undated else row.counts_on, []).append(row.cluster_id)
    return [
        (day, query, len(set(ids) if counted == CountedUnit.STORIES else ids)) for day, ids in sorted(found.items())
    ]


def _shown(health: CollectionHealth | None) -> DayHealth:
    impaired = {day for day, _ in health.impaired} if health else set()

    def of_day(day: date) -> tuple[str | None, bool | None]:
        if health is None or day not in health.alive:
            return None, None
        return f"{health.alive[day]:.4f}", day in impaired

    return of_day
