"""Pages that subscribers reach by a secret: the feed of a subscription, and unsubscribing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db.alerts import channels, message_rows, subscriptions
from db.alerts.channels import RecipientRow
from db.alerts.subscriptions import SubscriptionRow
from db.engine import Database
from db.enums.alerts import RecipientState, SubscriptionState
from web.render import render
from worker.delivery.transports.table import shown
from worker.messages.atom import write_atom
from worker.messages.compose import compose_items, describe_subscription

ENTRIES = 100
_FORM = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class _Subscriber:
    recipient: RecipientRow
    subscription: SubscriptionRow


def _find_or_404(conn: Connection, recipient: RecipientRow | None) -> _Subscriber:
    if recipient is None:
        raise HTTPException(404)
    return _Subscriber(recipient, subscriptions.get_subscription(conn, recipient.subscription_id))


def _database(request: Request) -> Database:
    database: Database = request.app.state.board.database
    return database


def feed(request: Request) -> Response:
    """Return the Atom feed of a subscription; 404 for an unknown secret or an ended subscription."""
    token = request.path_params["token"]
    with _database(request).reading() as conn:
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


def confirm_unsubscribe(request: Request) -> Response:
    """Return a page with a button. It changes nothing by itself: mail programs and scanners follow every link."""
    with _database(request).reading() as conn:
        known = _find_or_404(conn, channels.find_recipient(conn, request.path_params["token"]))
    return _page(known, is_over=known.recipient.state != RecipientState.ACTIVE)


def unsubscribe(request: Request) -> Response:
    """Unsubscribe one recipient, by RFC 8058's one click or the button. Safe to repeat."""
    database = _database(request)
    token = request.path_params["token"]
    known = database.read(lambda conn: _find_or_404(conn, channels.find_recipient(conn, token)))
    database.write(lambda conn: channels.unsubscribe(conn, [known.recipient.id]))
    return _page(known, is_over=True)


def _page(known: _Subscriber, *, is_over: bool) -> Response:
    channel = known.recipient.channel
    response = render(
        "unsubscribe.html",
        name=known.subscription.name,
        question=describe_subscription(known.subscription),
        address=shown(channel.kind, channel.address),
        is_over=is_over,
    )
    response.headers["Content-Security-Policy"] = _FORM
    return response


ROUTES = [
    Route("/alerts/feed/{token}.atom", feed),
    Route("/alerts/unsubscribe/{token}", confirm_unsubscribe, methods=["GET"]),
    Route("/alerts/unsubscribe/{token}", unsubscribe, methods=["POST"]),
]
