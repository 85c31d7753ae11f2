"""Deliveries in progress: claimed, attempted, and recorded. The row is the queue; broker messages are only hints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, func, or_, select, update

from db.alerts.channels import OF_CHANNEL, ChannelRow, to_channel
from db.enums.alerts import ChannelState, DeliveryKind, DeliveryState, RecipientState
from db.models import Channel, Delivery, Recipient

_CHANNELS_AT_ONCE = 100
_MINUTE = timedelta(minutes=1)


def is_any_due(conn: Connection, *, now: datetime) -> bool:
    """Return whether an unclaimed delivery is due."""
    free = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until < now)
    query = select(Delivery.id).where(Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now, free).limit(1)
    return conn.scalar(query) is not None


def claim_due(
    conn: Connection,
    *,
    now: datetime,
    lease_s: float,
    claim: str,
    per_minute: Mapping[str, int],
    digest_messages: Mapping[str, int],
    limit: int = 50,
) -> list[list[int]]:
    """Claim due deliveries for `lease_s` seconds; return their ids, one list for each channel.

    No channel gets more messages than `per_minute` of its kind, counting those sent in the last minute and those in
    progress. `digest_messages` is the maximum of messages per digest, for kinds where it may be more than one.
    """
    free = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until < now)
    due = (Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now, free)
    query = (
        select(Channel.id, Channel.kind)
        .join(Delivery, Delivery.channel_id == Channel.id)
        .where(
            *due,
            Channel.kind.in_(per_minute),
            Channel.state == ChannelState.ACTIVE,
            or_(Channel.rests_until.is_(None), Channel.rests_until <= now),
        )
        .group_by(Channel.id, Channel.kind)
        .order_by(func.min(Delivery.due_at))
        .limit(_CHANNELS_AT_ONCE)
    )
    claimed = []
    for channel_id, kind in conn.execute(query).all():
        digest = digest_messages.get(kind, 1)
        room = min(limit, per_minute[kind] - _taken(conn, channel_id, now, digest))
        if room <= 0:
            continue
        waiting = select(Delivery.id, Delivery.kind).where(*due, Delivery.channel_id == channel_id)
        rows = conn.execute(waiting.order_by(Delivery.id).limit(room).with_for_update(skip_locked=True)).all()
        ids = _affordable(rows, room, digest)
        if ids:
            until = now + timedelta(seconds=lease_s)
            conn.execute(update(Delivery).where(Delivery.id.in_(ids)).values(claim=claim, claimed_until=until))
            claimed.append(ids)
    return claimed


def _affordable(rows: Iterable[Row[int, str]], room: int, digest: int) -> list[int]:
    """Return the first deliveries with messages within the remaining limit."""
    ids = []
    for id, kind in rows:
        room -= digest if kind == DeliveryKind.DIGEST else 1
        if room < 0:
            break
        ids.append(id)
    return ids


def _taken(conn: Connection, channel_id: int, now: datetime, digest: int) -> int:
    """Return the number of messages of a channel in the last minute, including the maximum of those in progress."""
    mine: ColumnElement[bool] = Delivery.channel_id == channel_id
    had = case((Delivery.messages > 1, Delivery.messages), else_=1)
    sent = conn.scalar(select(func.sum(had)).where(mine, Delivery.sent_at > now - _MINUTE)) or 0
    most = case((Delivery.kind == DeliveryKind.DIGEST, digest), else_=1)
    in_progress = select(func.sum(most)).where(
        mine, Delivery.state == DeliveryState.WAITING, Delivery.claimed_until >= now
    )
    return int(sent + (conn.scalar(in_progress) or 0))


@dataclass(frozen=True, slots=True)
class DeliveryProgress:
    """The part of a delivery that its receiver has accepted."""

    messages: int = 0
    stories: int = 0
    last: int | None = None
    """The last story sent, if others are still to follow."""
    left_out: int = 0
    """Stories that will not be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOut:
    """A claimed delivery, with its channel and subscription."""

    id: int
    key: str
    kind: str
    attempts: int
    """Including this one."""
    notice: Mapping[str, str]
    channel: ChannelRow
    recipient_id: int | None
    token: str | None
    subscription_id: int | None
    created_at: datetime
    progress: DeliveryProgress
    """The part accepted at earlier attempts."""


def begin(conn: Connection, delivery_id: int, claim: str, *, now: datetime, lease_s: float) -> DeliveryOut | None:
    """Return the delivery, claimed for another `lease_s` seconds; None if it must not be sent now or the claim is lost.

    A delivery to an unsubscribed recipient is cancelled. One to a paused channel, or one that waits after a failure, is
    released.
    """
    query = (
        select(
            Delivery.id,
            Delivery.key,
            Delivery.kind,
            (Delivery.attempts + 1).label("attempt"),
            Delivery.notice,
            Delivery.recipient_id,
            Recipient.token,
            Recipient.subscription_id,
            Delivery.created_at,
            Delivery.messages,
            Delivery.told,
            Delivery.told_to,
            Recipient.state.label("recipient_state"),
            *OF_CHANNEL,
        )
        .join(Channel, Channel.id == Delivery.channel_id)
        .outerjoin(Recipient, Recipient.id == Delivery.recipient_id)
        .where(Delivery.id == delivery_id, Delivery.claim == claim, Delivery.state == DeliveryState.WAITING)
        .with_for_update(of=Delivery)
    )
    row = conn.execute(query).first()
    if row is None:
        return None
    channel = to_channel(row)
    mine = update(Delivery).where(Delivery.id == delivery_id)
    if row.recipient_state == RecipientState.UNSUBSCRIBED:
        conn.execute(mine.values(state=DeliveryState.CANCELLED, claim=None, claimed_until=None))
        return None
    if channel.state != ChannelState.ACTIVE or (channel.rests_until is not None and channel.rests_until > now):
        conn.execute(mine.values(claim=None, claimed_until=None))
        return None
    conn.execute(mine.values(claimed_until=now + timedelta(seconds=lease_s), attempts=row.attempt))
    progress = DeliveryProgress(row.messages, row.told, row.told_to)
    return DeliveryOut(
        id=row.id,
        key=row.key,
        kind=row.kind,
        attempts=row.attempt,
        notice=row.notice,
        channel=channel,
        recipient_id=row.recipient_id,
        token=row.token,
        subscription_id=row.subscription_id,
        created_at=row.created_at,
        progress=progress,
    )


def note_part(
    conn: Connection, delivery: DeliveryOut, claim: str, progress: DeliveryProgress, *, now: datetime, lease_s: float
) -> bool:
    """Record the accepted part of a delivery, and extend the claim by `lease_s` seconds; return whether it was still
    valid.
    """
    mine = update(Delivery).where(
        Delivery.id == delivery.id, Delivery.claim == claim, Delivery.state == DeliveryState.WAITING
    )
    values = {"messages": progress.messages, "told": progress.stories, "told_to": progress.last}
    return conn.execute(mine.values(**values, claimed_until=now + timedelta(seconds=lease_s))).rowcount > 0


def finish_sent(conn: Connection, delivery: DeliveryOut, progress: DeliveryProgress, *, now: datetime) -> None:
    """Record a delivery as sent, with the accepted part; reset its channel's failures."""
    values: dict[str, Any] = {
        "state": DeliveryState.SENT,
        "sent_at": now,
        "claim": None,
        "claimed_until": None,
        "error": None,
    }
    values |= {"messages": progress.messages, "told": progress.stories, "told_to": None, "left_out": progress.left_out}
    conn.execute(update(Delivery).where(Delivery.id == delivery.id).values(values))
    if delivery.channel.failures:
        well = {"failures": 0, "rests_until": None, "reason": None}
        conn.execute(update(Channel).where(Channel.id == delivery.channel.id).values(well))


def cancel(conn: Connection, delivery: DeliveryOut) -> None:
    """Cancel a delivery without content: its articles were removed."""
    mine = update(Delivery).where(Delivery.id == delivery.id)
    conn.execute(mine.values(state=DeliveryState.CANCELLED, claim=None, claimed_until=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDecision:
    """The consequences of a failed attempt."""

    reason: str
    retry_at: datetime | None
    """Time of the next attempt; None: no further attempt."""
    costs_attempt: bool = True
    channel_failed: bool = False
    """True if the address caused the failure."""
    rests_until: datetime | None = None
    """No other attempt is made at this address before then."""
    pauses: bool = False


def finish_failed(conn: Connection, delivery: DeliveryOut, claim: str, after: RetryDecision) -> None:
    """Record a failed attempt and its consequences."""
    reason = after.reason[:1_000]
    values: dict[str, Any] = {"claim": None, "claimed_until": None, "error": reason}
    values |= {"state": DeliveryState.DEAD} if after.retry_at is None else {"due_at": after.retry_at}
    if not after.costs_attempt:
        values["attempts"] = delivery.attempts - 1
    mine = update(Delivery).where(Delivery.id == delivery.id, Delivery.claim == claim)
    conn.execute(mine.values(values))
    changed: dict[str, Any] = {"rests_until": after.rests_until, "reason": reason} if after.rests_until else {}
    if after.channel_failed:
        changed |= {"failures": Channel.failures + 1, "reason": reason}
    if after.pauses:
        changed |= {"state": ChannelState.PAUSED, "reason": reason}
    if changed:
        conn.execute(update(Channel).where(Channel.id == delivery.channel.id).values(changed))


def give_up_exhausted(conn: Connection, *, attempts: int, now: datetime) -> int:
    """Give up deliveries whose last attempt ended without a result because each worker crashed."""
    reason = f"given up after {attempts} attempts: each worker that took it died or ran out of time"
    lost = update(Delivery).where(
        Delivery.state == DeliveryState.WAITING, Delivery.attempts >= attempts, Delivery.claimed_until < now
    )
    return conn.execute(lost.values(state=DeliveryState.DEAD, claim=None, claimed_until=None, error=reason)).rowcount
