"""Feeds: due dates, claims, and results of polls."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, case, delete, func, select, update

from db.dialect import insert
from db.enums.collection import Confidence, FeedKind, FeedState
from db.enums.outcomes import Stage
from db.models import Feed, Problem
from db.outcomes import ProblemSeen, record_problems

ASKED = (FeedState.ACTIVE, FeedState.GONE)
"""States of feeds that are polled when due."""

LISTED = Feed.kind != FeedKind.BACKFILL
"""Condition for the feeds of an outlet, without the rows that hold the entries of its back-fills."""

NETWORK_SUBJECT = "outlets"
"""The key of the row in `problems` that exists exactly while no outlet is reachable."""


class FeedTrial(StrEnum):
    """The result of trying an address, whatever the catalogue says of it."""

    SUCCEEDED = "succeeded"
    """A poll succeeded, though later ones may have failed."""
    FAILED = "failed"
    UNTRIED = "untried"


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
    kind: str = FeedKind.FEED
    newest_at: datetime | None = None
    next_poll_because: str | None = None
    is_lying: bool = False
    """True if the server says 304 although the feed has changed, so that it is always asked for the whole feed."""

    @property
    def trial(self) -> FeedTrial:
        """Return whether it was tried, and how that ended."""
        if self.succeeded_at is not None:
            return FeedTrial.SUCCEEDED
        return FeedTrial.UNTRIED if self.polled_at is None else FeedTrial.FAILED


def add_feed(
    conn: Connection,
    *,
    source_id: str,
    url: str,
    now: datetime,
    title: str | None = None,
    confidence: str | None = None,
    state: str = FeedState.ACTIVE,
    kind: str = FeedKind.FEED,
) -> int:
    """Return the id of the feed at `url`; a new one is due at once. Adding it again changes nothing."""
    row = {
        "source_id": source_id,
        "url": url,
        "kind": kind,
        "title": title,
        "confidence": confidence,
        "state": state,
        "next_poll_at": now,
        "failures": 0,
    }
    conn.execute(insert(conn, Feed).on_conflict_do_nothing(index_elements=["url"]), row)
    return conn.execute(select(Feed.id).where(Feed.url == url)).scalar_one()


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


def iter_feeds(
    conn: Connection, *, source_id: str | None = None, feed_ids: Collection[int] | None = None
) -> Iterator[FeedHealth]:
    """Yield feeds with their health, by source and address: all, those of an outlet, or some."""
    query = (
        select(
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
            Feed.kind,
            Feed.newest_at,
            Feed.next_poll_because,
            Feed.history,
        )
        .where(LISTED)
        .order_by(Feed.source_id, Feed.url)
    )
    if source_id is not None:
        query = query.where(Feed.source_id == source_id)
    if feed_ids is not None:
        query = query.where(Feed.id.in_(feed_ids))
    for row in conn.execute(query):
        fields = row._asdict()
        history = fields.pop("history") or {}
        yield FeedHealth(**fields, is_lying="lying_since" in history)


def count_feeds(conn: Connection, *, source_id: str | None = None) -> dict[str, int]:
    """Return the number of feeds (of one source) by state: `active`, `paused`, `gone`; of the active also `failing`,
    `never polled`.
    """
    query = (
        select(
            Feed.state,
            func.count(),
            func.sum(case((Feed.failures > 0, 1), else_=0)),
            func.sum(case((Feed.polled_at.is_(None), 1), else_=0)),
        )
        .where(LISTED)
        .group_by(Feed.state)
    )
    if source_id is not None:
        query = query.where(Feed.source_id == source_id)
    counts = {FeedState.ACTIVE: 0, FeedState.PAUSED: 0, FeedState.GONE: 0, "failing": 0, "never polled": 0}
    for state, feeds, failing, unpolled in conn.execute(query):
        counts[state] = feeds
        if state == FeedState.ACTIVE:
            counts["failing"], counts["never polled"] = int(failing), int(unpolled)
    return counts


def count_guesses(conn: Connection) -> dict[str, int]:
    """Return the number of active feeds that the catalogue calls a guess, by how trying them ended."""
    guessed = (Feed.confidence == Confidence.GUESS, Feed.state == FeedState.ACTIVE, LISTED)
    query = select(func.count(), func.count(Feed.polled_at), func.count(Feed.succeeded_at)).where(*guessed)
    feeds, polled, succeeded = conn.execute(query).one()
    # whatever succeeded was polled
    return {
        FeedTrial.SUCCEEDED: succeeded,
        FeedTrial.FAILED: polled - succeeded,
        FeedTrial.UNTRIED: feeds - polled,
    }


def count_due_feeds(conn: Connection, *, now: datetime, source_id: str | None = None) -> int:
    """Return the number of due feeds (of one source), claimed or not."""
    query = select(func.count()).select_from(Feed).where(Feed.state.in_(ASKED), Feed.next_poll_at <= now)
    if source_id is not None:
        query = query.where(Feed.source_id == source_id)
    return conn.scalar(query) or 0
