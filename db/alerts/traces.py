"""The trace of an article for one subscription: its matches, and the recipients of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from db.models import (
    Article,
    Channel,
    Delivery,
    MatchRow,
    OutboxEntry,
    Recipient,
    Revision,
    Source,
    Subscription,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The processing state of an article's current text."""

    article_id: int
    revision_id: int | None
    stage: str | None
    collected_at: datetime
    observed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A match of the subscription with the article, and the article that began the story for the subscription."""

    id: int
    status: str
    revision_id: int | None
    matched_at: datetime
    because: list[list[Any]]
    began_article_id: int | None
    began_source: str | None
    began_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A recipient, and the message with a match for it, if there is one."""

    match_id: int | None
    channel_kind: str
    address: str
    channel_state: str
    channel_reason: str | None
    recipient_state: str
    digest_due_at: datetime | None
    delivery_id: int | None
    state: str | None
    kind: str | None
    due_at: datetime | None
    sent_at: datetime | None
    attempts: int | None
    error: str | None


def read_seen(conn: Connection, article_id: int) -> Seen:
    """Return the processing state of an existing article."""
    query = (
        select(
            Article.id.label("article_id"),
            Article.revision_id,
            Revision.stage,
            Article.collected_at,
            Revision.observed_at,
        )
        .outerjoin(Revision, Revision.id == Article.revision_id)
        .where(Article.id == article_id)
    )
    return Seen(**conn.execute(query).one()._asdict())


def read_noted(conn: Connection, subscription_id: int, article_id: int) -> list[Noted]:
    """Return the matches of a subscription with an article, the oldest first."""
    began = aliased(MatchRow)
    query = (
        select(
            MatchRow.id,
            MatchRow.status,
            MatchRow.revision_id,
            MatchRow.matched_at,
            MatchRow.because,
            began.article_id.label("began_article_id"),
            Source.name.label("began_source"),
            began.matched_at.label("began_at"),
        )
        .outerjoin(began, began.id == MatchRow.item_id)
        .outerjoin(Article, Article.id == began.article_id)
        .outerjoin(Source, Source.id == Article.source_id)
        .where(MatchRow.subscription_id == subscription_id, MatchRow.article_id == article_id)
        .order_by(MatchRow.id)
    )
    return [Noted(**row._asdict()) for row in conn.execute(query)]


def read_carried(conn: Connection, subscription_id: int, match_ids: Collection[int]) -> list[Carried]:
    """Return every recipient of a subscription, once for each of its matches, or once without a match."""
    entry = OutboxEntry.__table__
    mine = (entry.c.recipient_id == Recipient.id) & entry.c.match_id.in_(match_ids)
    query = (
        select(
            entry.c.match_id,
            Channel.kind.label("channel_kind"),
            Channel.address,
            Channel.state.label("channel_state"),
            Channel.reason.label("channel_reason"),
            Recipient.state.label("recipient_state"),
            Recipient.due_at.label("digest_due_at"),
            Delivery.id.label("delivery_id"),
            Delivery.state,
            Delivery.kind,
            Delivery.due_at,
            Delivery.sent_at,
            Delivery.attempts,
            func.coalesce(Delivery.error, Channel.reason).label("error"),
        )
        .select_from(Recipient)
        .join(Channel, Channel.id == Recipient.channel_id)
        .outerjoin(entry, mine)
        .outerjoin(Delivery, Delivery.id == entry.c.delivery_id)
        .where(Recipient.subscription_id == subscription_id)
        .order_by(Recipient.id, entry.c.match_id)
    )
    return [Carried(**row._asdict()) for row in conn.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleMatch:
    """A match of an article, with its subscription."""

    match_id: int
    subscription_id: int
    subscription: str
    state: str
    query: str
    status: str
    revision_id: int | None
    matched_at: datetime
    because: list[list[Any]]


def read_article_matches(conn: Connection, article_id: int, *, limit: int) -> list[ArticleMatch]:
    """Return the latest matches of an article with any subscription."""
    query = (
        select(
            MatchRow.id.label("match_id"),
            MatchRow.subscription_id,
            Subscription.name.label("subscription"),
            Subscription.state,
            Subscription.query,
            MatchRow.status,
            MatchRow.revision_id,
            MatchRow.matched_at,
            MatchRow.because,
        )
        .join(Subscription, Subscription.id == MatchRow.subscription_id)
        .where(MatchRow.article_id == article_id)
        .order_by(MatchRow.id.desc())
        .limit(limit)
    )
    return [ArticleMatch(**row._asdict()) for row in conn.execute(query)]
