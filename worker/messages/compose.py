"""Rows → messages: the content of a delivery, a feed or a test message."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from db.alerts import message_rows, outbox, subscriptions
from db.alerts.channels import FEED, find_recipients
from db.alerts.deliveries import DeliveryOut
from db.alerts.message_rows import MatchDetails
from db.alerts.subscriptions import SubscriptionRow
from db.articles.counting_day import zone_name
from db.articles.texts import TextRow
from db.enums.alerts import DeliveryKind, MatchStatus, RecipientState, SubscriptionKind
from db.enums.vocabulary import MentionField
from db.status import OutletState, list_outlets
from db.text.headlines import headline
from worker.lib.cadence import zone_for
from worker.messages.because import to_stored_terms
from worker.messages.links import Links
from worker.messages.message import (
    REPRINTS_MAX,
    STORIES_MAX,
    Message,
    MessageItem,
    OutletStatus,
    Publication,
    list_terms,
)
from worker.messages.snippet import marked, snippet

if TYPE_CHECKING:
    from worker.query.evaluate import Verdict

_OUTLETS_MAX = 20


def compose_message(conn: Connection, delivery: DeliveryOut, links: Links) -> Message:
    """Return the message of a delivery to a recipient, from the current state of the database."""
    assert delivery.subscription_id is not None
    assert delivery.token is not None
    subscription = subscriptions.get_subscription(conn, delivery.subscription_id)
    found, total = message_rows.read_delivery(conn, delivery.id, stories=STORIES_MAX)
    first_told = message_rows.read_first_told(conn, delivery.id)
    reprints, reprints_total = message_rows.read_reprints(conn, delivery.id, limit=REPRINTS_MAX)
    lines, well = _outlets(conn) if delivery.kind == DeliveryKind.QUIET else ((), 0)
    thread = outbox.make_key(delivery.token, found[0].story) if delivery.kind == DeliveryKind.MATCH and found else ""
    return Message(
        key=delivery.key,
        kind=delivery.kind,
        subscription=subscription.name,
        question=describe_subscription(subscription),
        created_at=delivery.created_at,
        items=compose_items(conn, found, first_told),
        more=total - len(found),
        reprints=tuple(place for details in reprints if (place := _place(details))),
        more_reprints=reprints_total - len(reprints),
        outlets=lines,
        outlets_well=well,
        unsubscribe_url=links.unsubscribe(delivery.token),
        feed_url=links.feed(subscription_feed(conn, subscription.id)),
        zone=zone_for(subscription.cadence, zone_name(conn)),
        story_key=thread,
    )


def compose_test_message(
    name: str, question: str, row: TextRow | None, verdict: Verdict | None, *, now: datetime, zone: str
) -> Message:
    """Return a message that proves that messages arrive: about an article, if there is one."""
    items: tuple[MessageItem, ...] = ()
    if row is not None and verdict is not None:
        because = to_stored_terms(verdict)
        details = MatchDetails(
            match_id=0,
            story=0,
            status=MatchStatus.NEWS,
            matched_at=now,
            because=because,
            facts={},
            article_id=row.article_id,
            url=row.url,
            published_at=row.dated_at,
            published_is_day=False,
            source_name=row.source_name,
            title=row.title,
            author=row.author,
            language=row.language,
            text=row.text,
        )
        items = (_item(details, (), is_first=True),)
    key = f"test-{secrets.token_hex(12)}"
    return Message(
        key=key,
        kind=DeliveryKind.MATCH if items else DeliveryKind.DIGEST,
        subscription=name,
        question=question,
        created_at=now,
        items=items,
        zone=zone,
        test=True,
    )


def describe_subscription(subscription: SubscriptionRow) -> str:
    """Return the query of a subscription, or a description of another kind."""
    if subscription.kind == SubscriptionKind.SILENCE:
        return f"{subscription.query} brings nothing for {subscription.max_age_h} hours"
    if subscription.kind == SubscriptionKind.BURST:
        return f"attention to {subscription.query} is unusual"
    if subscription.kind == SubscriptionKind.HEALTH:
        outlet = "an outlet" if subscription.query == subscriptions.ALL_OUTLETS else subscription.query
        return f"{outlet} is not collected as it should be"
    return subscription.query


def subscription_feed(conn: Connection, subscription_id: int) -> str | None:
    """Return the secret of a subscription's feed; None if it has none."""
    for recipient in find_recipients(conn, [subscription_id]):
        if recipient.channel.kind == FEED and recipient.state == RecipientState.ACTIVE:
            return recipient.feed_token
    return None


def compose_items(conn: Connection, found: Sequence[MatchDetails], first_told: set[int]) -> tuple[MessageItem, ...]:
    """Return matches as items; an edit of a story in `first_told` is no separate news."""
    also = message_rows.read_also(conn, [details.story for details in found])
    return tuple(_item(details, also.get(details.story, []), details.story in first_told) for details in found)


def _item(details: MatchDetails, also: Sequence[tuple[str, str, str]], is_first: bool) -> MessageItem:
    status = MatchStatus.NEWS if details.status == MatchStatus.REVISED and is_first else details.status
    if details.article_id is None:
        event = str(details.facts.get("headline", ""))
        detail = str(details.facts.get("detail", ""))
        title, body = marked(event, ()), marked(detail, ()) if detail else ()
    else:
        text = details.text or ""
        title = marked(headline(details.title, text), _spans(details, MentionField.TITLE))
        body = snippet(text, _spans(details, "text"))
    return MessageItem(
        match_id=details.match_id,
        story=details.story,
        status=status,
        title=title,
        snippet=body,
        terms=list_terms(details.because),
        matched_at=details.matched_at,
        place=_place(details),
        article_id=details.article_id,
        author=details.author,
        language=details.language,
        dated_at=details.published_at,
        is_day=bool(details.published_is_day),
        because=details.because,
        also=tuple(Publication(outlet, url, heading) for outlet, url, heading in also[:REPRINTS_MAX]),
        more_also=max(0, len(also) - REPRINTS_MAX),
        **_behind(details.facts),
    )


def _behind(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the articles behind an event, if it has any."""
    stories, articles = facts.get("stories", ()), facts.get("articles", ())
    if not (stories or articles):
        return {}
    return {
        "lead": str(facts.get("lead", "")),
        "stories": tuple((Publication("", story["url"], story["headline"]), story["articles"]) for story in stories),
        "articles": tuple(Publication(row["outlet"], row["url"], row["headline"]) for row in articles),
    }


def _spans(details: MatchDetails, field: str) -> list[tuple[int, int]]:
    return [(entry[1], entry[2]) for entry in details.because if entry[0] == field and entry[1] is not None]


def _place(details: MatchDetails) -> Publication | None:
    if details.url is None:
        return None
    return Publication(details.source_name or "", details.url, headline(details.title, details.text))


def _outlets(conn: Connection) -> tuple[tuple[OutletStatus, ...], int]:
    """Return the outlets with problems, and the number of healthy ones."""
    outlets = list_outlets(conn)
    trouble = [outlet for outlet in outlets if outlet.state is OutletState.FAILING]
    lines = tuple(OutletStatus(o.name, o.last_error or o.state, o.succeeded_at) for o in trouble[:_OUTLETS_MAX])
    return lines, sum(outlet.state is OutletState.OK for outlet in outlets)
