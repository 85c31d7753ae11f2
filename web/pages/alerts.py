"""Alerts to read: the subscriptions, and of each what it matched, why, and what became of its messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from sqlalchemy.exc import NoResultFound
from starlette.responses import Response

from db.alerts.channels import RecipientRow, all_recipients, find_recipients
from db.alerts.delivery_lists import DeliveryRow, count_deliveries, list_deliveries
from db.alerts.matches import count_matches
from db.alerts.message_rows import MatchDetails, read_subscription
from db.alerts.subscriptions import SubscriptionRow, get_subscription, list_subscriptions
from db.enums.alerts import DeliveryState
from web.answers.page import Format, respond
from web.answers.tables import PageTable
from web.shared.store import Reading
from worker.subscriptions.records import delivery_record, match_record, subscription_record

_MATCHES, _DELIVERIES = 50, 20

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSubscription:
    """A subscription in the list, with its record."""

    id: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsPage:
    """All subscriptions, with the messages that were given up."""

    subscriptions: Sequence[ListedSubscription]
    messages: Mapping[str, int]
    """The number of messages in each state."""
    dead: Sequence[Mapping[str, Any]]
    now: datetime
    template = "alerts.html"
    title = "Alerts"

    def record(self) -> dict[str, Any]:
        """Return the subscriptions as `alert list` prints them, and the messages by state."""
        return {
            "subscriptions": [{"id": one.id, **one.facts} for one in self.subscriptions],
            "messages": dict(self.messages),
        }

    def table(self) -> PageTable:
        """Return the subscriptions."""
        columns = ("id", "name", "kind", "query", "cadence", "state", "matches", "latest_match_at")
        return PageTable.of_records(columns, [{"id": one.id, **one.facts} for one in self.subscriptions])


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPage:
    """One subscription."""

    id: int
    facts: Mapping[str, Any]
    matches: Sequence[MatchDetails]
    deliveries: Sequence[Mapping[str, Any]]
    after: int | None
    """The match after which the list continues."""
    now: datetime
    template = "alert.html"

    @property
    def title(self) -> str:
        """The name of the subscription."""
        return str(self.facts["name"])

    @property
    def shown(self) -> Sequence[Mapping[str, Any]]:
        """The matches as records, with the number of their article."""
        return [{**match_record(match), "article_id": match.article_id} for match in self.matches]

    def record(self) -> dict[str, Any]:
        """Return the subscription with its matches and messages, as `alert show` prints it."""
        return {"id": self.id, **self.facts, "latest": list(self.shown), "deliveries": list(self.deliveries)}

    def table(self) -> PageTable:
        """Return the matches."""
        columns = ("matched_at", "status", "article_id", "outlet", "headline", "url", "because")
        return PageTable.of_records(columns, [dict(one) for one in self.shown])


@router.get("/alerts")
def show_alerts(request: Request, store: Reading, format: Format) -> Response:
    """Return the list of subscriptions."""
    with store.reading() as conn:
        counts = count_matches(conn)
        recipients: dict[int, list[RecipientRow]] = {}
        for recipient in all_recipients(conn):
            recipients.setdefault(recipient.subscription_id, []).append(recipient)
        page = AlertsPage(
            subscriptions=[_listed(row, recipients, counts) for row in list_subscriptions(conn)],
            messages=count_deliveries(conn),
            dead=[delivery_record(row) for row in list_deliveries(conn, states=[DeliveryState.DEAD], limit=10)],
            now=store.now(),
        )
    return respond(request, page, format)


def _listed(
    row: SubscriptionRow,
    recipients: Mapping[int, Sequence[RecipientRow]],
    counts: Mapping[int, tuple[int, datetime]],
) -> ListedSubscription:
    facts = subscription_record(row, recipients.get(row.id, []), counts.get(row.id, (0, None)))
    return ListedSubscription(id=row.id, facts=facts)


@router.get("/alerts/{number}")
def show_alert(
    request: Request,
    store: Reading,
    format: Format,
    number: int,
    after: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    """Return the page of a subscription; `after` continues its list of matches."""
    with store.reading() as conn:
        try:
            row = get_subscription(conn, min(number, 2**63 - 1))
        except NoResultFound:
            raise HTTPException(404, "There is no such alert. The page of alerts lists them all.") from None
        count = count_matches(conn, [row.id]).get(row.id, (0, None))
        matches = read_subscription(conn, row.id, limit=_MATCHES + 1, before=after)
        rows: Sequence[DeliveryRow] = list_deliveries(conn, subscription=row.name, limit=_DELIVERIES)
        page = AlertPage(
            id=row.id,
            facts=subscription_record(row, find_recipients(conn, [row.id]), count),
            matches=matches[:_MATCHES],
            deliveries=[delivery_record(one) for one in rows],
            after=matches[_MATCHES - 1].match_id if len(matches) > _MATCHES else None,
            now=store.now(),
        )
    return respond(request, page, format)
