"""Lists of the API that are made of the rows of an export, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from sqlalchemy import ColumnElement, Connection
from starlette.responses import Response

from db.articles.details import find_article
from db.articles.filters import CannotFilter
from db.enums.exports import ExportKind
from db.exports.page_keys import key_types
from db.exports.row_articles import ROW_ARTICLES
from db.models import Article
from web.api.parts.answers import answer, next_address, not_found, read_place, start_search
from web.api.parts.row_models import row_record
from web.shared.cursors import write_cursor
from web.shared.params import FilterParameters, InvalidParameter, read_filters, reading_query
from web.shared.store import Store
from worker.export.formats.columns import COLUMNS
from worker.search.pages.rows import RowQuestion, list_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class RowList:
    """A page of rows that was asked for."""

    kind: ExportKind
    things: str
    """Name of the list in the answer."""
    limit: int
    cursor: str = ""
    filters: FilterParameters = field(default_factory=FilterParameters)  # type: ignore[arg-type]
    query: str = ""
    among: Sequence[ColumnElement[bool]] = ()
    """Further conditions on the rows."""


def read_rows(conn: Connection, request: Request, asked: RowList, *, store: Store) -> Response:
    """Return a page of rows. Raises InvalidParameter."""
    is_over = start_search()
    after = read_place(asked.things, asked.cursor, key_types(asked.kind))
    filters = read_filters(conn, asked.filters, store=store)
    question = RowQuestion(
        kind=asked.kind, filters=filters, query=asked.query, among=asked.among, after=after, limit=asked.limit
    )
    try:
        with reading_query():
            page = list_rows(conn, question, is_over=is_over)
    except CannotFilter as error:
        raise InvalidParameter(_first_set(asked.filters), str(error)) from None
    columns = COLUMNS[asked.kind]
    record: dict[str, Any] = {
        asked.things: [row_record(columns, row) for row in page.rows],
        "next": page.after and next_address(request, cursor=write_cursor(asked.things, page.after)),
    }
    if asked.kind in ROW_ARTICLES:
        record["is_cut"] = page.after is not None and len(page.rows) < asked.limit
    return answer(request, record)


def read_rows_of_article(
    request: Request, kind: ExportKind, things: str, article_id: int, *, limit: int, cursor: str, store: Store
) -> Response:
    """Return a page of the rows of one article; 404 for an unknown one. Raises InvalidParameter."""
    among = [Article.id == article_id]
    asked = RowList(kind=kind, things=things, limit=limit, cursor=cursor, among=among)
    with store.reading() as conn:
        if find_article(conn, str(article_id)) is None:
            raise not_found(f"article {article_id}")
        return read_rows(conn, request, asked, store=store)


def _first_set(filters: FilterParameters) -> str:
    values: dict[str, Any] = filters.model_dump(exclude_defaults=True)
    names = ("lang", "genre", "scope", "source", "entity", "since", "until")
    return next((name for name in names if values.get(name)), "lang")
