"""Decisions after polling a feed. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import xxhash

from crawlers.bounded_process import ProcessEnded
from crawlers.http.results import FetchFailure, FetchResult, describe_status
from crawlers.jobs.schedule import GONE_FEED_S, NETWORK_RETRY_S, PollPolicy, next_poll, retry_after_s
from crawlers.reading.parse import NotAFeed, ParsedFeed, parse_feed
from db.collection.feeds import FeedDue, FeedPolled
from db.enums.collection import FeedState
from db.enums.outcomes import RequestOutcome

_TITLE_MAX = 1_000


@dataclass(frozen=True, slots=True)
class PollReading:
    """The content of a poll: a feed, nothing new (`feed` None), or `trouble`."""

    feed: ParsedFeed | None
    body_hash: str | None
    trouble: FetchFailure | None = None


def body_hash(body: bytes) -> str:
    """Return the hash that identifies a body: xxh3-128, 32 hex digits."""
    return xxhash.xxh3_128_hexdigest(body)


def read_poll(feed: FeedDue, answer: FetchResult, parse: Callable[..., ParsedFeed] = parse_feed) -> PollReading:
    """Return the content of a poll's result. Parses, with `parse`, so not for the event loop."""
    trouble = answer.trouble or describe_status(answer.status)
    if trouble is None and answer.status == 304 and feed.succeeded_at is None:
        trouble = FetchFailure(RequestOutcome.SERVER_ERROR, "the server answered 304 to the first request")
    if trouble is not None:
        return PollReading(None, feed.body_hash, trouble)
    if answer.status == 304:
        return PollReading(None, feed.body_hash)
    digest = body_hash(answer.body)
    if digest == feed.body_hash and not (feed.unverified and answer.is_verified):
        return PollReading(None, digest)
    try:
        parsed = parse(answer.body, url=answer.url, content_type=answer.header("content-type"), bodies="raw")
    except NotAFeed as error:
        return PollReading(None, None, FetchFailure(RequestOutcome.NOT_A_FEED, str(error)))
    except ProcessEnded as error:
        return PollReading(None, None, FetchFailure(RequestOutcome.UNREADABLE, f"reading it was ended: {error}"))
    except Exception as error:  # any error of the parser is a failure of this feed
        return PollReading(
            None,
            None,
            FetchFailure(RequestOutcome.UNREADABLE, f"the parser failed: {type(error).__name__}: {error}"[:300]),
        )
    return PollReading(parsed, digest)


def decide_poll(
    feed: FeedDue, answer: FetchResult, reading: PollReading, *, now: datetime, policy: PollPolicy, jitter: float
) -> FeedPolled:
    """Return the feed's new state and the time of its next poll."""
    trouble = reading.trouble
    if trouble is None:
        return FeedPolled(
            feed_id=feed.id,
            polled_at=now,
            outcome=RequestOutcome.CHANGED if reading.feed else RequestOutcome.UNCHANGED,
            error=None,
            state=FeedState.ACTIVE,
            next_poll_at=next_poll(now, policy, failures=0, jitter=jitter),
            failures=0,
            # RFC 9110 §15.4.5: a 304 repeats validators only to replace them
            etag=answer.header("etag") or (feed.etag if answer.status == 304 else None),
            last_modified=answer.header("last-modified") or (feed.last_modified if answer.status == 304 else None),
            body_hash=reading.body_hash,
            title=reading.feed.title[:_TITLE_MAX] if reading.feed and reading.feed.title else None,
            unverified=answer.unverified or (feed.unverified if answer.status == 304 else None),
            succeeded=True,
            changed=reading.feed is not None,
        )
    is_gone = answer.status == 410 or (feed.state == FeedState.GONE and answer.status == 404)
    failures = feed.failures + 1
    wish = retry_after_s(answer.header("retry-after"), now) if answer.status in (429, 503) else None
    again_at = next_poll(now, policy, failures=failures, jitter=jitter, retry_after_s=wish)
    return FeedPolled(
        feed_id=feed.id,
        polled_at=now,
        outcome=RequestOutcome.GONE if is_gone else trouble.kind,
        error=trouble.reason,
        state=FeedState.GONE if is_gone else FeedState.ACTIVE,
        next_poll_at=now + timedelta(seconds=GONE_FEED_S) if is_gone else again_at,
        failures=failures,
        etag=feed.etag,
        last_modified=feed.last_modified,
        body_hash=feed.body_hash,
    )


def restore_poll(feed: FeedDue, reason: str, *, now: datetime) -> FeedPolled:
    """Return the feed's state before a poll that failed because of our own network."""
    return FeedPolled(
        feed_id=feed.id,
        polled_at=now,
        outcome=RequestOutcome.NO_NETWORK,
        error=reason,
        state=FeedState.ACTIVE,
        next_poll_at=now + timedelta(seconds=NETWORK_RETRY_S),
        failures=feed.failures,
        etag=feed.etag,
        last_modified=feed.last_modified,
        body_hash=feed.body_hash,
    )
