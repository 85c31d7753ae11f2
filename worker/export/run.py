"""Execution of an export: the rows of the database, at the requested cut, in the requested format, into a file."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import Connection

from db import changes
from db.coverage import cells
from db.coverage.collection_attempts import find_first_poll
from db.dialect.connections import time_limit
from db.engine import Database
from db.enums.exports import ExportDetail, ExportKind, FileFormat
from db.exports import read
from db.exports.cursors import NOTHING_YET, Cursor, advance_cursor, find_cursor
from db.exports.read import CollectionHealth, ColumnsDiffer, Detail
from worker.coverage.health import collection_health_by_day
from worker.export.diff import rows_with_changes
from worker.export.formats.column import Column
from worker.export.formats.columns import columns_with
from worker.export.formats.csv_lines import count_lines, header
from worker.export.formats.pivot import wide_columns
from worker.export.request import BYTE_ORDER_MARK, Cut, ExportRequest
from worker.export.wide import name_columns, wide_rows

Progress = Callable[[int], None]
"""Called with the number of rows so far."""

BY_ARTICLE = frozenset(
    {ExportKind.ARTICLES, ExportKind.MENTIONS, ExportKind.REVISIONS, ExportKind.CLUSTERS, ExportKind.MATCHES}
)
"""Kinds with rows for articles: only these can be cut and exported incrementally."""


class ExportRefused(ValueError):
    """An export that is not possible, with the reason as message."""


@dataclass(frozen=True, slots=True)
class OpenExport:
    """An export ready to be written, over a connection that sees one moment."""

    conn: Connection
    request: ExportRequest
    cut: Cut


def refuse_query(request: ExportRequest) -> None:
    """Raise ExportRefused for a query with a kind that has no articles."""
    if request.query and request.kind not in BY_ARTICLE:
        raise ExportRefused(f"{request.kind} cannot be filtered by a query; {', '.join(sorted(BY_ARTICLE))} can")


@contextmanager
def open_export(
    database: Database,
    request: ExportRequest,
    *,
    now: datetime,
    cut: Cut | None = None,
    settled: bool = False,
    seconds: float | None = None,
) -> Iterator[OpenExport]:
    """Yield an export cut at `cut`; without one and with `settled`, at the last settled change; else uncut.

    With `seconds` its queries fail with OperationalError after that time.

    Raises ExportRefused if the kind is not made of articles and is to be cut at an earlier change, or by a query.
    """
    refuse_query(request)
    if cut is not None and request.kind not in BY_ARTICLE:
        raise ExportRefused(f"{request.kind} is counted as things are now and cannot be cut at an earlier change")
    if cut is not None or settled:
        database.write(changes.adopt_numbers)
    with database.snapshot() as conn, nullcontext() if seconds is None else time_limit(conn, seconds):
        number = changes.settled_number(conn)
        if cut is not None and cut.number > number:
            raise ExportRefused(f"the store has not come to {cut} yet: its last change is {number}")
        if (cut is not None or settled) and request.kind in BY_ARTICLE:
            until = cut.number if cut else number
            request = replace(request, filters=replace(request.filters, changed_until=until))
        export = OpenExport(conn, request, cut or Cut(number, now))
        yield _with_health(export) if request.kind == ExportKind.COVERAGE else _narrowed(export)


def _narrowed(export: OpenExport) -> OpenExport:
    """Return the export restricted to the articles that match its query, if it has one."""
    request = export.request
    if not request.query:
        return export
    from worker.export.by_query import matching
    from worker.query.errors import QueryError

    try:
        ids = [
            row.article_id for row in matching(export.conn, request.filters, request.query, is_stored=request.is_stored)
        ]
    except QueryError as error:
        raise ExportRefused(f"the query cannot be read: {error}\n\n{error.pointed(request.query)}") from error
    return replace(export, request=replace(request, filters=replace(request.filters, article_ids=ids)))


def _with_health(export: OpenExport) -> OpenExport:
    """Return the export with the health of the collection on its days."""
    filters, today = export.request.filters, export.cut.at.astimezone(UTC).date()
    span, polled_since = cells.span(export.conn), find_first_poll(export.conn)
    if span is None or polled_since is None:
        return export
    first, last = max(filters.since or span[0], polled_since), min(filters.until or span[1], today)
    days = collection_health_by_day(export.conn, first, last, today=today)
    health = CollectionHealth(
        alive={day: found.alive for day, found in days.items() if found.alive is not None},
        impaired={(day, outlet) for day, found in days.items() for outlet in found.impaired},
    )
    return replace(export, request=replace(export.request, filters=replace(filters, health=health)))


@contextmanager
def open_incremental_export(
    database: Database, request: ExportRequest, name: str, *, now: datetime
) -> Iterator[OpenExport]:
    """Yield an export of changes since the last one of that name; afterwards the name stands at its cut.

    The name advances only if the block ends without an error, so the file must be complete by then. Raises
    ExportRefused if the name belongs to another request or the kind has no changes; CursorMoved if another export of
    that name finished in the meantime.
    """
    if request.kind not in BY_ARTICLE:
        raise ExportRefused(f"{request.kind} is counted anew, not added to; export a range of days")
    with open_export(database, request, now=now, settled=True) as export:
        cursor = find_cursor(export.conn, name)
        if cursor is not None and dict(cursor.request) != request.question():
            raise ExportRefused(f"{name} is the name of another export: {_describe(cursor.request)}")
        position = cursor.position if cursor else NOTHING_YET
        filters = replace(export.request.filters, changed_after=position)
        yield replace(export, request=replace(export.request, filters=filters))
    after = Cursor(name, request.question(), export.cut.number, now)
    database.write(lambda conn: advance_cursor(conn, name, before=position, after=after))


def _describe(question: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in question.items())


def get_columns(export: OpenExport) -> Sequence[Column]:
    """Return the columns of an export."""
    request = export.request
    if not request.wide:
        return columns_with(request.kind, request.detail)
    return wide_columns(name_columns(export.conn, request.filters, request.queries), request.counted)


def write(export: OpenExport, file: BinaryIO, progress: Progress) -> int:
    """Write an export and return how many rows it has. Raises CannotFilter, and ExportRefused before it writes."""
    try:
        return _write(export, file, progress)
    except ColumnsDiffer as error:
        raise ExportRefused(f"{error}; nothing is written, for the file would be wrong") from error


def _write(export: OpenExport, file: BinaryIO, progress: Progress) -> int:
    request = export.request
    if request.format == FileFormat.PARQUET:
        return _write_parquet(export, file, progress)
    if not request.gzip:
        return _write_csv(export, file, progress)
    # Without name and time, so that the same rows are the same bytes.
    with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
        return _write_csv(export, packed, progress)


def _write_csv(export: OpenExport, file: BinaryIO | gzip.GzipFile, progress: Progress) -> int:
    request, columns = export.request, get_columns(export)
    chunks = _lines(export, columns)
    beginning = header(columns, request.separator)
    file.write(request.encoded((BYTE_ORDER_MARK + beginning if request.excel else beginning).encode()))
    rows = 0
    for lines, count in chunks:
        file.write(request.encoded(lines))
        rows += count
        progress(rows)
    return rows


def _lines(export: OpenExport, columns: Sequence[Column]) -> Iterator[tuple[bytes, int]]:
    """Return the lines written by the database, else those of rows that no query returns."""
    request = export.request
    if not request.wide and request.detail != ExportDetail.DIFF:
        detail = Detail(request.detail, request.longest)
        names = [column.name for column in columns]
        return read.iter_csv(
            export.conn, request.kind, request.filters, detail, columns=names, delimiter=request.separator
        )
    return count_lines(columns, _rows(export, columns), request.separator)


def _rows(export: OpenExport, columns: Sequence[Column], most: int | None = None) -> Generator[Sequence[object]]:
    """Return the rows of an export as values, to be closed; with `most` the first ones, by a plan for these."""
    request, names = export.request, [column.name for column in columns]
    if request.wide:
        return _wide_rows(export)
    if request.detail == ExportDetail.DIFF:
        return rows_with_changes(export.conn, request.filters, request.longest, columns=names, most=most)
    return read.iter_rows(export.conn, request.kind, request.filters, Detail(request.detail), columns=names, most=most)


def preview(export: OpenExport, most: int) -> tuple[Sequence[Column], list[Sequence[object]]]:
    """Return the columns and the first rows of an export. Raises as `write` does."""
    columns = get_columns(export)
    try:
        with closing(_rows(export, columns, most)) as rows:
            return columns, [tuple(row) for row in islice(rows, most)]
    except ColumnsDiffer as error:
        raise ExportRefused(f"{error}; nothing is written, for the file would be wrong") from error


def _wide_rows(export: OpenExport) -> Generator[Sequence[object]]:
    from worker.query.errors import QueryError

    request = export.request
    try:
        return wide_rows(export.conn, request.filters, request.queries, request.counted, is_stored=request.is_stored)
    except QueryError as error:
        raise ExportRefused(f"a query cannot be read: {error}") from error


def _write_parquet(export: OpenExport, file: BinaryIO, progress: Progress) -> int:
    try:
        from worker.export.formats.parquet import write_parquet
    except ImportError:
        raise ExportRefused("Parquet needs the package pyarrow: pip install 'steppewatch[parquet]'") from None
    rows = 0
    columns = get_columns(export)
    with closing(_rows(export, columns)) as values:
        for rows in write_parquet(columns, values, file):
            progress(rows)
    return rows
