"""Subscriptions, their matches, and the queue of messages to recipients."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.enums.alerts import ChannelState, DeliveryState, RecipientState, SubscriptionState
from db.models.base import Base, PartialIndex, RowId


class Subscription(Base):
    """A standing query. A removed subscription stays as evidence for its matches; its name becomes free again."""

    __tablename__ = "subscriptions"
    __table_args__ = (PartialIndex("uq_subscriptions_name", "name", unique=True, where="state != 'removed'"),)

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    """A `db.enums.alerts.SubscriptionKind`."""
    query: Mapped[str]
    """In the query language; for `silence` and `health` the outlet's id (`all`: of each), for `burst` the entity's."""
    cadence: Mapped[str] = mapped_column(String(80))
    """`at once`, `hourly`, `daily 08:00 Asia/Almaty` or `weekly mon 08:00 Asia/Almaty`."""
    max_age_h: Mapped[int]
    """Articles older than this when first seen are not news. For `silence`: the hours without articles that raise an
    alert.
    """
    on_revision: Mapped[bool] = mapped_column(default=False)
    all_quiet: Mapped[bool] = mapped_column(default=False)
    """True if empty digests are sent as well."""
    state: Mapped[str] = mapped_column(String(10), default=SubscriptionState.ACTIVE)
    """A `db.enums.alerts.SubscriptionState`."""
    origin: Mapped[str] = mapped_column(String(200), default="")
    """The file through which `alert sync` manages it; empty if a person added it."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(BigInteger, index=True)
    """Rises with each change of any subscription; workers reload the rows above the version they hold."""


class SavedQuery(Base):
    """A named query for use inside other queries."""

    __tablename__ = "saved_queries"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    query: Mapped[str]
    origin: Mapped[str] = mapped_column(String(200), default="")


class Channel(Base):
    """A destination for messages, shared by subscriptions."""

    __tablename__ = "channels"
    __table_args__ = (UniqueConstraint("kind", "address"),)

    id: Mapped[RowId]
    kind: Mapped[str] = mapped_column(String(10))
    """`email`, `webhook`, `chat`, or `feed`, which readers fetch: nothing is sent to it."""
    address: Mapped[str] = mapped_column(String(2_000))
    secret: Mapped[str | None] = mapped_column(String(100))
    """The key that signs messages to a webhook."""
    state: Mapped[str] = mapped_column(String(10), default=ChannelState.ACTIVE)
    """A `db.enums.alerts.ChannelState`."""
    failures: Mapped[int] = mapped_column(default=0)
    """Consecutive failed attempts."""
    rests_until: Mapped[datetime | None]
    """No attempt is made before this instant; set after a failure."""
    reason: Mapped[str | None]
    """The last error."""


class Recipient(Base):
    """A subscription's delivery to one channel, with its progress."""

    __tablename__ = "recipients"
    __table_args__ = (UniqueConstraint("subscription_id", "channel_id"),)

    id: Mapped[RowId]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id", ondelete="CASCADE"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """The secret in its unsubscribe link."""
    feed_token: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    """The secret in the address of its feed, if it is one. It cannot be used to unsubscribe."""
    state: Mapped[str] = mapped_column(String(12), default=RecipientState.ACTIVE)
    """A `db.enums.alerts.RecipientState`."""
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """Time of the next digest; null when each match is sent at once."""


class MatchRow(Base):
    """An event that matched a subscription, with the reason. Written once, in the transaction of the event."""

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("subscription_id", "event"),
        Index("ix_matches_article_id_subscription_id", "article_id", "subscription_id"),
        Index("ix_matches_sent", "subscription_id", "status", "id", "matched_at"),
    )

    id: Mapped[RowId]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(300))
    """Unique key of the event: `revision 17`, `silence of an-outlet since 2022-01-05T10:00:00`, `burst of csto since
    2022-01-05`, `health of an-outlet after 17` (the match that told of it last).
    """
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(String(10))
    """A `db.enums.alerts.MatchStatus`: some are sent, others only kept."""
    item_id: Mapped[int | None] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), index=True)
    """The first match of the story for this subscription; null in that match itself."""
    because: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The matched terms: [field, start, end, surface, term] each."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Details of an event that is not an article."""
    matched_at: Mapped[datetime]


class Delivery(Base):
    """A message in the outbox of one channel. The row is the queue; broker messages are only hints."""

    __tablename__ = "deliveries"
    __table_args__ = (
        PartialIndex(
            "ix_deliveries_waiting",
            "due_at",
            where="state = 'waiting'",
        ),
        Index("ix_deliveries_channel_id_sent_at", "channel_id", "sent_at"),
    )

    id: Mapped[RowId]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipients.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """The same for every attempt; serves as idempotency key and as the left part of the Message-ID."""
    kind: Mapped[str] = mapped_column(String(10))
    """A `db.enums.alerts.DeliveryKind`."""
    notice: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`subject` and `text` of a notice."""
    state: Mapped[str] = mapped_column(String(10), default=DeliveryState.WAITING)
    """A `db.enums.alerts.DeliveryState`."""
    due_at: Mapped[datetime]
    claim: Mapped[str | None] = mapped_column(String(32))
    """Token of the worker that holds the claim until `claimed_until`; needed to record the result."""
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    messages: Mapped[int] = mapped_column(default=0, server_default="0")
    """Messages that the receiver accepted; a long digest takes several in a chat."""
    told: Mapped[int] = mapped_column(default=0, server_default="0")
    """Stories included in these messages."""
    told_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last story sent while others are still to follow."""
    left_out: Mapped[int] = mapped_column(default=0, server_default="0")
    """Stories that it covers but does not list; the last message states their number."""


class OutboxEntry(Base):
    """A match to be delivered to a recipient. Without a delivery it waits for the next digest."""

    __tablename__ = "outbox_entries"
    __table_args__ = (
        PartialIndex(
            "ix_outbox_entries_undelivered",
            "recipient_id",
            where="delivery_id IS NULL",
        ),
        {"sqlite_with_rowid": False},
    )

    recipient_id: Mapped[int] = mapped_column(
        ForeignKey("recipients.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    match_id: Mapped[int] = mapped_column(
        ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)


class IndexedRevision(Base):
    """A revision with its words in the word index (`db.dialect.word_index`)."""

    __tablename__ = "indexed_revisions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    revision_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
