"""Reading exports: rows as lines of CSV, written by the database, or as values.

An export is read at one moment (`Database.snapshot`); the caller buffers it before sending it to a slow reader, because
a transaction that stays open keeps SQLite from shrinking its write-ahead log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from db.articles import word_index
from db.articles.filters import CannotFilter, CollectionHealth, Filters, Rows, conditions
from db.articles.word_index import Need
from db.dialect import csvtext
from db.exports import article_rows, count_rows

__all__ = ["CannotFilter", "CollectionHealth", "Detail", "Filters", "find_candidates", "iter_csv", "iter_rows"]

_QUERIES: Mapping[str, Callable[[Connection, Filters], Rows]] = {
    "articles": article_rows.articles,
    "mentions": article_rows.mentions,
    "coverage": count_rows.coverage,
    "cooccurrence": count_rows.cooccurrence,
    "clusters": article_rows.clusters,
    "revisions": article_rows.revisions,
    "matches": article_rows.matches,
    "sources": count_rows.sources,
}
_LONG_ROWS = 20
"""Maximum of rows with complete texts held in memory."""


@dataclass(frozen=True, slots=True)
class Detail:
    """Optional details of an export beyond its usual columns."""

    name: str = ""
    """`text` of articles, `revisions` of mentions (including those of former texts), or empty."""
    longest: int | None = None
    """Maximum length of a text; longer ones are cut."""


_NO_DETAIL = Detail()


def iter_csv(
    conn: Connection, kind: str, filters: Filters, detail: Detail = _NO_DETAIL, *, delimiter: str = ","
) -> Iterator[tuple[bytes, int]]:
    """Yield the lines of an export without its header, in chunks, with the number of lines of each chunk.

    Raises CannotFilter if the kind does not support a filter.
    """
    lines = _LONG_ROWS if detail.name == "text" else None
    yield from csvtext.iter_csv(conn, _query(conn, kind, filters, detail), delimiter=delimiter, lines=lines)


def iter_rows(
    conn: Connection, kind: str, filters: Filters, detail: Detail = _NO_DETAIL
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows of an export as values; instants are formatted. Raises CannotFilter as `iter_csv` does."""
    rows = _LONG_ROWS if detail.name == "text" else 1_000
    yield from conn.execute(_query(conn, kind, filters, detail), execution_options={"yield_per": rows})


def _query(conn: Connection, kind: str, filters: Filters, detail: Detail) -> Rows:
    if (kind, detail.name) == ("articles", "text"):
        return article_rows.articles_with_text(conn, filters, detail.longest)
    if (kind, detail.name) == ("mentions", "revisions"):
        return article_rows.mentions_of_revisions(conn, filters)
    return _QUERIES[kind](conn, filters)


def find_candidates(conn: Connection, need: Need | None, filters: Filters) -> list[int]:
    """Return the current revisions of the articles that pass the filters and may match a query, by day and id."""
    return word_index.find_candidates(conn, need, among=conditions(filters))
