"""Deliveries: the messages to recipients, without their addresses."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from db.alerts.delivery_lists import DeliveryRow, list_deliveries
from db.enums.alerts import DeliveryKind, DeliveryState
from web.api.parts.answers import KNOWN_ONLY, LIMIT, Cursor, Limit, answer, documented, next_address, read_place
from web.api.parts.row_models import ApiModel, build_list_model, said
from web.shared.cursors import write_cursor
from web.shared.hidden import hide_address
from web.shared.store import Reading
from worker.delivery.transports.table import TRANSPORTS
from worker.subscriptions.records import delivery_record

router = APIRouter(tags=["deliveries"], dependencies=KNOWN_ONLY)


class ListedDelivery(ApiModel):
    """A message, as in `alert deliveries`, without its address."""

    id: int = said("Number of the message.", 12)
    state: DeliveryState = said("Whether it was sent.", "sent")
    kind: DeliveryKind = said("What it holds.", "match")
    channel_kind: str = said("Transport.", next(iter(TRANSPORTS)))
    subscription: str | None = said("Name of the subscription.", "csto-drills")
    attempts: int = said("Attempts so far.", 1)
    due_at: str = said("When it is due.", "2022-01-06T10:06:00Z")
    sent_at: str | None = said("When it was sent.", "2022-01-06T10:06:02Z")
    error: str | None = said("Error of the last attempt.", None)
    messages: int = said("Messages that the receiver accepted.", 1)
    told: int = said("Stories included in them.", 3)
    left_out: int = said("Stories that it covers but does not list.", 0)


DeliveryList = build_list_model(
    "DeliveryList", "A page of messages.", "deliveries", ListedDelivery, "The messages, the newest first."
)


@router.get("/deliveries", operation_id="list_deliveries", **documented(DeliveryList, without=[404]))
def list_messages(
    request: Request,
    store: Reading,
    subscription: Annotated[
        str, Query(max_length=300, description="Only of the subscription of this name.", examples=["csto-drills"])
    ] = "",
    state: Annotated[
        list[DeliveryState], Query(max_length=10, description="Only in this state; repeatable.", examples=[["dead"]])
    ] = [],  # noqa: B006 - FastAPI copies it
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Response:
    """List the messages to recipients, the newest first."""
    (before,) = read_place("deliveries", cursor, [int]) or (None,)
    with store.reading() as conn:
        rows = list_deliveries(conn, states=state, subscription=subscription or None, before=before, limit=limit + 1)
    last = rows[limit - 1].id if len(rows) > limit else None
    following = last and next_address(request, cursor=write_cursor("deliveries", [last]))
    return answer(request, {"deliveries": [_record(row) for row in rows[:limit]], "next": following})


def _record(row: DeliveryRow) -> dict[str, Any]:
    record = delivery_record(row)
    del record["address"], record["key"]
    return record | {"error": hide_address(row.error, row.address)}
