"""The differences between SQLite and PostgreSQL, all in this package.

Here stand the small ones. `connections` holds settings, snapshots and limits of time; `locks` the locks of PostgreSQL;
`upserts` and `postings` statements over many rows; `word_index` the full-text index; `change_numbers` the numbers of
transactions; `functions` SQL functions with two spellings; `csvtext` the writing of CSV by the database.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Date, Engine, SQLColumnExpression, cast, collate, func
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

_RETRYABLE = {"40001", "40P01", "55P03"}
"""PostgreSQL: serialization failure, deadlock, lock not available."""


def is_sqlite(bind: Connection | Engine) -> bool:
    """Return whether this is the embedded database."""
    return bind.dialect.name == "sqlite"


def insert(conn: Connection, table: Any) -> Any:
    """Return an INSERT which knows ON CONFLICT, for either database."""
    return insert_by(is_sqlite(conn), table)


def insert_by(is_embedded: bool, table: Any) -> Any:
    """Like `insert`, for statements that are built once for each database: to build one takes longer than to run it."""
    if is_embedded:
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # imported late: it loads five drivers

    return postgresql.insert(table)


def to_json(value: Any) -> str:
    """Return JSON in stored form: letters unescaped, two bytes instead of six for one of Cyrillic."""
    written = json.dumps(value, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can hold
        return json.dumps(value)
    return written


def is_away(error: Exception) -> bool:
    """Return whether an error means that the database is unreachable or unusable, for any query."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError, InternalError))


def is_retryable(error: DBAPIError) -> bool:
    """Return whether the same transaction may succeed if it is simply run again."""
    code = getattr(error.orig, "sqlstate", None)
    return code in _RETRYABLE or "database is locked" in str(error.orig)


def utc_day(conn: Connection, column: Any) -> Any:
    """Return the UTC day of an instant as an SQL expression: a date, on SQLite as ISO 8601 text."""
    return func.date(column) if is_sqlite(conn) else cast(func.timezone("UTC", column), Date)


def bytewise(conn: Connection, column: Any) -> SQLColumnExpression[Any]:
    """Return the column sorted by code point: PostgreSQL would sort by the rules of its locale."""
    return column if is_sqlite(conn) else collate(column, "C")
