"""Many rows in one statement, inserted or replaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Date

from db.dialect import is_sqlite


def upsert_rows(conn: Connection, table: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows, each with a value for every column of the model; an existing key takes the new values.

    For many rows of numbers, days and texts: one statement over arrays on PostgreSQL, the driver's own loop on SQLite,
    three to five times faster than rows of named parameters.
    """
    if not rows:
        return
    columns = list(table.__table__.columns)
    names = ", ".join(_quoted(conn, column.name) for column in columns)
    keys = ", ".join(_quoted(conn, column.name) for column in columns if column.primary_key)
    rest = [_quoted(conn, column.name) for column in columns if not column.primary_key]
    again = "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in rest) if rest else "NOTHING"
    into = f"INSERT INTO {table.__tablename__} ({names})"
    if is_sqlite(conn):
        days = [place for place, column in enumerate(columns) if isinstance(column.type, Date)]
        values = ", ".join("?" * len(columns))
        statement = f"{into} VALUES ({values}) ON CONFLICT ({keys}) DO {again}"
        conn.exec_driver_sql(statement, _with_iso_days(rows, days))
        return
    arrays = ", ".join(f"CAST(%s AS {column.type.compile(conn.dialect)}[])" for column in columns)
    statement = f"{into} SELECT * FROM unnest({arrays}) ON CONFLICT ({keys}) DO {again}"
    conn.exec_driver_sql(statement, tuple(map(list, zip(*rows, strict=True))))


def _quoted(conn: Connection, name: str) -> str:
    return conn.dialect.identifier_preparer.quote(name)


def _with_iso_days(rows: Sequence[Sequence[Any]], days: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the rows with their days in SQLite's form; the driver's own conversion is deprecated."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    for place in days:
        text_of = {day: day.isoformat() for day in set(columns[place])}
        columns[place] = [text_of[day] for day in columns[place]]
    return list(zip(*columns, strict=True))
