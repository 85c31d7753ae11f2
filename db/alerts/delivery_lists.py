"""Deliveries for people: listed, counted, and sent again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, select, update

from db.enums.alerts import DeliveryState
from db.models import Channel, Delivery, Recipient, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A delivery as shown in lists."""

    id: int
    state: str
    kind: str
    channel_kind: str
    address: str
    subscription: str | None
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    error: str | None
    key: str
    messages: int
    told: int
    left_out: int


def list_deliveries(
    conn: Connection,
    *,
    states: Collection[str] = (),
    subscription: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[DeliveryRow]:
    """Return deliveries, the newest first, optionally only some states, one subscription, or ids below `before`."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Delivery.id,
            Delivery.state,
            Delivery.kind,
            Channel.kind.label("channel_kind"),
            Channel.address,
            Subscription.name.label("subscription"),
            Delivery.attempts,
            Delivery.due_at,
            Delivery.sent_at,
            Delivery.error,
            Delivery.key,
            Delivery.messages,
            Delivery.told,
            Delivery.left_out,
        )
        .join(Channel, Channel.id == Delivery.channel_id)
        .outerjoin(Recipient, Recipient.id == Delivery.recipient_id)
        .outerjoin(Subscription, Subscription.id == Recipient.subscription_id)
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Delivery.id < before)
    if states:
        query = query.where(Delivery.state.in_(states))
    if subscription is not None:
        query = query.where(Subscription.name == subscription)
    return [DeliveryRow(**row._asdict()) for row in conn.execute(query)]


def count_deliveries(conn: Connection) -> dict[str, int]:
    """Return the number of deliveries in each state."""
    return {state: n for state, n in conn.execute(select(Delivery.state, func.count()).group_by(Delivery.state))}


def resend(conn: Connection, delivery_ids: Collection[int] | None, *, now: datetime) -> int:
    """Queue deliveries to be sent again from now on, in any state (None: all that were given up); return their number.

    They keep their keys, so that a receiver recognises a repetition. A partly sent one continues; one that had arrived
    is sent from its beginning.
    """
    chosen = Delivery.state == DeliveryState.DEAD if delivery_ids is None else Delivery.id.in_(delivery_ids)
    again = {
        "state": DeliveryState.WAITING,
        "due_at": now,
        "attempts": 0,
        "claim": None,
        "claimed_until": None,
        "sent_at": None,
    }
    columns = (Delivery.messages, Delivery.told, Delivery.left_out)
    counts = {column.key: case((Delivery.state == DeliveryState.SENT, 0), else_=column) for column in columns}
    return conn.execute(update(Delivery).where(chosen).values(**again, **counts)).rowcount
