"""The job of polling a feed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection

from crawlers.async_store import OutcomeTally
from crawlers.http.results import FetchResult
from crawlers.jobs.feed_pages import PageAhead, after_page, find_page, with_page_ahead
from crawlers.jobs.job import DecisionContext, DecisionPlace, DueFilter, Job, JobResult, Step
from crawlers.jobs.polls import (
    PollReading,
    decide_poll,
    describe_lessons,
    listing_order,
    must_parse,
    read_poll,
    restore_poll,
)
from crawlers.jobs.stand_ins import captures_of_words
from crawlers.reading.entries import Entries, sort_entries
from crawlers.reading.hubs import find_hub
from crawlers.reading.listings import SitemapListing
from crawlers.reading.sitemaps.sitemap import NO_ADDRESS, OTHER_DOMAIN
from crawlers.scheduling.history import FeedHistory, asks_whole
from crawlers.scheduling.hubs import PUSH_PAUSE_S
from db.collection.captures import record_captures
from db.collection.feeds.hubs import recall_push, record_hub, with_hubs
from db.collection.feeds.polls import (
    FeedDue,
    FeedPolled,
    claim_feeds,
    find_due_feeds,
    record_feed_page,
    record_poll,
    renew_feed_claims,
)
from db.collection.feeds.section_links import with_lessons
from db.collection.feeds.sitemaps import record_children, with_children
from db.collection.pages.entries import EntryIn, find_feed_texts, keep_addresses, record_entries, record_feed_texts
from db.enums.collection import FeedKind
from db.enums.outcomes import EntryOutcome, Stage

_ACCEPT_PAGE = "text/html, application/xhtml+xml, */*;q=0.5"
_CHUNK, _CHUNK_CHARACTERS = 64, 1_000_000
"""Maximum entries per write, and characters of their texts, so that other writes get a turn."""


class PollJob(Job):
    """A feed to poll."""

    stage = Stage.POLL
    accept = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
    takes_rest = True

    def __init__(self, feed: FeedDue, now: datetime) -> None:
        super().__init__(feed)
        self._feed = feed
        self._found_at = now
        self._asks_whole = asks_whole(FeedHistory.from_json(feed.history), now)
        self._page = find_page(feed.history)

    @property
    def url(self) -> str:
        """Return the URL to request: the feed's, or that of its next page."""
        return self._page.url if self._page else self._feed.url

    def headers(self) -> dict[str, str]:
        """Return the request headers, without validators if the whole feed or another page of it is wanted."""
        headers = {} if self._asks_whole or self._page else super().headers()
        return headers | {"Accept": _ACCEPT_PAGE if self._feed.kind == FeedKind.SECTION else self.accept}

    @property
    def requested_at(self) -> datetime | None:
        """Return the time of the last poll."""
        return self._feed.polled_at

    @property
    def used_to_answer(self) -> bool:
        """Return whether a poll ever succeeded."""
        return self._feed.succeeded_at is not None

    def choose_place(self, answer: FetchResult) -> DecisionPlace:
        """Return the parser's process if there is something to parse: no other poll waits for a slow parser."""
        is_read = self._page is not None or must_parse(self._feed, answer)
        return DecisionPlace.PARSER if is_read and answer.trouble is None else DecisionPlace.LOOP

    def decide(self, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
        """Return the entries to store, and the new state of the feed."""
        if self._page is not None:
            return _decide_page(self._feed, self._page, answer, now, context)
        order = listing_order(self._feed, now)
        reading = read_poll(self._feed, answer, partial(context.parse, order=order))
        polled = decide_poll(
            self._feed,
            answer,
            reading,
            now=now,
            limits=context.limits,
            jitter=context.jitter(),
            asked_whole=self._asks_whole,
        )
        polled = with_page_ahead(self._feed, reading.feed, polled)
        result = _store_decision(self._feed, answer, reading, polled, now, context)
        if self._feed.hub is None:
            return result
        return JobResult((*result.steps, (1, partial(_recall_push, self._feed, self._found_at, now))), result.summary)

    def restore_after_outage(self, conn: Connection, reason: str, now: datetime) -> None:
        """Restore the feed's state."""
        record_poll(conn, restore_poll(self._feed, reason, now=now))

    @classmethod
    def limit(cls, room: int, *, in_flight: int, requests: int) -> int:
        """Return half of the room, since pages need the rest if there are any."""
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
        return [cls(feed, wanted.now) for feed in with_hubs(conn, with_lessons(conn, with_children(conn, feeds)))]

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
    steps = store_entries(feed, entries, answer, feed_id=feed.id, seen_at=now)
    if hub := find_hub(reading.feed.hub_links, answer.header("link"), answer.url):
        steps.append((1, partial(_store_hub, feed, hub.url, hub.topic, now)))
    if isinstance(reading.feed, SitemapListing):
        steps.append((1, partial(_store_sitemap, feed, reading.feed, now)))
    # The poll is stored last, so that a crash before it repeats the poll with its entries.
    steps.append((1, partial(_store_poll, feed, polled, entries, (*lessons, *reading.feed.problems))))
    return JobResult(tuple(steps), f"{len(reading.feed.entries)} entries")


def _decide_page(
    feed: FeedDue, page: PageAhead, answer: FetchResult, now: datetime, context: DecisionContext
) -> JobResult:
    """Return what follows from a page of a first poll; its entries were there before we followed the feed."""
    reading = read_poll(replace(feed, body_hash=None), answer, context.parse)
    history, next_at, because = after_page(feed, page, reading.feed, now=now)
    trouble = reading.trouble.reason if reading.trouble else None
    entries = None
    steps: list[tuple[int, Step]] = []
    if reading.feed is not None:
        entries = sort_entries(feed.url, reading.feed.entries, now=now, allowed=context.allowed)
        steps = store_entries(feed, entries, answer, feed_id=feed.id, seen_at=feed.followed_since or now)
    steps.append((1, partial(_store_page, feed, page.url, history, next_at, because, entries, trouble)))
    return JobResult(tuple(steps), trouble or f"{len(entries.usable) if entries else 0} older entries")


class Lister(Protocol):
    """The row of a document that lists entries: a feed, or a back-fill."""

    @property
    def source_id(self) -> str:
        """The outlet."""


def store_entries(
    lister: Lister, entries: Entries, answer: FetchResult, *, feed_id: int, seen_at: datetime, waits: bool = False
) -> list[tuple[int, Step]]:
    """Return the writes of entries, in portions; with `waits` their pages wait for a back-fill."""
    return [
        (len(chunk), partial(_store_entries, lister.source_id, feed_id, chunk, seen_at, answer, waits))
        for chunk in _chunks(entries.usable)
    ]


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
    source_id: str,
    feed_id: int,
    entries: tuple[EntryIn, ...],
    now: datetime,
    answer: FetchResult,
    waits: bool,
    conn: Connection,
    tally: OutcomeTally,
) -> None:
    kept = keep_addresses(conn, entries)
    counts = record_entries(conn, feed_id=feed_id, source_id=source_id, entries=kept, seen_at=now, waits=waits)
    by_themselves = {entry.canonical_url: entry for entry in kept if entry.trouble}
    if by_themselves:
        captures = captures_of_words(find_feed_texts(conn, by_themselves), by_themselves, answer, now=now)
        record_captures(conn, captures)
        given = {capture.page_id: capture.body_hash for capture, _ in captures if capture.page_id is not None}
        record_feed_texts(conn, given, now=now, unverified=answer.unverified)
    for outcome, inputs in counts.items():
        tally.count(Stage.ENTRY, source_id, outcome, inputs)


def _store_sitemap(
    feed: FeedDue, listing: SitemapListing, now: datetime, conn: Connection, tally: OutcomeTally
) -> None:
    tally.count(Stage.ENTRY, feed.source_id, EntryOutcome.OLD, listing.left_out)
    tally.count(Stage.ENTRY, feed.source_id, EntryOutcome.FOREIGN, listing.dropped.get(OTHER_DOMAIN, 0))
    tally.count(Stage.ENTRY, feed.source_id, EntryOutcome.NO_LINK, listing.dropped.get(NO_ADDRESS, 0))
    if listing.choice is not None:
        follow = [child.url for child in listing.choice.follow]
        if reason := record_children(conn, feed, follow, listing.choice.over, now=now):
            tally.problem(Stage.POLL, feed.url, reason, feed.source_id)


def _store_hub(feed: FeedDue, url: str, topic: str, now: datetime, conn: Connection, tally: OutcomeTally) -> None:
    record_hub(conn, feed.id, url=url, topic_url=topic, now=now)


def _recall_push(feed: FeedDue, found_at: datetime, polled_at: datetime, conn: Connection, tally: OutcomeTally) -> None:
    """Have the feed polled again soon if its hub told of something while it was polled."""
    recall_push(conn, feed.id, asked_at=found_at, poll_at=polled_at + timedelta(seconds=PUSH_PAUSE_S))


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
        _count_dropped(feed, entries, tally)


def _store_page(
    feed: FeedDue,
    url: str,
    history: dict[str, Any],
    next_at: datetime,
    because: str | None,
    entries: Entries | None,
    trouble: str | None,
    conn: Connection,
    tally: OutcomeTally,
) -> None:
    record_feed_page(conn, feed.id, history=history, next_poll_at=next_at, because=because)
    if trouble:
        tally.problem(Stage.POLL, url, trouble, feed.source_id)
    if entries is not None:
        _count_dropped(feed, entries, tally)


def _count_dropped(feed: FeedDue, entries: Entries, tally: OutcomeTally) -> None:
    for outcome, inputs in entries.dropped.items():
        tally.count(Stage.ENTRY, feed.source_id, outcome, inputs)
    for subject, reason in entries.reasons:
        tally.problem(Stage.ENTRY, subject, reason, feed.source_id)
