"""Feeds: due dates, claims, and results of polls."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, func, literal, or_, select, update

from db.dialect import insert
from db.enums.collection import FeedState
from db.enums.outcomes import RequestOutcome, Stage
from db.models import Feed, Problem, Source
from db.models.base import UtcDateTime
from db.net.urls import host_of
from db.outcomes import ProblemSeen, record_problems

ASKED = (FeedState.ACTIVE, FeedState.GONE)
"""States of feeds that are polled when due."""

NETWORK_SUBJECT = "outlets"
"""The key of the row in `problems` that exists exactly while no outlet is reachable."""


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
    """The rule of its outlet, see `db.collection.unverified`."""
    unverified: str | None = None
    """The fault of the certificate at the last successful poll."""

    @property
    def host(self) -> str:
        """Return the host that this poll requests from."""
        return host_of(self.url)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """The health of a feed, for display."""

    id: int
    source_id: str
    url: str
    title: str | None
    confidence: str | None
    state: str
    next_poll_at: datetime
    polled_at: datetime | None
    succeeded_at: datetime | None
    changed_at: datetime | None
    failures: int
    last_outcome: str | None
    last_error: str | None
    unverified: str | None = None
    """The fault of the certificate at the last successful poll; None if there was none."""


def add_feed(
    conn: Connection,
    *,
    source_id: str,
    url: str,
    now: datetime,
    title: str | None = None,
    confidence: str | None = None,
    state: str = FeedState.ACTIVE,
) -> int:
    """Return the id of the feed at `url`; a new one is due at once. Adding it again changes nothing."""
    row = {
        "source_id": source_id,
        "url": url,
        "title": title,
        "confidence": confidence,
        "state": state,
        "next_poll_at": now,
        "failures": 0,
    }
    conn.execute(insert(conn, Feed).on_conflict_do_nothing(index_elements=["url"]), row)
    return conn.execute(select(Feed.id).where(Feed.url == url)).scalar_one()


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
        )
        .join(Source, Source.id == Feed.source_id)
        .where(Feed.state.in_(ASKED), Feed.next_poll_at <= now)
        .where(or_(Feed.claimed_until.is_(None), Feed.claimed_until < now))
        .order_by(Feed.next_poll_at, Feed.id)
        .execution_options(yield_per=200)
    )
    if source_id is not None:
        query = query.where(Feed.source_id == source_id)
    if not_since is not None:
        query = query.where(or_(Feed.polled_at.is_(None), Feed.polled_at < not_since))
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
    }
    if polled.succeeded:
        values["succeeded_at"], values["unverified"] = polled.polled_at, polled.unverified
        values["followed_since"] = func.coalesce(Feed.followed_since, literal(polled.polled_at, UtcDateTime()))
    if polled.changed:
        values["changed_at"] = polled.polled_at
    if polled.title:
        values["title"] = polled.title
    # a person may have paused it meanwhile
    if polled.state == FeedState.GONE:
        values["state"] = case((Feed.state == FeedState.ACTIVE, FeedState.GONE), else_=Feed.state)
    elif polled.succeeded:
        values["state"] = case((Feed.state == FeedState.GONE, FeedState.ACTIVE), else_=Feed.state)
    conn.execute(
        update(Feed)
        .where(Feed.id == polled.feed_id, or_(Feed.polled_at.is_(None), Feed.polled_at <= polled.polled_at))
        .values(**values)
    )


def has_any_succeeded(conn: Connection) -> bool:
    """Return whether any feed was ever polled successfully."""
    return conn.scalar(select(Feed.id).where(Feed.succeeded_at.is_not(None)).limit(1)) is not None


def make_feeds_due(conn: Connection, *, now: datetime, source_id: str | None = None) -> int:
    """Make all active feeds (of one source) due now; return their number."""
    statement = update(Feed).where(Feed.state == FeedState.ACTIVE).values(next_poll_at=now)
    if source_id is not None:
        statement = statement.where(Feed.source_id == source_id)
    return conn.execute(statement).rowcount


def record_network(conn: Connection, reason: str | None, *, at: datetime) -> None:
    """Record that no outlet is reachable, with the reason; None deletes the record."""
    if reason is None:
        conn.execute(delete(Problem).where(Problem.stage == Stage.NETWORK, Problem.subject == NETWORK_SUBJECT))
    else:
        record_problems(conn, Stage.NETWORK, [ProblemSeen(NETWORK_SUBJECT, reason)], at=at)


def find_network_problem(conn: Connection) -> str | None:
    """Return the reason why no outlet is reachable; None if there is no known problem."""
    return conn.scalar(select(Problem.reason).where(Problem.stage == Stage.NETWORK, Problem.subject == NETWORK_SUBJECT))


def iter_feeds(conn: Connection, *, source_id: str | None = None) -> Iterator[FeedHealth]:
    """Yield feeds with their health, by source and address."""
    query = select(
        Feed.id,
        Feed.source_id,
        Feed.url,
        Feed.title,
        Feed.confidence,
        Feed.state,
        Feed.next_poll_at,
        Feed.polled_at,
        Feed.succeeded_at,
        Feed.changed_at,
        Feed.failures,
        Feed.last_outcome,
        Feed.last_error,
        Feed.unverified,
    ).order_by(Feed.source_id, Feed.url)
    if source_id is not None:
        query = query.where(Feed.source_id == source_id)
    for row in conn.execute(query):
        yield FeedHealth(**row._asdict())


def count_feeds(conn: Connection, *, source_id: str | None = None) -> dict[str, int]:
    """Return the number of feeds (of one source) by state: `active`, `paused`, `gone`; of the active also `failing`,
    `never polled`.
    """
    query = select(
        Feed.state,
        func.count(),
        func.sum(case((Feed.failures > 0, 1), else_=0)),
        func.sum(case((Feed.polled_at.is_(None), 1), else_=0)),
    ).group_by(Feed.state)
    if source_id is not None:
        query = query.where(Feed.source_id == source_id)
    counts = {FeedState.ACTIVE: 0, FeedState.PAUSED: 0, FeedState.GONE: 0, "failing": 0, "never polled": 0}
    for state, feeds, failing, unpolled in conn.execute(query):
        counts[state] = feeds
        if state == FeedState.ACTIVE:
            counts["failing"], counts["never polled"] = int(failing), int(unpolled)
    return counts


def count_due_feeds(conn: Connection, *, now: datetime, source_id: str | None = None) -> int:
    """Return the number of due feeds (of one source), claimed or not."""
    query = select(func.count()).select_from(Feed).where(Feed.state.in_(ASKED), Feed.next_poll_at <= now)
    if source_id is not None:
        query = query.where(Feed.source_id == source_id)
    return conn.scalar(query) or 0
