"""Exports of the store: rows as lines of CSV, written by the database, or as values.

All of an export is read at one moment (`Database.snapshot`); whoever hands it on to a slow reader puts it aside first,
because a transaction that stays open keeps SQLite from shrinking its write-ahead log.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row

from db.dialect import csvtext
from db.exportkinds import CannotFilter, Filters, query_of

__all__ = ["CannotFilter", "Filters", "iter_csv", "iter_rows"]


def iter_csv(conn: Connection, kind: str, filters: Filters) -> Iterator[tuple[bytes, int]]:
    """Yield the lines of an export without its header, in chunks, and how many lines each chunk has.

    Raises CannotFilter when the kind cannot be filtered so.
    """
    yield from csvtext.iter_csv(conn, query_of(conn, kind, filters))


def iter_rows(conn: Connection, kind: str, filters: Filters) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows of an export as values; instants are written out. Raises CannotFilter as `iter_csv` does."""
    yield from conn.execute(query_of(conn, kind, filters), execution_options={"yield_per": 1_000})
