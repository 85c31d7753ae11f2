"""Subscriptions: standing queries, without any address or secret of their recipients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from sqlalchemy import Connection
from starlette.responses import Response

from db.alerts.channels import find_recipients
from db.alerts.matches import count_matches
from db.alerts.subscriptions import SubscriptionRow, find_subscription, get_subscription
from db.enums.alerts import SubscriptionKind, SubscriptionState
from db.id_pages import read_ids
from db.models import Subscription
from web.api.parts.answers import (
    KNOWN_ONLY,
    LIMIT,
    NAME,
    Cursor,
    Limit,
    answer,
    documented,
    next_address,
    not_found,
    read_place,
)
from web.api.parts.row_models import ApiModel, build_list_model, said
from web.shared.cursors import write_cursor
from web.shared.store import Reading
from worker.delivery.transports.table import TRANSPORTS
from worker.subscriptions.records import subscription_record

_KIND = next(iter(TRANSPORTS))
router = APIRouter(tags=["subscriptions"], dependencies=KNOWN_ONLY)


class SubscriptionRecipient(ApiModel):
    """A recipient. Its address is not shown."""

    kind: str = said(f"Transport: {', '.join(TRANSPORTS)} or feed.", _KIND)
    state: str = said("Whether messages are sent.", "active")


class SubscriptionInList(ApiModel):
    """A subscription, as in `alert list`."""

    name: str = said("Name.", "csto-drills")
    kind: SubscriptionKind = said("What it is about.", "query")
    query: str = said("The query; for silence and health the outlet, for burst the entity.", "csto AND drill*")
    cadence: str = said("When messages are sent.", "daily 08:00 Asia/Almaty")
    max_age_h: int = said("Age in hours from which an article is no news.", 72)
    on_revision: bool = said("Whether edits of an article count.", False)
    all_quiet: bool = said("Whether empty digests are sent.", False)
    state: SubscriptionState = said("Whether it is matched.", "active")
    file: str | None = said("The file that manages it.", None)
    recipients: list[SubscriptionRecipient] = said("Its recipients.", [{"kind": _KIND, "state": "active"}])
    matches: int = said("Number of matches that were sent.", 12)
    latest_match_at: str | None = said("The last of them.", "2022-01-06T10:06:00Z")


SubscriptionList = build_list_model(
    "SubscriptionList", "A page of subscriptions.", "subscriptions", SubscriptionInList, "In the order of addition."
)


@router.get("/subscriptions", operation_id="list_subscriptions", **documented(SubscriptionList, without=[404]))
def list_subscriptions(request: Request, store: Reading, limit: Limit = LIMIT, cursor: Cursor = "") -> Response:
    """List the subscriptions with their number of matches."""
    (after,) = read_place("subscriptions", cursor, [int]) or (None,)
    living = [Subscription.state != SubscriptionState.REMOVED]
    with store.reading() as conn:
        ids, last = read_ids(conn, Subscription.id, after=after, limit=limit, where=living)
        records = _records(conn, [get_subscription(conn, id) for id in ids])
    following = last and next_address(request, cursor=write_cursor("subscriptions", [last]))
    return answer(request, {"subscriptions": records, "next": following})


@router.get("/subscriptions/{name:path}", operation_id="get_subscription", **documented(SubscriptionInList))
def show_subscription(
    request: Request,
    store: Reading,
    name: Annotated[str, Path(description="Name of the subscription.", examples=["csto-drills"], **NAME)],
) -> Response:
    """Return one subscription; `matches?subscription=` lists its matches."""
    with store.reading() as conn:
        row = find_subscription(conn, name)
        if row is None:
            raise not_found(f"subscription {name[:100]!r}")
        [record] = _records(conn, [row])
    return answer(request, record)


def _records(conn: Connection, rows: Sequence[SubscriptionRow]) -> list[dict[str, Any]]:
    recipients = find_recipients(conn, [row.id for row in rows])
    counts = count_matches(conn, [row.id for row in rows])
    records = []
    for row in rows:
        count = counts.get(row.id, (0, None))
        record = subscription_record(row, [one for one in recipients if one.subscription_id == row.id], count)
        shown = [{"kind": one["kind"], "state": one["state"]} for one in record["recipients"]]
        records.append(record | {"recipients": shown})
    return records
