"""Channels: addresses of messages, and their use by subscriptions."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from db.dialect import insert
from db.enums.alerts import ChannelState, DeliveryState, RecipientState, SubscriptionState
from db.models import Channel, Delivery, OutboxEntry, Recipient, Subscription

FEED = "feed"
"""The kind of a channel that is fetched; all others are names of transports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """A stored channel."""

    id: int
    kind: str
    address: str
    secret: str | None
    state: str
    failures: int
    rests_until: datetime | None
    reason: str | None


_CHANNEL = [getattr(Channel, name) for name in ChannelRow.__slots__]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    """A subscription's delivery to one channel."""

    id: int
    subscription_id: int
    token: str
    feed_token: str | None
    state: str
    due_at: datetime | None
    channel: ChannelRow


OF_CHANNEL = [getattr(Channel, name).label(f"channel_{name}") for name in ChannelRow.__slots__]
"""The columns of a channel beside those of something else, see `to_channel`."""
_RECIPIENT = [getattr(Recipient, name) for name in RecipientRow.__slots__ if name != "channel"]


def to_channel(row: Row[*tuple[Any, ...]]) -> ChannelRow:
    """Return the channel in a row that has the columns `OF_CHANNEL`."""
    return ChannelRow(**{name: getattr(row, f"channel_{name}") for name in ChannelRow.__slots__})


def new_secret() -> str:
    """Return a new signing key in the format of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def record_channel(conn: Connection, kind: str, address: str, *, is_signed: bool = False) -> int:
    """Return the id of the channel, created if needed, with a secret if its messages are signed."""
    secret = new_secret() if is_signed else None
    row = {"kind": kind, "address": address, "secret": secret, "state": ChannelState.ACTIVE, "failures": 0}
    conn.execute(insert(conn, Channel).values(row).on_conflict_do_nothing(index_elements=["kind", "address"]))
    query = select(Channel.id).where(Channel.kind == kind, Channel.address == address)
    return int(conn.execute(query).scalar_one())


def record_recipient(conn: Connection, subscription_id: int, channel_id: int, *, due_at: datetime | None) -> None:
    """Add a channel to a subscription, from now on; one that was unsubscribed is active again."""
    kind = conn.execute(select(Channel.kind).where(Channel.id == channel_id)).scalar_one()
    upsert = insert(conn, Recipient).values(
        subscription_id=subscription_id,
        channel_id=channel_id,
        token=secrets.token_urlsafe(24),
        feed_token=secrets.token_urlsafe(24) if kind == FEED else None,
        state=RecipientState.ACTIVE,
        due_at=due_at,
    )
    again = {"state": RecipientState.ACTIVE, "due_at": due_at}
    conn.execute(upsert.on_conflict_do_update(index_elements=["subscription_id", "channel_id"], set_=again))


def set_cadence_due(conn: Connection, subscription_id: int, *, due_at: datetime | None) -> None:
    """Set the time of a subscription's next digests; None: each match is sent at once."""
    conn.execute(update(Recipient).where(Recipient.subscription_id == subscription_id).values(due_at=due_at))


def find_recipients(conn: Connection, subscription_ids: Sequence[int]) -> list[RecipientRow]:
    """Return the recipients of subscriptions, including unsubscribed ones, in the order they were added."""
    query = (
        select(*_RECIPIENT, *OF_CHANNEL)
        .join(Channel, Channel.id == Recipient.channel_id)
        .where(Recipient.subscription_id.in_(subscription_ids))
        .order_by(Recipient.id)
    )
    return [_recipient(row) for row in conn.execute(query)]


def all_recipients(conn: Connection) -> list[RecipientRow]:
    """Return the recipients of all subscriptions that were not removed."""
    query = (
        select(*_RECIPIENT, *OF_CHANNEL)
        .join(Channel, Channel.id == Recipient.channel_id)
        .join(Subscription, Subscription.id == Recipient.subscription_id)
        .where(Subscription.state != SubscriptionState.REMOVED)
        .order_by(Recipient.id)
    )
    return [_recipient(row) for row in conn.execute(query)]


def find_recipient(conn: Connection, token: str) -> RecipientRow | None:
    """Return the recipient with this unsubscribe secret; None if there is none."""
    return _first(conn, Recipient.token == token)


def find_feed(conn: Connection, feed_token: str) -> RecipientRow | None:
    """Return the recipient with a feed at this secret address; None if there is none."""
    return _first(conn, Recipient.feed_token == feed_token)


def _first(conn: Connection, condition: ColumnElement[bool]) -> RecipientRow | None:
    query = select(*_RECIPIENT, *OF_CHANNEL).join(Channel, Channel.id == Recipient.channel_id)
    row = conn.execute(query.where(condition)).first()
    return _recipient(row) if row else None


def unsubscribe(conn: Connection, recipient_ids: Sequence[int]) -> None:
    """Unsubscribe recipients and cancel their waiting messages. Repeating it changes nothing."""
    conn.execute(
        update(Recipient).where(Recipient.id.in_(recipient_ids)).values(state=RecipientState.UNSUBSCRIBED, due_at=None)
    )
    waiting = update(Delivery).where(Delivery.recipient_id.in_(recipient_ids), Delivery.state == DeliveryState.WAITING)
    conn.execute(waiting.values(state=DeliveryState.CANCELLED, claim=None, claimed_until=None))
    undelivered = delete(OutboxEntry).where(OutboxEntry.recipient_id.in_(recipient_ids))
    conn.execute(undelivered.where(OutboxEntry.delivery_id.is_(None)))


def find_channel(conn: Connection, address: str) -> ChannelRow | None:
    """Return the channel with this address; None if there is none."""
    row = conn.execute(select(*_CHANNEL).where(Channel.address == address)).first()
    return ChannelRow(**row._asdict()) if row else None


def set_channel_state(conn: Connection, channel_id: int, state: str, *, reason: str | None = None) -> None:
    """Pause a channel, or resume it with its failures cleared."""
    values = {"state": state, "reason": reason, "failures": 0, "rests_until": None}
    conn.execute(update(Channel).where(Channel.id == channel_id).values(values))


def count_paused(conn: Connection) -> int:
    """Return the number of paused channels."""
    return conn.scalar(select(func.count()).select_from(Channel).where(Channel.state == ChannelState.PAUSED)) or 0


def _recipient(row: Row[*tuple[Any, ...]]) -> RecipientRow:
    return RecipientRow(**{column.key: getattr(row, column.key) for column in _RECIPIENT}, channel=to_channel(row))
