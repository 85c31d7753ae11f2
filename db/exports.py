"""Exports of the store: rows as lines of CSV, written by the database, or as values.

All of an export is read at one moment (`Database.snapshot`); whoever hands it on to a slow reader puts it aside first,
because a transaction that stays open keeps SQLite from shrinking its write-ahead log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row

from db import exportarticles, exportcounts, wordindex
from db.dialect import csvtext
from db.exportfilters import CannotFilter, Filters, Health, Rows, conditions
from db.wordindex import Need

__all__ = ["CannotFilter", "Filters", "Health", "find_candidates", "iter_csv", "iter_rows"]

_QUERIES: Mapping[str, Callable[[Connection, Filters], Rows]] = {
    "articles": exportarticles.articles,
    "mentions": exportarticles.mentions,
    "coverage": exportcounts.coverage,
    "cooccurrence": exportcounts.cooccurrence,
    "clusters": exportarticles.clusters,
    "revisions": exportarticles.revisions,
    "matches": exportarticles.matches,
    "sources": exportcounts.sources,
}


def iter_csv(conn: Connection, kind: str, filters: Filters, delimiter: str = ",") -> Iterator[tuple[bytes, int]]:
    """Yield the lines of an export without its header, in chunks, and how many lines each chunk has.

    Raises CannotFilter when the kind cannot be filtered so.
    """
    yield from csvtext.iter_csv(conn, _QUERIES[kind](conn, filters), delimiter)


def iter_rows(conn: Connection, kind: str, filters: Filters) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows of an export as values; instants are written out. Raises CannotFilter as `iter_csv` does."""
    yield from conn.execute(_QUERIES[kind](conn, filters), execution_options={"yield_per": 1_000})


def find_candidates(conn: Connection, need: Need | None, filters: Filters) -> list[int]:
    """Return the current revisions of the articles that pass the filters and may answer a query, by day and id."""
    return wordindex.find_candidates(conn, need, among=conditions(filters))
