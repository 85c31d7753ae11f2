"""Polls: due feeds, claims on them, and results."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, case, func, or_, select, update

from db.collection.feeds.days import ListingPolled, record_poll_of_day
from db.collection.feeds.feeds import ASKED, LISTED
from db.enums.collection import FeedKind, FeedState
from db.enums.outcomes import RequestOutcome
from db.models import Feed, Source
from db.models.base import UtcDateTime
from db.net.urls import read_host

OLDER_ENTRIES = "its first poll goes on with its older entries"
"""The reason for the time of a request that is for another page of a feed."""


@dataclass(frozen=True, slots=True)
class HubKnown:
    """The latest confirmation and the latest push of a feed's hub."""

    lease_until: datetime | None
    pushed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDue:
    """A due feed, with the fields for a poll."""

    id: int
    source_id: str
    url: str
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    failures: int
    polled_at: datetime | None
    succeeded_at: datetime | None
    state: str = FeedState.ACTIVE
    last_outcome: str | None = None
    rule: str | None = None
    """The rule of its outlet, see `db.collection.sources.unverified`."""
    unverified: str | None = None
    """The fault of the certificate at the last successful poll."""
    kind: str = FeedKind.FEED
    history: Mapping[str, Any] = field(default_factory=dict)
    listing: bytes | None = None
    newest_at: datetime | None = None
    floor_s: int | None = None
    ceiling_s: int | None = None
    link_pattern: str | None = None
    followed_since: datetime | None = None
    parent_id: int | None = None
    children: tuple[str, ...] = ()
    """For a sitemap: the addresses of its children that are followed."""
    domains: tuple[str, ...] = ()
    """For a sitemap: the registered domains of its outlet."""
    articles: tuple[str, ...] = ()
    """For a section page: addresses of its outlet's articles."""
    others: tuple[str, ...] = ()
    """For a section page: addresses of pages of its outlet that were no articles."""
    hub: HubKnown | None = None

    @property
    def is_child(self) -> bool:
        """True if an index of sitemaps named it."""
        return self.parent_id is not None

    @property
    def host(self) -> str:
        """Return the host that this poll requests from."""
        return read_host(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPolled:
    """The result of a poll; `state` is `active` or `gone`."""

    feed_id: int
    polled_at: datetime
    outcome: RequestOutcome
    error: str | None
    state: FeedState
    next_poll_at: datetime
    failures: int
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    title: str | None = None
    unverified: str | None = None
    succeeded: bool = False
    changed: bool = False
    because: str | None = None
    """The reason for the time of the next poll."""
    history: Mapping[str, Any] | None = None
    """The new history; None: as before."""
    listing: bytes | None = None
    """The keys of its entries; None: as before."""
    listed: ListingPolled | None = None
    newest_at: datetime | None = None
    moved_to: str | None = None
    """The address to poll from now on; None: as before."""


def find_due_feeds(
    conn: Connection,
    *,
    now: datetime,
    limit: int,
    resting: Collection[str] = (),
    source_id: str | None = None,
    not_since: datetime | None = None,
) -> list[FeedDue]:
    """Return at most `limit` unclaimed due feeds, longest due first, one for each host that is not resting.

    `not_since` leaves out those polled then or later.
    """
    query = (
        select(
            Feed.id,
            Feed.source_id,
            Feed.url,
            Feed.etag,
            Feed.last_modified,
            Feed.body_hash,
            Feed.failures,
            Feed.polled_at,
            Feed.succeeded_at,
            Feed.state,
            Feed.last_outcome,
            Source.unverified.label("rule"),
            Feed.unverified,
            Feed.kind,
            Feed.history,
            Feed.listing,
            Feed.newest_at,
            Feed.floor_s,
            Feed.ceiling_s,
            Feed.link_pattern,
            Feed.followed_since,
            Feed.parent_id,
        )
        .join(Source, Source.id == Feed.source_id)
        .where(Feed.state.in_(ASKED), Feed.next_poll_at <= now, LISTED)
        .where(or_(Feed.claimed_until.is_(None), Feed.claimed_until < now))
        .order_by(Feed.next_poll_at, Feed.id)
        .execution_options(yield_per=max(20, 2 * limit))
    )
    if source_id is not None:
        query = query.where(Feed.source_id == source_id)
    if not_since is not None:
        is_left = or_(Feed.polled_at.is_(None), Feed.polled_at < not_since)
        query = query.where(or_(is_left, Feed.next_poll_because == OLDER_ENTRIES))
    found: list[FeedDue] = []
    taken = set(resting)
    with conn.execute(query) as rows:
        for row in rows:
            feed = FeedDue(**row._asdict())
            if feed.host in taken:
                continue  # one feed per host: this one stays due
            taken.add(feed.host)
            found.append(feed)
            if len(found) >= limit:
                break
    return found


def claim_feeds(conn: Connection, feed_ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
    """Claim feeds for `lease_s` seconds; return those that no other process claimed first."""
    taken = conn.execute(
        update(Feed)
        .where(Feed.id.in_(feed_ids), Feed.state.in_(ASKED), Feed.next_poll_at <= now)
        .where(or_(Feed.claimed_until.is_(None), Feed.claimed_until < now))
        .values(claimed_until=now + timedelta(seconds=lease_s))
        .returning(Feed.id)
    )
    return set(taken.scalars())


def renew_feed_claims(conn: Connection, feed_ids: Collection[int], *, until: datetime | None) -> None:
    """Extend claims until then; None releases them."""
    conn.execute(update(Feed).where(Feed.id.in_(feed_ids), Feed.claimed_until.is_not(None)).values(claimed_until=until))


def record_poll(conn: Connection, polled: FeedPolled) -> None:
    """Store the result of a poll and release the feed. An older poll never overwrites a newer one."""
    values: dict[str, object] = {
        "polled_at": polled.polled_at,
        "next_poll_at": polled.next_poll_at,
        "claimed_until": None,
        "failures": polled.failures,
        "etag": polled.etag,
        "last_modified": polled.last_modified,
        "body_hash": polled.body_hash,
        "last_outcome": polled.outcome,
        "last_error": polled.error,
        "next_poll_because": polled.because,
    }
    for name in ("history", "listing", "newest_at"):
        if (value := getattr(polled, name)) is not None:
            values[name] = value
    if polled.succeeded:
        values["succeeded_at"], values["unverified"] = polled.polled_at, polled.unverified
    if polled.changed:
        values["changed_at"] = polled.polled_at
    if polled.title:
        values["title"] = polled.title
    statement = _update_poll(frozenset(values), polled.state, polled.succeeded)
    if conn.execute(statement, {"poll_of": polled.feed_id, **values}).rowcount:
        record_poll_of_day(conn, polled.feed_id, at=polled.polled_at, failed=not polled.succeeded, listed=polled.listed)
        if polled.moved_to is not None:
            _move(conn, polled.feed_id, polled.moved_to)


@lru_cache(maxsize=128)
def _update_poll(columns: frozenset[str], state: FeedState, succeeded: bool) -> Update:
    """Return the statement that sets these columns: built once, since that takes longer than to run it."""
    polled_at = bindparam("polled_at", type_=UtcDateTime())
    values: dict[str, Any] = {name: bindparam(name) for name in sorted(columns)}
    values["polled_at"] = polled_at
    if succeeded:
        values["followed_since"] = func.coalesce(Feed.followed_since, polled_at)
    # a person may have paused it meanwhile
    if state == FeedState.GONE:
        values["state"] = case((Feed.state == FeedState.ACTIVE, FeedState.GONE), else_=Feed.state)
    elif succeeded:
        values["state"] = case((Feed.state == FeedState.GONE, FeedState.ACTIVE), else_=Feed.state)
    is_newer = or_(Feed.polled_at.is_(None), Feed.polled_at <= polled_at)
    return update(Feed).where(Feed.id == bindparam("poll_of"), is_newer).values(**values)


def record_feed_page(
    conn: Connection, feed_id: int, *, history: Mapping[str, Any], next_poll_at: datetime, because: str | None
) -> None:
    """Store the result of a request for another page of a feed, and release the feed."""
    values = {"history": history, "next_poll_at": next_poll_at, "next_poll_because": because, "claimed_until": None}
    conn.execute(update(Feed).where(Feed.id == feed_id).values(**values))


def _move(conn: Connection, feed_id: int, url: str) -> None:
    """Give a feed another address; if another feed has that address already, this one is retired."""
    if conn.scalar(select(Feed.id).where(Feed.url == url)) is None:
        conn.execute(update(Feed).where(Feed.id == feed_id).values(url=url))
    else:
        conn.execute(update(Feed).where(Feed.id == feed_id).values(state=FeedState.RETIRED))
