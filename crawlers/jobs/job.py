"""One piece of work, a poll or a fetch: how it is asked for, and the writes that follow from its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import Connection

from crawlers.async_store import OutcomeTally
from crawlers.feeds.entries import Entries, sort_entries
from crawlers.feeds.parse import ParsedFeed, parse_feed
from crawlers.http.certificates import RULE
from crawlers.http.cookies import JAR
from crawlers.http.results import FetchResult
from crawlers.http.robots import NEWER_THAN
from crawlers.jobs.fetches import decide_fetch, restore_fetch
from crawlers.jobs.polls import decide_poll, read_poll, restore_poll
from crawlers.jobs.schedule import PollPolicy
from crawlers.jobs.stand_ins import captures_of_words, with_stand_in
from db.collection.captures import CaptureIn, compress, record_captures
from db.collection.entries import EntryIn, find_feed_texts, keep_addresses, record_entries, record_feed_texts
from db.collection.feeds import FeedDue, FeedPolled, claim_feeds, record_poll, renew_feed_claims
from db.collection.pages import PageDue, PageFetched, claim_pages, record_fetch, renew_page_claims

Job: TypeAlias = FeedDue | PageDue

_FEED_TYPES = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_PAGE_TYPES = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"
_CHUNK, _CHUNK_CHARACTERS = 64, 1_000_000
"""Entries, and characters of their texts, written at once: other work may come in between."""


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """What decisions need besides state, answer and time.

    `draw` returns a random number in [0, 1), `parse` reads a feed as `parse_feed` does.
    """

    policy: PollPolicy
    allowed: frozenset[tuple[str, int]]
    draw: Callable[[], float]
    parse: Callable[..., ParsedFeed] = parse_feed


@dataclass(frozen=True, slots=True)
class JobResult:
    """The writes to make, in order, each with its weight in rows; and what happened in a few words."""

    steps: tuple[tuple[int, Callable[[Connection, OutcomeTally], None]], ...]
    said: str


def headers(due: Job) -> dict[str, str]:
    """Return the request headers: what we can read, and the validators of what we have (RFC 9110 §13.1)."""
    wanted = {"Accept": _FEED_TYPES if isinstance(due, FeedDue) else _PAGE_TYPES}
    if due.unverified:
        return wanted  # the whole of it once more: that nothing changed would vouch for nothing
    if due.etag:
        wanted["If-None-Match"] = due.etag
    if due.last_modified:
        wanted["If-Modified-Since"] = due.last_modified
    return wanted


def meta(due: Job, now: datetime) -> dict[str, Any]:
    """Return what our middlewares need to know of a request."""
    wanted: dict[str, Any] = {JAR: due.source_id or due.host, RULE: due.rule}
    asked_at = due.polled_at if isinstance(due, FeedDue) else due.fetched_at
    if due.last_outcome == "robots" and asked_at is not None:  # not by the rules that it was refused by
        wanted[NEWER_THAN] = (now - asked_at).total_seconds()
    return wanted


def used_to_answer(due: Job) -> bool:
    """Return whether this feed or page ever was fetched: then its silence may be ours."""
    return due.succeeded_at is not None if isinstance(due, FeedDue) else due.fetches > 0


def decide(due: Job, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
    """Return everything that follows from an answer. Parses, hashes and compresses: not for the event loop."""
    return (
        _decide_feed(due, answer, now, context) if isinstance(due, FeedDue) else _decide_page(due, answer, now, context)
    )


def claim(conn: Connection, several: Iterable[Job], *, now: datetime, lease_s: float) -> list[Job]:
    """Return those of the feeds and pages that now are ours for `lease_s` seconds, in the order given."""
    found = list(several)
    feeds = [due.id for due in found if isinstance(due, FeedDue)]
    pages = [due.id for due in found if isinstance(due, PageDue)]
    our_feeds = claim_feeds(conn, feeds, now=now, lease_s=lease_s) if feeds else set()
    our_pages = claim_pages(conn, pages, now=now, lease_s=lease_s) if pages else set()
    return [due for due in found if due.id in (our_feeds if isinstance(due, FeedDue) else our_pages)]


def hold(conn: Connection, several: Iterable[Job], *, until: datetime | None) -> None:
    """Keep the claims on feeds and pages until then; None gives them back."""
    held = list(several)
    if feeds := [due.id for due in held if isinstance(due, FeedDue)]:
        renew_feed_claims(conn, feeds, until=until)
    if pages := [due.id for due in held if isinstance(due, PageDue)]:
        renew_page_claims(conn, pages, until=until)


def restore_after_outage(conn: Connection, due: Job, reason: str, now: datetime) -> None:
    """Put a feed or page back to where it was: that it failed was our fault."""
    if isinstance(due, FeedDue):
        record_poll(conn, restore_poll(due, reason, now=now))
    else:
        record_fetch(conn, restore_fetch(due, reason, now=now))


def record_restored(conn: Connection, tally: OutcomeTally, due: Job, reason: str, now: datetime) -> None:
    """Like `restore_after_outage`, as the counted outcome of this piece of work."""
    restore_after_outage(conn, due, reason, now)
    tally.count(_stage(due), due.source_id, "no network")


def count_internal_error(tally: OutcomeTally, due: Job, reason: str) -> None:
    """Count a piece of work whose outcome could not be stored, not even that it failed; its claim runs out."""
    tally.count(_stage(due), due.source_id, "internal error")
    tally.problem(_stage(due), due.url, reason, due.source_id)


def _stage(due: Job) -> str:
    return "poll" if isinstance(due, FeedDue) else "fetch"


def _decide_feed(feed: FeedDue, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
    reading = read_poll(feed, answer, context.parse)
    polled = decide_poll(feed, answer, reading, now=now, policy=context.policy, draw=context.draw())
    if reading.feed is None:
        return JobResult(((1, partial(_store_poll, feed, polled, None, ())),), polled.error or polled.outcome)
    entries = sort_entries(feed.url, reading.feed.entries, now=now, allowed=context.allowed)
    steps: list[tuple[int, Callable[[Connection, OutcomeTally], None]]] = [
        (len(chunk), partial(_store_entries, feed, chunk, now, answer)) for chunk in _chunks(entries.usable)
    ]
    # The poll is stored last: a crash before it repeats the poll, and the entries with it.
    steps.append((1, partial(_store_poll, feed, polled, entries, reading.feed.problems)))
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
        tally.count("entry", feed.source_id, outcome, inputs)


def _store_poll(
    feed: FeedDue,
    polled: FeedPolled,
    entries: Entries | None,
    problems: tuple[str, ...],
    conn: Connection,
    tally: OutcomeTally,
) -> None:
    record_poll(conn, polled)
    tally.count("poll", feed.source_id, polled.outcome)
    if reason := polled.error or "; ".join(problems):
        tally.problem("poll", feed.url, reason, feed.source_id)
    if entries is not None:
        for outcome, inputs in entries.dropped.items():
            tally.count("entry", feed.source_id, outcome, inputs)
        for subject, reason in entries.reasons:
            tally.problem("entry", subject, reason, feed.source_id)


def _decide_page(page: PageDue, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
    fetched = with_stand_in(page, answer, decide_fetch(page, answer, now=now, draw=context.draw()), now=now)
    capture = (fetched.capture, compress(fetched.capture.body)) if fetched.capture else None
    step = partial(_store_fetch, page, fetched.page, capture)
    return JobResult(((4, step),), fetched.page.error or fetched.page.outcome)


def _store_fetch(
    page: PageDue,
    fetched: PageFetched,
    capture: tuple[CaptureIn, bytes] | None,
    conn: Connection,
    tally: OutcomeTally,
) -> None:
    if capture is not None:
        record_captures(conn, [capture])
    record_fetch(conn, fetched)
    tally.count("fetch", page.source_id, fetched.outcome)
    if fetched.error:
        tally.problem("fetch", page.url, fetched.error, page.source_id)
