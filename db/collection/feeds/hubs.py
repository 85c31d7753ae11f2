"""Hubs of feeds (WebSub): subscriptions to ask for, what hubs confirmed, and what they told."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from db.collection.feeds.feeds import LISTED
from db.collection.feeds.polls import OLDER_ENTRIES, FeedDue, HubKnown
from db.dialect import insert
from db.enums.collection import CertificateRule, FeedState
from db.models import Feed, HubSubscription
from db.net.urls import read_host

PUSHED = "its hub told of new entries"
"""The reason for the time of a poll that a push asked for."""
_CHANGED_PAUSE = timedelta(hours=1)
"""Shortest pause between requests about one feed when it names another hub each time."""

_LOOKED_THROUGH = 64
"""Rows among which subscriptions at different hosts are looked for at once."""

_IS_WANTED: ColumnElement[bool] = and_(
    Feed.state == FeedState.ACTIVE, LISTED, or_(Feed.changed_at.is_(None), HubSubscription.named_at >= Feed.changed_at)
)
"""Condition for feeds that still name the hub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubDue:
    """A subscription to ask a hub for now."""

    id: int
    feed_id: int
    source_id: str
    url: str
    """The address of the hub."""
    host: str
    topic_url: str
    token: str
    secret: str
    failures: int
    asked_at: datetime | None
    verified_at: datetime | None
    etag: None = None
    last_modified: None = None
    unverified: None = None
    last_outcome: None = None
    rule: str = CertificateRule.NEVER
    """The request carries a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubCall:
    """A subscription that a hub calls about, with its feed."""

    id: int
    feed_id: int
    source_id: str
    topic_url: str
    secret: str
    is_wanted: bool
    """True if we asked for it, and the feed is collected and still names the hub."""
    pushed_at: datetime | None
    idle_pushes: int
    polled_at: datetime | None
    changed_at: datetime | None
    next_poll_at: datetime
    failures: int
    floor_s: int | None


def with_hubs(conn: Connection, feeds: Sequence[FeedDue]) -> list[FeedDue]:
    """Return the feeds, those with a hub with what it confirmed and told."""
    if not feeds:
        return []
    query = select(HubSubscription.feed_id, HubSubscription.lease_until, HubSubscription.pushed_at)
    query = query.where(HubSubscription.feed_id.in_([feed.id for feed in feeds]))
    hubs = {row.feed_id: HubKnown(row.lease_until, row.pushed_at) for row in conn.execute(query)}
    return [replace(feed, hub=hubs[feed.id]) if feed.id in hubs else feed for feed in feeds]


def record_hub(conn: Connection, feed_id: int, *, url: str, topic_url: str, now: datetime) -> None:
    """Store that a feed names this hub. A hub or topic other than before is asked anew, with new secrets."""
    query = select(HubSubscription.hub_url, HubSubscription.topic_url, HubSubscription.asked_at)
    known = conn.execute(query.where(HubSubscription.feed_id == feed_id)).first()
    mine = HubSubscription.feed_id == feed_id
    if known is not None and (known.hub_url, known.topic_url) == (url, topic_url):
        conn.execute(update(HubSubscription).where(mine).values(named_at=now))
        return
    values = {
        "hub_url": url,
        "host": read_host(url),
        "topic_url": topic_url,
        "token": secrets.token_urlsafe(32),
        "secret": secrets.token_hex(32),
        "named_at": now,
        "next_at": now,
        **dict.fromkeys(("public_url", "asked_at", "verified_at", "lease_until", "pushed_at", "last_error")),
        **dict.fromkeys(("idle_pushes", "failures"), 0),
    }
    if known is not None and known.asked_at is not None:
        values["next_at"] = max(now, known.asked_at + _CHANGED_PAUSE)
    row = insert(conn, HubSubscription).values(feed_id=feed_id, **values)
    conn.execute(row.on_conflict_do_update(index_elements=["feed_id"], set_=values))


def find_due_hubs(conn: Connection, *, now: datetime, limit: int, resting: Collection[str]) -> list[HubDue]:
    """Return at most `limit` unclaimed subscriptions to ask for, one for each host that is not resting."""
    query = (
        select(
            HubSubscription.id,
            HubSubscription.feed_id,
            Feed.source_id,
            HubSubscription.hub_url.label("url"),
            HubSubscription.host,
            HubSubscription.topic_url,
            HubSubscription.token,
            HubSubscription.secret,
            HubSubscription.failures,
            HubSubscription.asked_at,
            HubSubscription.verified_at,
        )
        .join(Feed, Feed.id == HubSubscription.feed_id)
        .where(_IS_WANTED, HubSubscription.next_at <= now, HubSubscription.host.not_in(list(resting)))
        .where(or_(HubSubscription.claimed_until.is_(None), HubSubscription.claimed_until < now))
        .order_by(HubSubscription.next_at, HubSubscription.id)
        .limit(_LOOKED_THROUGH)
    )
    found: list[HubDue] = []
    for row in conn.execute(query):
        if len(found) < limit and all(due.host != row.host for due in found):
            found.append(HubDue(**row._asdict()))
    return found


def ask_hubs_anew(conn: Connection, *, public_url: str, now: datetime) -> int:
    """Make subscriptions due that were asked for with another public address of ours; return their number."""
    elsewhere = update(HubSubscription).where(HubSubscription.public_url != public_url)
    return conn.execute(elsewhere.values(next_at=now, public_url=public_url)).rowcount


def claim_hubs(conn: Connection, ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
    """Claim subscriptions for `lease_s` seconds; return those that no other process claimed first.

    From now on they count as asked for: a hub may confirm before it answers the request.
    """
    taken = conn.execute(
        update(HubSubscription)
        .where(HubSubscription.id.in_(ids))
        .where(or_(HubSubscription.claimed_until.is_(None), HubSubscription.claimed_until < now))
        .values(claimed_until=now + timedelta(seconds=lease_s), asked_at=now)
        .returning(HubSubscription.id)
    )
    return set(taken.scalars())


def renew_hub_claims(conn: Connection, ids: Collection[int], *, until: datetime | None) -> None:
    """Extend claims until then; None releases them."""
    held = update(HubSubscription).where(HubSubscription.id.in_(ids), HubSubscription.claimed_until.is_not(None))
    conn.execute(held.values(claimed_until=until))


def record_hub_asked(
    conn: Connection, id: int, *, public_url: str, next_at: datetime, failures: int, error: str | None
) -> None:
    """Store the answer of a hub, and release the subscription; what the hub confirmed meanwhile stays."""
    mine = HubSubscription.id == id
    conn.execute(update(HubSubscription).where(mine).values(claimed_until=None, public_url=public_url))
    is_open = or_(HubSubscription.verified_at.is_(None), HubSubscription.verified_at < HubSubscription.asked_at)
    values = {"next_at": next_at, "failures": failures, "last_error": error}
    conn.execute(update(HubSubscription).where(mine, is_open).values(**values))


def find_hub_call(conn: Connection, token: str) -> HubCall | None:
    """Return the subscription with this secret address; None if there is none."""
    query = (
        select(
            HubSubscription.id,
            HubSubscription.feed_id,
            Feed.source_id,
            HubSubscription.topic_url,
            HubSubscription.secret,
            and_(_IS_WANTED, HubSubscription.asked_at.is_not(None)).label("is_wanted"),
            HubSubscription.pushed_at,
            HubSubscription.idle_pushes,
            Feed.polled_at,
            Feed.changed_at,
            Feed.next_poll_at,
            Feed.failures,
            Feed.floor_s,
        )
        .join(Feed, Feed.id == HubSubscription.feed_id)
        .where(HubSubscription.token == token)
    )
    row = conn.execute(query).first()
    return HubCall(**row._asdict()) if row is not None else None


def record_hub_verified(conn: Connection, id: int, *, now: datetime, lease_until: datetime, next_at: datetime) -> None:
    """Store that a hub confirmed a subscription until `lease_until`; it is renewed at `next_at`."""
    values = {"verified_at": now, "lease_until": lease_until, "next_at": next_at, "failures": 0, "last_error": None}
    conn.execute(update(HubSubscription).where(HubSubscription.id == id).values(**values))


def record_hub_denied(conn: Connection, id: int, *, now: datetime, reason: str, next_at: datetime) -> None:
    """Store that a hub ended or denied a subscription; it is asked again at `next_at`."""
    values = {"verified_at": now, "lease_until": None, "next_at": next_at, "last_error": reason}
    conn.execute(
        update(HubSubscription).where(HubSubscription.id == id).values(failures=HubSubscription.failures + 1, **values)
    )


def record_push(conn: Connection, call: HubCall, *, now: datetime, poll_at: datetime | None, idle_pushes: int) -> bool:
    """Store a push; with `poll_at` its feed is polled then. Return whether that is earlier than planned."""
    values = {"pushed_at": now, "idle_pushes": idle_pushes}
    conn.execute(update(HubSubscription).where(HubSubscription.id == call.id).values(**values))
    return poll_at is not None and _bring_forward(conn, call.feed_id, poll_at)


def recall_push(conn: Connection, feed_id: int, *, asked_at: datetime, poll_at: datetime) -> bool:
    """Have a feed polled again at `poll_at` if a push came while it was polled: after `asked_at`."""
    pushed = select(HubSubscription.pushed_at).where(HubSubscription.feed_id == feed_id)
    at = conn.scalar(pushed)
    return at is not None and at > asked_at and _bring_forward(conn, feed_id, poll_at)


def _bring_forward(conn: Connection, feed_id: int, poll_at: datetime) -> bool:
    """Have a feed polled at `poll_at` if that is earlier than planned, and it neither fails nor reads older entries."""
    is_free = or_(Feed.next_poll_because.is_(None), Feed.next_poll_because != OLDER_ENTRIES)
    statement = update(Feed).where(Feed.id == feed_id, Feed.state == FeedState.ACTIVE, Feed.failures == 0, is_free)
    moved = conn.execute(
        statement.where(Feed.next_poll_at > poll_at).values(next_poll_at=poll_at, next_poll_because=PUSHED)
    )
    return moved.rowcount > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRow:
    """A feed's hub and our subscription there, for display."""

    feed_id: int
    hub_url: str
    asked_at: datetime | None
    lease_until: datetime | None
    pushed_at: datetime | None
    next_at: datetime
    last_error: str | None
    history: Mapping[str, Any]
    """Of the feed."""


def list_hubs(conn: Connection, feed_ids: Iterable[int]) -> dict[int, HubRow]:
    """Return the hubs that these feeds name, by feed."""
    columns = [getattr(HubSubscription, name) for name in HubRow.__slots__ if name != "history"]
    query = select(*columns, Feed.history).join(Feed, Feed.id == HubSubscription.feed_id)
    query = query.where(HubSubscription.feed_id.in_(list(feed_ids)), _IS_WANTED)
    return {row.feed_id: HubRow(**row._asdict()) for row in conn.execute(query)}
