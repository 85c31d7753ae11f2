"""Entities that articles name together, by day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from db.enums.exports import ExportKind
from web.api.parts.answers import KNOWN_ONLY, LIMIT, Cursor, Limit, documented
from web.api.parts.row_lists import RowList, read_rows
from web.api.parts.row_models import build_list_model, build_row_model
from web.shared.params import FilterParameters, Names
from web.shared.store import Reading
from worker.export.formats.columns import COLUMNS

router = APIRouter(tags=["cooccurrence"], dependencies=KNOWN_ONLY)

EntityPair = build_row_model(
    "EntityPair", "Two entities on a day, as in `export cooccurrence`.", COLUMNS[ExportKind.COOCCURRENCE]
)
PairList = build_list_model(
    "PairList", "A page of pairs.", "pairs", EntityPair, "The pairs, each with its days in order."
)


@router.get("/cooccurrence", operation_id="list_pairs", **documented(PairList, without=[404]))
def list_pairs(
    request: Request,
    store: Reading,
    since: Annotated[str, Query(max_length=40, description="First day, as for articles.", examples=["2022-01"])] = "",
    until: Annotated[str, Query(max_length=40, description="Last day, as for articles.", examples=["2022-01"])] = "",
    entity: Annotated[
        Names, Query(description="Only pairs with this entity (id, label or alias); repeatable.", examples=[["csto"]])
    ] = [],  # noqa: B006 - FastAPI copies it
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Response:
    """List which entities are named together, with the articles of each day."""
    filters = FilterParameters(since=since, until=until, entity=entity)  # type: ignore[call-arg]
    asked = RowList(kind=ExportKind.COOCCURRENCE, things="pairs", limit=limit, cursor=cursor, filters=filters)
    with store.reading() as conn:
        return read_rows(conn, request, asked, store=store)
