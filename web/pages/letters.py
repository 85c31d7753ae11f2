"""Pages that messages link to, reached by a secret: the feed of a subscription, and unsubscribing."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException
from sqlalchemy import Connection
from starlette.responses import Response

from db.alerts import channels, message_rows, subscriptions
from db.alerts.channels import RecipientRow
from db.alerts.subscriptions import SubscriptionRow
from db.enums.alerts import RecipientState, SubscriptionState
from web.answers.render import render
from web.shared.store import Reading
from worker.delivery.transports.table import shown
from worker.messages.atom import write_atom
from worker.messages.compose import compose_items, describe_subscription

ENTRIES = 100

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Subscriber:
    recipient: RecipientRow
    subscription: SubscriptionRow


def _find_or_404(conn: Connection, recipient: RecipientRow | None) -> _Subscriber:
    if recipient is None:
        raise HTTPException(404)
    return _Subscriber(recipient, subscriptions.get_subscription(conn, recipient.subscription_id))


@router.get("/alerts/feed/{token}.atom")
def feed(token: str, store: Reading) -> Response:
    """Return the Atom feed of a subscription; 404 for an unknown secret or an ended subscription."""
    with store.database.reading() as conn:
        known = _find_or_404(conn, channels.find_feed(conn, token))
        is_over = (
            known.recipient.state != RecipientState.ACTIVE or known.subscription.state == SubscriptionState.REMOVED
        )
        if is_over:
            raise HTTPException(404)
        items = compose_items(conn, message_rows.read_subscription(conn, known.subscription.id, limit=ENTRIES), set())
    question = describe_subscription(known.subscription)
    body = write_atom(known.subscription.name, question, items, token=token)
    return Response(body, media_type="application/atom+xml")


@router.get("/alerts/unsubscribe/{token}")
def confirm_unsubscribe(token: str, store: Reading) -> Response:
    """Return a page with a button. It changes nothing by itself: mail programs and scanners follow every link."""
    with store.database.reading() as conn:
        known = _find_or_404(conn, channels.find_recipient(conn, token))
    return _page(known, is_over=known.recipient.state != RecipientState.ACTIVE)


@router.post("/alerts/unsubscribe/{token}")
def unsubscribe(token: str, store: Reading) -> Response:
    """Unsubscribe one recipient, by RFC 8058's one click or the button. Safe to repeat."""
    database = store.database
    known = database.read(lambda conn: _find_or_404(conn, channels.find_recipient(conn, token)))
    database.write(lambda conn: channels.unsubscribe(conn, [known.recipient.id]))
    return _page(known, is_over=True)


def _page(known: _Subscriber, *, is_over: bool) -> Response:
    channel = known.recipient.channel
    return render(
        "unsubscribe.html",
        name=known.subscription.name,
        question=describe_subscription(known.subscription),
        address=shown(channel.kind, channel.address),
        is_over=is_over,
    )
