"""Standing questions, what answered them, and what is sent to whom about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, PartialIndex, RowId


class Subscription(Base):
    """A standing question. A removed one stays as evidence for its matches; its name is free again."""

    __tablename__ = "subscriptions"
    __table_args__ = (PartialIndex("uq_subscriptions_name", "name", unique=True, where="state != 'removed'"),)

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    """`query`, `silence` of an outlet, or `burst` of attention to an entity."""
    query: Mapped[str]
    """In the query language; for `silence` the outlet's id, for `burst` the entity's."""
    cadence: Mapped[str] = mapped_column(String(80))
    """`at once`, `hourly`, `daily 08:00 Asia/Almaty` or `weekly mon 08:00 Asia/Almaty`."""
    max_age_h: Mapped[int]
    """Articles published longer before they were seen are no news; for `silence`: the hours that are too many."""
    on_revision: Mapped[bool] = mapped_column(default=False)
    all_quiet: Mapped[bool] = mapped_column(default=False)
    """Whether an empty digest is sent, too."""
    state: Mapped[str] = mapped_column(String(10), default="active")
    """`active`, `paused` or `removed`."""
    origin: Mapped[str] = mapped_column(String(200), default="")
    """The file that `alert sync` keeps it in; empty for one that a person added."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(BigInteger, index=True)
    """Rises with each change of any subscription: workers ask for what is above the version they know."""


class SavedQuery(Base):
    """A query with a name, for use inside others."""

    __tablename__ = "saved_queries"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    query: Mapped[str]
    origin: Mapped[str] = mapped_column(String(200), default="")


class Channel(Base):
    """An address that messages are sent to, whichever subscription they come from."""

    __tablename__ = "channels"
    __table_args__ = (UniqueConstraint("kind", "address"),)

    id: Mapped[RowId]
    kind: Mapped[str] = mapped_column(String(10))
    """`email`, `webhook`, `chat`; `feed` is fetched, nothing is sent."""
    address: Mapped[str] = mapped_column(String(2_000))
    secret: Mapped[str | None] = mapped_column(String(100))
    """What a webhook's messages are signed with."""
    state: Mapped[str] = mapped_column(String(10), default="active")
    """`active` or `paused` (by a person, or because it failed too often)."""
    failures: Mapped[int] = mapped_column(default=0)
    """Failed attempts in a row."""
    rests_until: Mapped[datetime | None]
    """After a failure nothing is tried before this instant."""
    reason: Mapped[str | None]
    """What went wrong last."""


class Recipient(Base):
    """A subscription's channel: who gets it, and how far they got."""

    __tablename__ = "recipients"
    __table_args__ = (UniqueConstraint("subscription_id", "channel_id"),)

    id: Mapped[RowId]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id", ondelete="CASCADE"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """The secret in its unsubscribe link."""
    feed_token: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    """The secret in the address of its feed, where it is one; whoever reads cannot unsubscribe."""
    state: Mapped[str] = mapped_column(String(12), default="active")
    """`active` or `unsubscribed`."""
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the next digest is due; null when each match is sent at once."""


class MatchRow(Base):
    """An event that answers a subscription, and why. Written once, in the transaction of the event."""

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("subscription_id", "event"),
        Index("ix_matches_article_id_subscription_id", "article_id", "subscription_id"),
    )

    id: Mapped[RowId]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(300))
    """What happened, once: `revision 17`, `silence of an-outlet since 2022-01-05T10:00:00`,
    `burst of csto since 2022-01-05`."""
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(String(10))
    """`news`, `revised` and `withdrawn` are sent; `also` is a reprint of what was sent; `old`, `backfill`, `known`
    (another revision of a known article) and `superseded` (not the current text) are kept and not sent."""
    item_id: Mapped[int | None] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), index=True)
    """The match that began the story for this subscription; null for that one itself."""
    because: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The words that fired: [field, start, end, surface, term] each."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What happened, where it is no article."""
    matched_at: Mapped[datetime]


class Delivery(Base):
    """A message to one channel: the outbox. The row is the queue; messages of the broker are hints."""

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
    """The same for every attempt: idempotency key, and the left part of the Message-ID."""
    kind: Mapped[str] = mapped_column(String(10))
    """`match`, `digest`, `quiet` (an empty digest that was asked for), `notice` (to the operator)."""
    notice: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`subject` and `text` of a notice."""
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """`waiting`, `sent`, `dead` (given up) or `cancelled` (nobody wants it any more)."""
    due_at: Mapped[datetime]
    claim: Mapped[str | None] = mapped_column(String(32))
    """Who has it in hand until `claimed_until`; whoever finishes it must show the same."""
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    messages: Mapped[int] = mapped_column(default=0, server_default="0")
    """Messages that the receiver took for it; a long digest is several in a chat."""
    told: Mapped[int] = mapped_column(default=0, server_default="0")
    """Stories that these messages tell."""
    told_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last story told, while others are still to follow."""
    left_out: Mapped[int] = mapped_column(default=0, server_default="0")
    """Stories that it is about and does not tell; its last message says how many."""


class OutboxEntry(Base):
    """A match that a recipient is to hear of. Without a delivery it waits for the next digest."""

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
    """A revision whose words are in the index (`db.dialect.create_word_index`)."""

    __tablename__ = "indexed_revisions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    revision_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
