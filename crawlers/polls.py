"""What follows from polling a feed: pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import xxhash

from crawlers.answers import Answer, Trouble, trouble_of_status
from crawlers.feeds import FeedEntry, NotAFeed, ParsedFeed, parse_feed
from crawlers.schedule import NETWORK_RETRY_S, PollPolicy, next_poll, retry_after_s
from db.entries import EntryIn
from db.feeds import FeedDue, FeedPolled
from db.guard import refusal_of_url
from db.urls import canonical_url

_TITLE_MAX, _AUTHOR_MAX, _GUID_MAX = 1_000, 500, 1_000
_BODY_MAX = 200_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a poll brought: a feed, or nothing new (`feed` None), or `trouble`."""

    feed: ParsedFeed | None
    body_hash: str | None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """A feed's entries, each in one place: those to record, and how many were `duplicate`, `no link` or `unusable`."""

    usable: tuple[EntryIn, ...]
    dropped: dict[str, int]
    reasons: tuple[tuple[str, str], ...]
    """(subject, reason) of those that were dropped or refused."""


def body_hash(body: bytes) -> str:
    """Return the hash by which two bodies are the same: xxh3-128, 32 hex digits."""
    return xxhash.xxh3_128_hexdigest(body)


def read_poll(feed: FeedDue, answer: Answer) -> Reading:
    """Return what the answer to a poll says. Parses: not for the event loop."""
    trouble = answer.trouble or trouble_of_status(answer.status)
    if trouble is None and answer.status == 304 and feed.succeeded_at is None:
        trouble = Trouble("server error", "the server answered 304 to the first request")
    if trouble is not None:
        return Reading(None, feed.body_hash, trouble)
    if answer.status == 304:
        return Reading(None, feed.body_hash)
    digest = body_hash(answer.body)
    if digest == feed.body_hash:
        return Reading(None, digest)
    try:
        parsed = parse_feed(answer.body, url=answer.url, content_type=answer.header("content-type"), bodies="raw")
    except NotAFeed as error:
        return Reading(None, None, Trouble("not a feed", str(error)))
    return Reading(parsed, digest)


def decide_poll(
    feed: FeedDue, answer: Answer, reading: Reading, *, now: datetime, policy: PollPolicy, draw: float
) -> FeedPolled:
    """Return the feed's new state and when it is polled next."""
    trouble = reading.trouble
    if trouble is None:
        return FeedPolled(
            feed_id=feed.id,
            polled_at=now,
            outcome="changed" if reading.feed else "unchanged",
            error=None,
            state="active",
            next_poll_at=next_poll(now, policy, failures=0, draw=draw),
            failures=0,
            # RFC 9110 §15.4.5: a 304 repeats validators only if it wants them replaced
            etag=answer.header("etag") or (feed.etag if answer.status == 304 else None),
            last_modified=answer.header("last-modified") or (feed.last_modified if answer.status == 304 else None),
            body_hash=reading.body_hash,
            title=reading.feed.title[:_TITLE_MAX] if reading.feed and reading.feed.title else None,
            succeeded=True,
            changed=reading.feed is not None,
        )
    is_gone = answer.status == 410
    failures = feed.failures + 1
    wish = retry_after_s(answer.header("retry-after"), now) if answer.status in (429, 503) else None
    return FeedPolled(
        feed_id=feed.id,
        polled_at=now,
        outcome="gone" if is_gone else trouble.kind,
        error=trouble.reason,
        state="gone" if is_gone else "active",
        next_poll_at=next_poll(now, policy, failures=failures, draw=draw, retry_after_s=wish),
        failures=failures,
        etag=feed.etag,
        last_modified=feed.last_modified,
        body_hash=feed.body_hash,
    )


def forgive_poll(feed: FeedDue, reason: str, *, now: datetime) -> FeedPolled:
    """Return the feed as it was before a poll that failed through no fault of its own."""
    return FeedPolled(
        feed_id=feed.id,
        polled_at=now,
        outcome="no network",
        error=reason,
        state="active",
        next_poll_at=now + timedelta(seconds=NETWORK_RETRY_S),
        failures=feed.failures,
        etag=feed.etag,
        last_modified=feed.last_modified,
        body_hash=feed.body_hash,
    )


def sort_entries(
    feed_url: str, entries: Sequence[FeedEntry], *, now: datetime, allowed: Collection[tuple[str, int]] = ()
) -> Entries:
    """Return the entries as pages to record. Of two that name one page the first one speaks."""
    usable: dict[str, EntryIn] = {}
    dropped = {"duplicate": 0, "no link": 0, "unusable": 0}
    reasons: list[tuple[str, str]] = []
    for entry in entries:
        if not entry.url:
            dropped["no link"] += 1
            continue
        try:
            canonical = canonical_url(entry.url)
            if not canonical.startswith("http"):
                raise ValueError(f"not an absolute http(s) address: {entry.url[:200]!r}")
        except ValueError as error:
            dropped["unusable"] += 1
            reasons.append((entry.url[:500], str(error)))
            continue
        if canonical in usable:
            dropped["duplicate"] += 1
            continue
        refusal = refusal_of_url(entry.url.strip(), allowed)
        if refusal:
            reasons.append((canonical, refusal))
        usable[canonical] = replace(_entry_in(entry, canonical, now), refusal=refusal)
    if dropped["no link"]:
        reasons.append((feed_url, f"{dropped['no link']} of {len(entries)} entries have no link"))
    return Entries(tuple(usable.values()), dropped, tuple(reasons))


def _entry_in(entry: FeedEntry, canonical: str, now: datetime) -> EntryIn:
    said_at = entry.published_at or entry.updated_at
    if said_at is not None and said_at > now + timedelta(days=1):  # a date to come is no date of publication
        said_at = None
    return EntryIn(
        canonical_url=canonical,
        url=(entry.url or "").strip()[:2_000],
        guid=entry.guid[:_GUID_MAX] if entry.guid else None,
        title=entry.title[:_TITLE_MAX] if entry.title else None,
        author=entry.author[:_AUTHOR_MAX] if entry.author else None,
        published_at=said_at,
        body=_body(entry),
        language=entry.language,
    )


def _body(entry: FeedEntry) -> str | None:
    """Return the text that a feed carries of an article, as HTML: the longer of content and summary."""
    body = max(entry.content or "", entry.summary or "", key=len)
    if len(body) > _BODY_MAX:
        body = body[:_BODY_MAX]
        open_tag = body.rfind("<")
        body = body[:open_tag] if open_tag > body.rfind(">") else body
    return body or None
