"""Mentions: where articles name entities, with the rule behind each."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from db.enums.exports import ExportKind
from web.api.parts.answers import KNOWN_ONLY, LIMIT, ArticleId, Cursor, Limit, documented
from web.api.parts.row_lists import RowList, read_rows, read_rows_of_article
from web.api.parts.row_models import IS_CUT, build_list_model, build_row_model
from web.shared.params import ArticleParameters, QueryText
from web.shared.store import Reading
from worker.export.formats.columns import COLUMNS

router = APIRouter(tags=["mentions"], dependencies=KNOWN_ONLY)

ListedMention = build_row_model("ListedMention", "A mention, as in `export mentions`.", COLUMNS[ExportKind.MENTIONS])
MentionList = build_list_model(
    "MentionList",
    "A page of mentions.",
    "mentions",
    ListedMention,
    "The mentions: the last stored text first, each text in reading order.",
    is_cut=IS_CUT,
)


@router.get("/mentions", operation_id="list_mentions", **documented(MentionList, without=[404]))
def list_mentions(
    request: Request,
    store: Reading,
    parameters: ArticleParameters,
    query: QueryText = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Response:
    """List the mentions in the articles that pass the filters; with `entity` only those of these entities."""
    asked = RowList(
        kind=ExportKind.MENTIONS, things="mentions", limit=limit, cursor=cursor, filters=parameters, query=query
    )
    with store.reading() as conn:
        return read_rows(conn, request, asked, store=store)


@router.get("/articles/{article_id}/mentions", operation_id="list_article_mentions", **documented(MentionList))
def list_article_mentions(
    request: Request, store: Reading, article_id: ArticleId, limit: Limit = LIMIT, cursor: Cursor = ""
) -> Response:
    """List the mentions in one article, in reading order."""
    return read_rows_of_article(
        request, ExportKind.MENTIONS, "mentions", article_id, limit=limit, cursor=cursor, store=store
    )
