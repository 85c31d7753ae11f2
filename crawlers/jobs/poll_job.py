"""The job of polling a feed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from crawlers.async_store import OutcomeTally
from crawlers.http.results import FetchResult
from crawlers.jobs.job import DecisionContext, DueFilter, Job, JobResult, Step
from crawlers.jobs.polls import PollReading, decide_poll, describe_lessons, read_poll, restore_poll
from crawlers.jobs.stand_ins import captures_of_words
from crawlers.reading.entries import Entries, sort_entries
from crawlers.scheduling.history import FeedHistory, asks_whole
from db.collection.captures import record_captures
from db.collection.entries import EntryIn, find_feed_texts, keep_addresses, record_entries, record_feed_texts
from db.collection.polls import FeedDue, FeedPolled, claim_feeds, find_due_feeds, record_poll, renew_feed_claims
from db.enums.outcomes import Stage

_CHUNK, _CHUNK_CHARACTERS = 64, 1_000_000
"""Maximum entries per write, and characters of their texts, so that other writes get a turn."""


class PollJob(Job):
    """A feed to poll."""

    stage = Stage.POLL
    accept = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
    is_parsed = True

    def __init__(self, feed: FeedDue, now: datetime) -> None:
        super().__init__(feed)
        self._feed = feed
        self._asks_whole = asks_whole(FeedHistory.from_json(feed.history), now)

    def headers(self) -> dict[str, str]:
        """Return the request headers, without validators if the whole feed is wanted."""
        return {"Accept": self.accept} if self._asks_whole else super().headers()

    @property
    def requested_at(self) -> datetime | None:
        """Return the time of the last poll."""
        return self._feed.polled_at

    @property
    def used_to_answer(self) -> bool:
        """Return whether a poll ever succeeded."""
        return self._feed.succeeded_at is not None

    def decide(self, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
        """Return the entries to store, and the new state of the feed."""
        reading = read_poll(self._feed, answer, context.parse)
        polled = decide_poll(
            self._feed,
            answer,
            reading,
            now=now,
            limits=context.limits,
            jitter=context.jitter(),
            asked_whole=self._asks_whole,
        )
        return _store_decision(self._feed, answer, reading, polled, now, context)

    def restore_after_outage(self, conn: Connection, reason: str, now: datetime) -> None:
        """Restore the feed's state."""
        record_poll(conn, restore_poll(self._feed, reason, now=now))

    @classmethod
    def limit(cls, room: int, *, in_flight: int, requests: int) -> int:
        """Return half of the room, since pages need the rest."""
        return (room + 1) // 2

    @classmethod
    def find_due(cls, conn: Connection, limit: int, wanted: DueFilter) -> list[PollJob]:
        """Return due feeds."""
        feeds = find_due_feeds(
            conn,
            now=wanted.now,
            limit=limit,
            resting=wanted.resting,
            source_id=wanted.source_id,
            not_since=wanted.not_since,
        )
        return [cls(feed, wanted.now) for feed in feeds]

    @classmethod
    def claim_rows(cls, conn: Connection, ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
        """Return the feeds that are now claimed."""
        return claim_feeds(conn, ids, now=now, lease_s=lease_s)

    @classmethod
    def renew_rows(cls, conn: Connection, ids: Collection[int], *, until: datetime | None) -> None:
        """Renew the claims on feeds until then; None releases them."""
        renew_feed_claims(conn, ids, until=until)


def _store_decision(
    feed: FeedDue,
    answer: FetchResult,
    reading: PollReading,
    polled: FeedPolled,
    now: datetime,
    context: DecisionContext,
) -> JobResult:
    lessons = describe_lessons(feed, polled)
    if reading.feed is None:
        return JobResult(((1, partial(_store_poll, feed, polled, None, lessons)),), polled.error or polled.outcome)
    entries = sort_entries(feed.url, reading.feed.entries, now=now, allowed=context.allowed)
    steps: list[tuple[int, Step]] = [
        (len(chunk), partial(_store_entries, feed, chunk, now, answer)) for chunk in _chunks(entries.usable)
    ]
    # The poll is stored last, so that a crash before it repeats the poll with its entries.
    steps.append((1, partial(_store_poll, feed, polled, entries, (*lessons, *reading.feed.problems))))
    return JobResult(tuple(steps), f"{len(reading.feed.entries)} entries")


def _chunks(entries: Iterable[EntryIn]) -> Iterator[tuple[EntryIn, ...]]:
    chunk: list[EntryIn] = []
    characters = 0
    for entry in entries:
        chunk.append(entry)
        characters += len(entry.body or "")
        if len(chunk) >= _CHUNK or characters >= _CHUNK_CHARACTERS:
            yield tuple(chunk)
            chunk, characters = [], 0
    if chunk:
        yield tuple(chunk)


def _store_entries(
    feed: FeedDue,
    entries: tuple[EntryIn, ...],
    now: datetime,
    answer: FetchResult,
    conn: Connection,
    tally: OutcomeTally,
) -> None:
    kept = keep_addresses(conn, entries)
    counts = record_entries(conn, feed_id=feed.id, source_id=feed.source_id, entries=kept, seen_at=now)
    by_themselves = {entry.canonical_url: entry for entry in kept if entry.trouble}
    if by_themselves:
        captures = captures_of_words(find_feed_texts(conn, by_themselves), by_themselves, answer, now=now)
        record_captures(conn, captures)
        given = {capture.page_id: capture.body_hash for capture, _ in captures if capture.page_id is not None}
        record_feed_texts(conn, given, now=now, unverified=answer.unverified)
    for outcome, inputs in counts.items():
        tally.count(Stage.ENTRY, feed.source_id, outcome, inputs)


def _store_poll(
    feed: FeedDue,
    polled: FeedPolled,
    entries: Entries | None,
    problems: tuple[str, ...],
    conn: Connection,
    tally: OutcomeTally,
) -> None:
    record_poll(conn, polled)
    tally.count(Stage.POLL, feed.source_id, polled.outcome)
    if reason := polled.error or "; ".join(problems):
        tally.problem(Stage.POLL, feed.url, reason, feed.source_id)
    if entries is not None:
        for outcome, inputs in entries.dropped.items():
            tally.count(Stage.ENTRY, feed.source_id, outcome, inputs)
        for subject, reason in entries.reasons:
            tally.problem(Stage.ENTRY, subject, reason, feed.source_id)
