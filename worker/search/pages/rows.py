"""Rows of articles in pages, optionally only of those articles that match a query, within a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection

from db.articles.filters import Filters
from db.enums.exports import ExportKind
from db.exports.page_keys import RowKey
from db.exports.pages import RowPage, read_page, read_rows_of
from db.exports.row_articles import ROW_ARTICLES, RowArticle, iter_row_articles
from worker.export.by_query import match_revisions, read_query
from worker.matching.word_index import required_terms
from worker.query.query import Query

_FIRST_JUDGED, _JUDGED = 30, 100
"""Number of articles whose texts are judged between two looks at the clock."""
_DIRECT = (ExportKind.ARTICLES, ExportKind.REVISIONS, ExportKind.MATCHES)
"""Kinds whose rows an index has in the order of the pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowQuestion:
    """The rows that are asked for."""

    kind: ExportKind
    filters: Filters
    query: str = ""
    among: Sequence[ColumnElement[bool]] = ()
    """Further conditions on the rows."""
    after: RowKey | None = None
    limit: int


def list_rows(conn: Connection, asked: RowQuestion, *, is_over: Callable[[], bool]) -> RowPage:
    """Return the next rows, of the articles that match the query if there is one. Raises QueryError and CannotFilter.

    A page may be shorter than the limit and yet not the last. Once the time `is_over` a search ends with what it has,
    but never where it began: each page goes on from a later key.
    """
    if _is_direct(asked):
        return read_page(conn, asked.kind, asked.filters, after=asked.after, limit=asked.limit, among=asked.among)
    query = read_query(conn, asked.query) if asked.query else None
    rows: list[Mapping[str, Any]] = []
    after = asked.after
    for part in _iter_judged(conn, asked, query):
        if part.matching:
            page = read_rows_of(
                conn,
                asked.kind,
                part.matching,
                filters=asked.filters,
                after=after,
                limit=asked.limit - len(rows),
            )
            rows += page.rows
            if page.after is not None:
                return RowPage(rows, page.after)
        after = part.to
        if after is None or len(rows) == asked.limit or is_over():
            break
    else:
        after = None
    return RowPage(rows, after)


def _is_direct(asked: RowQuestion) -> bool:
    """Return whether an index gives the next rows, without looking for the articles first."""
    if asked.kind not in ROW_ARTICLES:
        return True
    return not asked.query and asked.filters == Filters() and (bool(asked.among) or asked.kind in _DIRECT)


@dataclass(frozen=True, slots=True)
class _JudgedPart:
    """The matching ones of some articles, and the key after all their rows; None after the last article."""

    matching: Sequence[RowArticle]
    to: RowKey | None


def _iter_judged(conn: Connection, asked: RowQuestion, query: Query | None) -> Iterator[_JudgedPart]:
    need = required_terms(query) if query else None
    known: dict[int, bool] = {}
    size = _FIRST_JUDGED
    for batch in iter_row_articles(conn, asked.kind, asked.filters, need, after=asked.after, among=asked.among):
        left = list(batch.found)
        while left:
            part, left = left[:size], left[size:]
            size = _JUDGED
            if query is not None:
                unknown = {one.revision_id for one in part} - known.keys()
                matching = match_revisions(conn, query, unknown)
                known |= {revision_id: revision_id in matching for revision_id in unknown}
            found = [one for one in part if query is None or known[one.revision_id]]
            yield _JudgedPart(found, part[-1].key if left else batch.to)
        if not batch.found:
            yield _JudgedPart((), batch.to)
