"""Rows as lines of CSV, written by the database itself: `printf` in SQLite, COPY in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, ClassVar

from sqlalchemy import Boolean, Connection, LargeBinary, Select, String, Text, cast
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from db.dialect import is_sqlite
from db.dialect.functions import Address, WordColumn

LINES = 500
"""Lines of a chunk: some 200 kB."""


def iter_csv(
    conn: Connection, query: Select[*tuple[Any, ...]], *, delimiter: str = ",", lines: int | None = None
) -> Iterator[tuple[bytes, int]]:
    """Yield the rows of a query as CSV lines (RFC 4180, UTF-8) made by the database, with the line count of each chunk.

    The cells have the format of the exports' `csv_lines`: the same bytes from both databases. Raises DBAPIError, like
    any query, also when the connection is lost half-way. `delimiter` is one of `DELIMITERS`; `lines` limits a chunk if
    lines are long.
    """
    with _errors_of_queries(conn):
        yield from _lines(conn, query, list(query.selected_columns), delimiter, lines or LINES)


def _lines(
    conn: Connection, query: Select[*tuple[Any, ...]], columns: Sequence[Any], delimiter: str, most: int
) -> Iterator[tuple[bytes, int]]:
    if is_sqlite(conn):
        plain = {"yield_per": None, "stream_results": False}  # or SQLAlchemy would buffer rows, not the cursor
        query = query.with_only_columns(_LINE_OF[delimiter](*columns), maintain_column_froms=True)
        lines = conn.execute(query, execution_options=plain).cursor
        assert lines is not None
        while rows := lines.fetchmany(most):
            text = b"".join([line for (line,) in rows])
            yield text.replace(b'"', b'""').replace(_OUR_QUOTE, b'"'), len(rows)
        return
    copied = _copy(conn, query, columns, delimiter)
    while batch := list(islice(copied, most)):
        text = b"".join(batch)
        # COPY ends lines with LF, RFC 4180 requires CRLF. Few cells contain a line break.
        if text.count(b"\n") > len(batch):
            yield b"".join([part for line in batch for part in (line[:-1], b"\r\n")]), len(batch)
        else:
            yield text.replace(b"\n", b"\r\n"), len(batch)


@contextmanager
def _errors_of_queries(conn: Connection) -> Iterator[None]:
    """Convert the driver's errors to those of SQLAlchemy's own queries."""
    driver = conn.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        is_lost = conn.dialect.is_disconnect(error, conn.connection, None)
        if is_lost:
            conn.invalidate(error)  # or returning it to the pool would fail as well
        raise DBAPIError.instance(
            "", None, error, driver.Error, connection_invalidated=is_lost, dialect=conn.dialect
        ) from error


def _copy(
    conn: Connection, query: Select[*tuple[Any, ...]], columns: Sequence[Any], delimiter: str
) -> Iterator[memoryview]:
    texts = {c.name for c in columns if isinstance(c.type, String) and not isinstance(c.type, WordColumn)}
    cells = [
        _guarded(c).label(c.name)
        if c.name in texts and not isinstance(c.type, Address)
        else (cast(c, Text) if isinstance(c.type, Boolean) else c).label(c.name)
        for c in columns
    ]
    compiled = query.with_only_columns(*cells, maintain_column_froms=True).compile(
        dialect=conn.dialect, compile_kwargs={"render_postcompile": True}
    )
    names = ", ".join(f'"{name}"' for name in sorted(texts))
    quoted = f", FORCE_QUOTE ({names})" if texts else ""
    statement = f"COPY ({compiled}) TO STDOUT WITH (FORMAT csv, DELIMITER '{delimiter}', ENCODING 'UTF8'{quoted})"
    cursor = conn.connection.cursor()
    try:
        with cursor.copy(statement, compiled.construct_params()) as copy:
            yield from copy
    finally:
        cursor.close()


class _csv_line(FunctionElement[bytes]):
    """The columns as a line of CSV, for SQLite: one call of printf, because `||` copies the line for each cell.

    The result is bytes, which the driver passes on unchanged; it would decode a text, only to be encoded again.
    """

    type = LargeBinary()
    inherit_cache = True
    delimiter: ClassVar[str] = ","


class _line_of_semicolons(_csv_line):
    inherit_cache = True
    delimiter = ";"


class _line_of_tabs(_csv_line):
    inherit_cache = True
    delimiter = "\t"


class _line_of_bars(_csv_line):
    inherit_cache = True
    delimiter = "|"


_LINE_OF = {line.delimiter: line for line in (_csv_line, _line_of_semicolons, _line_of_tabs, _line_of_bars)}
DELIMITERS = tuple(_LINE_OF)
"""Supported delimiters; statements are cached by class, so each has its own."""


class _guarded(FunctionElement[str]):
    """A text after `worker.export.formats.csv_lines.guard`, for PostgreSQL, where COPY does the rest."""

    type = Text()
    inherit_cache = True


_SKIPPED = "".join(map(chr, range(1, 33))) + "\"''"
_GUARDED = (
    "(substr({0}, 1, 1) IN ('''', '\t', '\r', '\n')"
    f" OR substr(ltrim({{0}}, '{_SKIPPED}'), 1, 1) IN ('=', '+', '-', '@', '＝', '＋', '－', '＠'))"
)
"""The condition of `worker.export.formats.csv_lines.guard` in SQL that both databases understand."""
_OUR_QUOTE = b"\xff"
"""The quote that SQLite writes around a text: no text in UTF-8 has that byte. Quotes of the text itself are then
doubled and these replaced for many lines at once, a fifth faster than `printf('%w')` and `replace` in each cell.
"""
_QUOTE_IN_SQL = f"CAST(x'{_OUR_QUOTE.hex()}' AS TEXT)"


@compiles(_csv_line, "sqlite")
def _line_in_sqlite(element: _csv_line, compiler: SQLCompiler, **kwargs: Any) -> str:
    cells = [_cell_in_sqlite(column, compiler.process(column, **kwargs)) for column in element.clauses]
    formats, values = zip(*cells, strict=True)
    line = f"""replace('{element.delimiter.join(formats)}\r\n', '"', {_QUOTE_IN_SQL})"""
    return f"CAST(printf({line}, {', '.join(values)}) AS BLOB)"


def _cell_in_sqlite(column: Any, sql: str) -> tuple[str, str]:
    """Return a format of printf and its argument; `%s` writes nothing for null."""
    if isinstance(column.type, Boolean):
        return "%s", f"CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    if isinstance(column.type, WordColumn) or not isinstance(column.type, String):
        return "%s", sql
    text = sql if isinstance(column.type, Address) else _guard(sql, sql)
    if getattr(getattr(column, "element", column), "nullable", True):
        return "%s", f"({_QUOTE_IN_SQL} || {text} || {_QUOTE_IN_SQL})"
    return '"%s"', text


@compiles(_guarded, "postgresql")
def _guarded_in_postgresql(element: _guarded, compiler: SQLCompiler, **kwargs: Any) -> str:
    sql = compiler.process(element.clauses, **kwargs)
    return _guard(sql, f'{sql} COLLATE "C"')


def _guard(sql: str, compared: str) -> str:
    """Return the expression for the guarded text; `compared` is the same, compared by code points.

    Most texts begin with a letter, which is faster to test.
    """
    harmless = f"{compared} >= 'A' AND {compared} < '\uff00'"
    return f"CASE WHEN {harmless} THEN {sql} WHEN {_GUARDED.format(sql)} THEN '''' || {sql} ELSE {sql} END"
