"""Reading exports: rows as lines of CSV, written by the database, or as values.

An export is read at one moment (`Database.snapshot`); the caller buffers it before sending it to a slow reader, because
a transaction that stays open keeps SQLite from shrinking its write-ahead log.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from db.articles import word_index
from db.articles.filters import CannotFilter, CollectionHealth, Filters, Rows, conditions
from db.articles.word_index import Need
from db.dialect import csvtext
from db.enums.exports import ExportDetail, ExportKind
from db.exports import article_rows, count_rows

__all__ = [
    "CannotFilter",
    "CollectionHealth",
    "ColumnsDiffer",
    "Detail",
    "Filters",
    "check_columns",
    "find_candidates",
    "iter_csv",
    "iter_rows",
    "select_rows",
]

_QUERIES: Mapping[ExportKind, Callable[[Connection, Filters], Rows]] = {
    ExportKind.ARTICLES: article_rows.articles,
    ExportKind.MENTIONS: article_rows.mentions,
    ExportKind.COVERAGE: count_rows.coverage,
    ExportKind.COOCCURRENCE: count_rows.cooccurrence,
    ExportKind.CLUSTERS: article_rows.clusters,
    ExportKind.REVISIONS: article_rows.revisions,
    ExportKind.MATCHES: article_rows.matches,
    ExportKind.SOURCES: count_rows.sources,
}
_LONG_ROWS = 20
"""Maximum of rows with complete texts held in memory."""


@dataclass(frozen=True, slots=True)
class Detail:
    """Optional details of an export beyond its usual columns."""

    name: ExportDetail | None = None
    """The text of articles, or mentions of former texts (`revisions`); None for neither."""
    longest: int | None = None
    """Maximum length of a text; longer ones are cut."""


_NO_DETAIL = Detail()


class ColumnsDiffer(ValueError):
    """The query of an export selects other columns than are declared for it, so the file would be wrong."""


def check_columns(kind: str, selected: Sequence[str], declared: Sequence[str]) -> None:
    """Raise ColumnsDiffer unless a query selects the declared columns, in their order."""
    if list(selected) == list(declared):
        return
    missing = [name for name in declared if name not in selected]
    excess = [name for name in selected if name not in declared]
    faults = [f"it does not select {', '.join(missing)}"] if missing else []
    faults += [f"it selects {', '.join(excess)}, which no column is declared for"] if excess else []
    if not faults:
        places = zip(selected, declared, strict=False)
        first = next((pair for pair in places if pair[0] != pair[1]), (selected[-1], "nothing"))
        faults = [f"it selects {first[0]} where {first[1]} is declared"]
    raise ColumnsDiffer(f"the query of {kind} does not fit its columns: {'; '.join(faults)}")


def iter_csv(
    conn: Connection,
    kind: ExportKind,
    filters: Filters,
    detail: Detail = _NO_DETAIL,
    *,
    columns: Sequence[str] | None = None,
    delimiter: str = ",",
) -> Iterator[tuple[bytes, int]]:
    """Return the lines of an export without its header, in chunks, and how many lines each chunk has.

    At once, before the first line: raises CannotFilter when the kind cannot be filtered so, and ColumnsDiffer when its
    query does not select the declared `columns`.
    """
    lines = _LONG_ROWS if detail.name == ExportDetail.TEXT else None
    return csvtext.iter_csv(conn, _query(conn, kind, filters, detail, columns), delimiter=delimiter, lines=lines)


def iter_rows(
    conn: Connection,
    kind: ExportKind,
    filters: Filters,
    detail: Detail = _NO_DETAIL,
    *,
    columns: Sequence[str] | None = None,
    most: int | None = None,
) -> Generator[Row[*tuple[Any, ...]]]:
    """Return the rows of an export as values, the first `most` of them; instants are written out.

    A reader that stops early closes them, and so the cursor at the server. Raises as `iter_csv` does.
    """
    rows = _LONG_ROWS if detail.name == ExportDetail.TEXT else 1_000
    return _stream(conn, _query(conn, kind, filters, detail, columns).limit(most), rows)


def _stream(conn: Connection, query: Rows, rows: int) -> Generator[Row[*tuple[Any, ...]]]:
    with conn.execute(query, execution_options={"yield_per": rows}) as result:
        yield from result


def _query(conn: Connection, kind: ExportKind, filters: Filters, detail: Detail, columns: Sequence[str] | None) -> Rows:
    query = _unchecked(conn, kind, filters, detail)
    if columns is not None:
        check_columns(kind, [column.name for column in query.selected_columns], columns)
    return query


def _unchecked(conn: Connection, kind: ExportKind, filters: Filters, detail: Detail) -> Rows:
    if (kind, detail.name) == (ExportKind.ARTICLES, ExportDetail.TEXT):
        return article_rows.articles_with_text(conn, filters, detail.longest)
    if (kind, detail.name) == (ExportKind.MENTIONS, ExportDetail.REVISIONS):
        return article_rows.mentions_of_revisions(conn, filters)
    return _QUERIES[kind](conn, filters)


def select_rows(conn: Connection, kind: ExportKind, filters: Filters) -> Rows:
    """Return the query of the rows of an export in its order. Raises CannotFilter."""
    return _QUERIES[kind](conn, filters)


def find_candidates(conn: Connection, need: Need | None, filters: Filters) -> list[int]:
    """Return the current revisions of the articles that pass the filters and may match a query, by day and id."""
    return word_index.find_candidates(conn, need, among=conditions(filters))
