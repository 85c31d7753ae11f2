"""Subscriptions of a large store, with the matches and deliveries of its last year."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from benchmarks.bigstore.loading import Loader, Row
from benchmarks.bigstore.material import Material
from benchmarks.bigstore.plan import Plan
from benchmarks.bigstore.rows import WatchedMention
from db.alerts.channels import record_channel, record_recipient
from db.alerts.subscriptions import SubscriptionIn, record_subscription
from db.enums.alerts import DeliveryKind, DeliveryState, MatchStatus, SubscriptionKind

_RANKS = range(30, 70)
"""Ranks by frequency of the watched entities."""
_MATCH = "id, subscription_id, event, article_id, revision_id, status, item_id, because, facts, matched_at"
_DELIVERY = (
    "id, channel_id, recipient_id, key, kind, notice, state, due_at, attempts, error, created_at, sent_at, messages,"
    " told"
)
_WATCHED_DAYS = 365


def watched_entities(material: Material) -> list[int]:
    """Return the entities that somebody watches; each has one subscription, in this order."""
    return [int(material.by_rank[rank]) for rank in _RANKS if rank < len(material.by_rank)]


@dataclass(frozen=True, slots=True)
class _Standing:
    """A subscription, with its recipient and channel."""

    subscription: int
    recipient: int
    channel: int
    at_once: bool
    term: str


def add_subscriptions(conn: Connection, material: Material, now: datetime) -> dict[int, _Standing]:
    """Store a subscription for each watched entity, with one recipient; and one each for a silence and a burst."""
    standing = {}
    channels = [
        record_channel(conn, "email", "desk@office.example"),
        record_channel(conn, "email", "analyst@office.example"),
        record_channel(conn, "webhook", "https://hooks.office.example/news", is_signed=True),
    ]
    for place, entity in enumerate(watched_entities(material)):
        at_once = place % 3 == 0
        name, term = f"Watch {material.entities[entity]}"[:100], f"entity:{material.entities[entity]}"
        new = SubscriptionIn(name=name, query=term, cadence="at once" if at_once else "daily 08:00 Asia/Almaty")
        subscription = record_subscription(conn, new, now=now - timedelta(days=_WATCHED_DAYS))
        channel = channels[place % len(channels)]
        due = None if at_once else now + timedelta(days=30)
        record_recipient(conn, subscription, channel, due_at=due)
        standing[entity] = _Standing(subscription, place + 1, channel, at_once, term)
    outlet, entity_id = material.outlets[0].id, material.entities[int(material.by_rank[0])]
    for kind, query in ((SubscriptionKind.SILENCE, outlet), (SubscriptionKind.BURST, entity_id)):
        record_subscription(conn, SubscriptionIn(name=f"{kind} of {query}", query=query, kind=kind), now=now)
    return standing


def write_matches(
    loader: Loader, plan: Plan, hits: Sequence[WatchedMention], standing: dict[int, _Standing], last: date
) -> dict[str, int]:
    """Write matches, deliveries and what they deliver; return their numbers."""
    since = datetime.combine(last, time()) - timedelta(days=_WATCHED_DAYS)
    matches: list[Row] = []
    told: dict[tuple[int, str], list[int]] = {}
    firsts: dict[tuple[int, int], int] = {}
    for hit in hits:
        if hit.at < since:
            continue
        one = standing[hit.mention.named.entity]
        number, story = len(matches) + 1, int(plan.story[hit.article - 1])
        item = firsts.setdefault((one.subscription, story), number)
        is_news = item == number
        matches.append(_match(number, one, hit, None if is_news else item))
        if is_news or not one.at_once:
            what = f"{number}" if one.at_once else f"{hit.at + timedelta(hours=21):%Y-%m-%d}"
            told.setdefault((one.recipient, what), []).append(number)
    at = {int(row[0]): str(row[-1]) for row in matches}
    by_recipient = {one.recipient: one for one in standing.values()}
    deliveries = [
        _delivery(number, by_recipient[recipient], what, len(found), at[found[-1]])
        for number, ((recipient, what), found) in enumerate(told.items(), 1)
    ]
    entries = sorted(
        (recipient, match, number) for number, ((recipient, _), found) in enumerate(told.items(), 1) for match in found
    )
    loader.write("matches", _MATCH, matches)
    loader.write("deliveries", _DELIVERY, deliveries)
    loader.write("outbox_entries", "recipient_id, match_id, delivery_id", entries)
    return {"matches": len(matches), "deliveries": len(deliveries)}


def _match(number: int, one: _Standing, hit: WatchedMention, item: int | None) -> Row:
    named, start, end = hit.mention
    because = json.dumps([[hit.field, start, end, named.surface, one.term]], ensure_ascii=False)
    status = MatchStatus.NEWS if item is None else MatchStatus.ALSO
    event = f"revision {hit.article}"
    return (
        number, one.subscription, event, hit.article, hit.article, status.value, item, because, "{}",
        f"{hit.at + timedelta(minutes=1)}",
    )  # fmt: skip


def _delivery(number: int, one: _Standing, what: str, told: int, at: str) -> Row:
    is_dead = number % 211 == 0
    kind = DeliveryKind.MATCH if one.at_once else DeliveryKind.DIGEST
    state = DeliveryState.DEAD if is_dead else DeliveryState.SENT
    return (
        number, one.channel, one.recipient, f"{one.recipient:08x}{number:024x}", kind.value, "{}", state.value, at,
        6 if is_dead else 1, "550 no such mailbox" if is_dead else None, at, None if is_dead else at, int(not is_dead),
        told,
    )  # fmt: skip
