"""The first rows of an export, without reading the others."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from db.coverage.cells import span
from db.engine import Database
from db.enums.exports import ExportKind
from worker.export.by_query import iter_judged, read_query
from worker.export.formats.column import Column
from worker.export.request import ExportRequest
from worker.export.run import ExportRefused, open_export, preview
from worker.query.errors import QueryError

_OF_DAYS = (ExportKind.COVERAGE, ExportKind.COOCCURRENCE)
"""Kinds whose rows are in the order of days, those of no day last."""
_FIRST_DAYS = (1, 30)
_OF_ARTICLES = (ExportKind.ARTICLES, ExportKind.MENTIONS, ExportKind.REVISIONS)
"""Kinds whose rows are in the order of the days of their articles."""
_MORE = 10


def read_first_rows(
    database: Database, request: ExportRequest, *, now: datetime, seconds: float, most: int
) -> tuple[Sequence[Column], list[Sequence[object]]]:
    """Return the columns and the first rows of an export. Raises as `open_export` and `write` do.

    Where rows follow days, those of the first days are read, and more only if they are too few.
    """
    if request.query and request.kind in _OF_ARTICLES:
        return _read_matches(database, request, now=now, seconds=seconds, most=most)
    for part in _iter_parts(database, request):
        with open_export(database, part, now=now, seconds=seconds) as export:
            columns, rows = preview(export, most)
        if len(rows) >= most:
            break
    return columns, rows


def _iter_parts(database: Database, request: ExportRequest) -> Iterator[ExportRequest]:
    """Yield an export of the first days, of some more, and the whole one."""
    filters = request.filters
    known = database.read(span) if request.kind in _OF_DAYS else None
    if known is not None:
        first = max(filters.since or known[0], known[0])
        for days in _FIRST_DAYS:
            last = first + timedelta(days=days - 1)
            if filters.covers(last):
                yield replace(request, filters=replace(filters, until=last))
    yield request


def _read_matches(
    database: Database, request: ExportRequest, *, now: datetime, seconds: float, most: int
) -> tuple[Sequence[Column], list[Sequence[object]]]:
    end = time.monotonic() + seconds
    with open_export(database, replace(request, query=""), now=now, seconds=seconds) as export:
        for ids in _iter_matches(export.conn, request, most, end):
            found = replace(request, query="", filters=replace(request.filters, article_ids=ids))
            columns, rows = preview(replace(export, request=found), most)
            if len(rows) >= most:
                break
    return columns, rows


def _iter_matches(conn: Connection, request: ExportRequest, most: int, end: float) -> Iterator[list[int]]:
    """Yield the first articles that match the query of an export, more each time, all of their last day with them.

    Those that are found by the instant `end` are the last.
    """
    try:
        query = read_query(conn, request.query)
    except QueryError as error:
        raise ExportRefused(f"the query cannot be read: {error}\n\n{error.pointed(request.query)}") from error
    found: list[int] = []
    last = None
    for judged in iter_judged(conn, request.filters, query, oldest_first=True):
        if time.monotonic() > end:
            break
        if judged.hit is None:
            continue
        if len(found) >= most and judged.to.counts_on != last:
            yield found
            most *= _MORE
        found.append(judged.hit.row.article_id)
        last = judged.to.counts_on
    yield found
