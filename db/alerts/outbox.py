"""The outbox: matches waiting for each recipient, and the messages that carry them. Rows are the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Integer, exists, func, or_, select, update

from db.alerts.channels import FEED
from db.dialect import insert
from db.enums.alerts import (
    SENT_STATUSES,
    ChannelState,
    DeliveryKind,
    DeliveryState,
    MatchStatus,
    RecipientState,
    SubscriptionState,
)
from db.models import Channel, Delivery, MatchRow, OutboxEntry, Recipient, Subscription


def make_key(token: str, what: object) -> str:
    """Return the key of a delivery to the recipient with this token; equal content has an equal key."""
    return blake2b(f"{token}/{what}".encode(), digest_size=16).hexdigest()


def post(conn: Connection, matches: Sequence[tuple[int, int, str]], *, now: datetime) -> int:
    """Put matches, (id, subscription id, status) each, into the outbox of their recipients.

    With the cadence “at once” a match gets a delivery of its own; all others wait for a digest. A reprint of a sent
    article (`also`) goes into digests only. Returns the number of deliveries.
    """
    by_subscription: dict[int, list[tuple[int, str]]] = {}
    for match_id, subscription_id, status in matches:
        if status in SENT_STATUSES or status == MatchStatus.ALSO:
            by_subscription.setdefault(subscription_id, []).append((match_id, status))
    if not by_subscription:
        return 0
    made = 0
    entries = []
    for recipient in _sent_to(conn, by_subscription):
        at_once = recipient.due_at is None
        for match_id, status in by_subscription[recipient.subscription_id]:
            if at_once and status == MatchStatus.ALSO:
                continue
            key = make_key(recipient.token, match_id)
            delivery_id = None
            if at_once:
                delivery_id = _make(conn, recipient.channel_id, recipient.id, key, DeliveryKind.MATCH, now)
                made += 1
            entries.append({"recipient_id": recipient.id, "match_id": match_id, "delivery_id": delivery_id})
    if entries:
        conn.execute(insert(conn, OutboxEntry).on_conflict_do_nothing(), entries)  # a digest has it already
    return made


def _sent_to(conn: Connection, subscription_ids: Mapping[int, object]) -> Sequence[Any]:
    query = (
        select(Recipient.id, Recipient.subscription_id, Recipient.token, Recipient.due_at, Recipient.channel_id)
        .join(Channel, Channel.id == Recipient.channel_id)
        .where(
            Recipient.subscription_id.in_(subscription_ids),
            Recipient.state == RecipientState.ACTIVE,
            Channel.kind != FEED,
        )
        .order_by(Recipient.id)
    )
    return conn.execute(query).all()


def _make(
    conn: Connection,
    channel_id: int,
    recipient_id: int | None,
    key: str,
    kind: str,
    now: datetime,
    notice: Mapping[str, str] | None = None,
) -> int | None:
    """Store a waiting delivery; return its id, or None if one with that key exists."""
    row = {
        "channel_id": channel_id,
        "recipient_id": recipient_id,
        "key": key,
        "kind": kind,
        "notice": dict(notice or {}),
        "state": DeliveryState.WAITING,
        "due_at": now,
        "attempts": 0,
        "created_at": now,
    }
    statement = insert(conn, Delivery).values(row).on_conflict_do_nothing(index_elements=["key"])
    made: int | None = conn.scalar(statement.returning(Delivery.id))
    return made


def post_notice(conn: Connection, channel_id: int, *, key: str, subject: str, text: str, now: datetime) -> None:
    """Put a message to the operator into the outbox; the same key again changes nothing."""
    _make(conn, channel_id, None, key, DeliveryKind.NOTICE, now, {"subject": subject, "text": text})


def is_digest_due(conn: Connection, *, now: datetime) -> bool:
    """Return whether a digest may be due."""
    left_over = select(OutboxEntry.match_id).where(OutboxEntry.delivery_id.is_(None)).limit(1)
    due = select(Recipient.id).where(Recipient.due_at <= now, Recipient.state == RecipientState.ACTIVE).limit(1)
    return conn.scalar(due) is not None or conn.scalar(left_over) is not None


def make_digests(
    conn: Connection, *, now: datetime, next_due: Callable[[str, datetime], datetime | None], limit: int = 50
) -> int:
    """Create the due digests, at most `limit`; return the number of recipients considered.

    A digest contains all matches without a delivery, so neither clocks nor the order of commits decide its content.
    `next_due` returns the next due time for a cadence. A paused channel or subscription waits.
    """
    undelivered = exists().where(OutboxEntry.recipient_id == Recipient.id, OutboxEntry.delivery_id.is_(None))
    left_over = Recipient.due_at.is_(None) & undelivered  # its cadence was changed from digests to “at once”
    query = (
        select(
            Recipient.id,
            Recipient.channel_id,
            Recipient.token,
            Recipient.due_at,
            Subscription.cadence,
            Subscription.all_quiet,
        )
        .join(Channel, Channel.id == Recipient.channel_id)
        .join(Subscription, Subscription.id == Recipient.subscription_id)
        .where(
            or_(Recipient.due_at <= now, left_over),
            Recipient.state == RecipientState.ACTIVE,
            Channel.state == ChannelState.ACTIVE,
            Subscription.state == SubscriptionState.ACTIVE,
        )
        .order_by(Recipient.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Recipient)
    )
    rows = conn.execute(query).all()
    for row in rows:
        last, told = _undelivered(conn, row.id)
        if told or (row.due_at is None and last):
            digest = _make(
                conn, row.channel_id, row.id, make_key(row.token, f"digest to {last}"), DeliveryKind.DIGEST, now
            )
            taken = update(OutboxEntry).where(OutboxEntry.recipient_id == row.id, OutboxEntry.delivery_id.is_(None))
            conn.execute(taken.where(OutboxEntry.match_id <= last).values(delivery_id=digest))
        elif row.all_quiet and row.due_at is not None:
            _make(
                conn,
                row.channel_id,
                row.id,
                make_key(row.token, f"quiet {row.due_at:%Y-%m-%dT%H:%M}"),
                DeliveryKind.QUIET,
                now,
            )
        if row.due_at is not None:
            due_at = next_due(row.cadence, now)
            conn.execute(update(Recipient).where(Recipient.id == row.id).values(due_at=due_at))
    return len(rows)


def _undelivered(conn: Connection, recipient_id: int) -> tuple[int, int]:
    """Return the highest match that waits for a digest, and the number of waiting matches other than reprints."""
    told = func.sum(func.coalesce(MatchRow.status.in_(SENT_STATUSES).cast(Integer), 0))
    query = (
        select(func.max(OutboxEntry.match_id), told)
        .join(MatchRow, MatchRow.id == OutboxEntry.match_id)
        .where(OutboxEntry.recipient_id == recipient_id, OutboxEntry.delivery_id.is_(None))
    )
    last, count = conn.execute(query).one()
    return last or 0, int(count or 0)
