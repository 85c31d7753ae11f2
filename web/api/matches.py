"""Matches of subscriptions, with the words that fired."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from db.alerts.subscriptions import find_subscription
from db.enums.exports import ExportKind
from db.models import MatchRow
from web.api.parts.answers import KNOWN_ONLY, LIMIT, Cursor, Limit, documented
from web.api.parts.row_lists import RowList, read_rows
from web.api.parts.row_models import IS_CUT, build_list_model, build_row_model
from web.shared.params import ArticleParameters, InvalidParameter, QueryText
from web.shared.store import Reading
from worker.export.formats.columns import COLUMNS

router = APIRouter(tags=["matches"], dependencies=KNOWN_ONLY)

ListedMatch = build_row_model(
    "ListedMatch", "A match of a subscription, as in `export matches`.", COLUMNS[ExportKind.MATCHES]
)
MatchList = build_list_model(
    "MatchList", "A page of matches.", "matches", ListedMatch, "The matches, the last first.", is_cut=IS_CUT
)


@router.get("/matches", operation_id="list_matches", **documented(MatchList, without=[404]))
def list_matches(
    request: Request,
    store: Reading,
    parameters: ArticleParameters,
    subscription: Annotated[
        str, Query(max_length=300, description="Only of the subscription of this name.", examples=["csto-drills"])
    ] = "",
    query: QueryText = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Response:
    """List the matches of subscriptions, the last first; with filters only those about articles that pass them."""
    with store.reading() as conn:
        among = []
        if subscription:
            row = find_subscription(conn, subscription)
            if row is None:
                raise InvalidParameter("subscription", f"there is no subscription {subscription!r}")
            among = [MatchRow.subscription_id == row.id]
        asked = RowList(
            kind=ExportKind.MATCHES,
            things="matches",
            limit=limit,
            cursor=cursor,
            filters=parameters,
            query=query,
            among=among,
        )
        return read_rows(conn, request, asked, store=store)
