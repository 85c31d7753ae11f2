"""Decisions after polling a feed. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import xxhash

from crawlers.bounded_process import ProcessEnded
from crawlers.http.results import FetchFailure, FetchResult, describe_status
from crawlers.jobs.grades import grade_of_failure
from crawlers.jobs.schedule import GONE_FEED_S, NETWORK_RETRY_S
from crawlers.reading.listings import ListingOrder, SitemapListing, read_listing
from crawlers.reading.parse import NotAFeed, ParsedFeed
from crawlers.scheduling.hints import fresh_for_s, retry_after_s
from crawlers.scheduling.history import KEYS_MAX, FeedHistory, hash_key, is_lying, pack_keys, unpack_keys
from crawlers.scheduling.hubs import HubTerms
from crawlers.scheduling.moves import learn_move
from crawlers.scheduling.plan import PollLimits, PollPlan, PollResult, plan_poll
from crawlers.scheduling.rate import Listing
from crawlers.scheduling.validators import ValidatorsSeen, learn_validators
from db.collection.feeds.days import ListingPolled
from db.collection.feeds.polls import FeedDue, FeedPolled
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


def must_parse(feed: FeedDue, answer: FetchResult) -> bool:
    """Return whether a poll's result has a body that is not the one of the poll before."""
    if answer.trouble or answer.status == 304 or describe_status(answer.status) is not None:
        return False
    is_known = feed.listing is not None and body_hash(answer.body) == feed.body_hash
    return not is_known or bool(feed.unverified and answer.is_verified)


def read_poll(feed: FeedDue, answer: FetchResult, parse: Callable[..., ParsedFeed] = read_listing) -> PollReading:
    """Return the content of a poll's result. Parses, with `parse`, so not for the event loop."""
    trouble = answer.trouble or describe_status(answer.status)
    if trouble is None and answer.status == 304 and feed.succeeded_at is None:
        trouble = FetchFailure(RequestOutcome.SERVER_ERROR, "the server answered 304 to the first request")
    if trouble is not None:
        return PollReading(None, feed.body_hash, trouble)
    if answer.status == 304:
        return PollReading(None, feed.body_hash)
    digest = body_hash(answer.body)
    if not must_parse(feed, answer):
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


def listing_order(feed: FeedDue, now: datetime) -> ListingOrder:
    """Return what is asked of a listing besides its text."""
    return ListingOrder(
        kind=feed.kind,
        now=now,
        is_first=feed.succeeded_at is None and feed.followed_since is None,
        previous=frozenset(unpack_keys(feed.listing)),
        children=feed.children,
        domains=feed.domains,
        pattern=feed.link_pattern,
        articles=feed.articles,
        others=feed.others,
    )


def decide_poll(
    feed: FeedDue,
    answer: FetchResult,
    reading: PollReading,
    *,
    now: datetime,
    limits: PollLimits,
    jitter: float,
    asked_whole: bool = False,
) -> FeedPolled:
    """Return the feed's new state and the time of its next poll. `limits` are those of the settings."""
    limits = PollLimits(
        feed.floor_s or limits.floor_s, max(feed.ceiling_s or limits.ceiling_s, feed.floor_s or limits.floor_s)
    )
    if reading.trouble is not None:
        return _failed(feed, answer, reading.trouble, now, limits, jitter)
    listing = _list_entries(reading.feed, now) if reading.feed else None
    previous = unpack_keys(feed.listing)
    before = FeedHistory.from_json(feed.history)
    history, moved_to = learn_move(before, feed.url, answer.moved_to if answer.is_trusted else None)
    history = learn_validators(history, _validators_seen(feed, answer, listing, previous, now, asked_whole))
    result = PollResult(
        at=now,
        listing=listing,
        hints=reading.feed.hints if reading.feed else None,
        fresh_for_s=fresh_for_s(answer.headers, now),
    )
    since = feed.succeeded_at if feed.listing is not None else None
    hub = HubTerms(lease_until=feed.hub.lease_until, pushed_at=feed.hub.pushed_at) if feed.hub else None
    plan = plan_poll(history, result, previous=previous, since=since, limits=limits, jitter=jitter, hub=hub)
    is_believed = not is_lying(plan.history, now)
    return FeedPolled(
        feed_id=feed.id,
        polled_at=now,
        outcome=RequestOutcome.CHANGED if reading.feed else RequestOutcome.UNCHANGED,
        error=None,
        state=FeedState.ACTIVE,
        next_poll_at=plan.at,
        because=plan.because,
        failures=0,
        # RFC 9110 §15.4.5: a 304 repeats validators only to replace them
        etag=_validator(answer, "etag", feed.etag) if is_believed else None,
        last_modified=_validator(answer, "last-modified", feed.last_modified) if is_believed else None,
        body_hash=reading.body_hash,
        title=reading.feed.title[:_TITLE_MAX] if reading.feed and reading.feed.title else None,
        unverified=answer.unverified or (feed.unverified if answer.status == 304 else None),
        succeeded=True,
        changed=reading.feed is not None,
        history=plan.history.to_json(),
        listing=pack_keys(listing.keys) if listing else None,
        listed=_count_listed(listing, plan) if listing and not _is_index(reading.feed) else None,
        newest_at=_newest(listing, feed.newest_at, now),
        moved_to=moved_to,
    )


def describe_lessons(feed: FeedDue, polled: FeedPolled) -> tuple[str, ...]:
    """Return what a person should know of a poll besides its result: a new address, validators that lie."""
    lessons = []
    if polled.moved_to is not None:
        lessons.append(f"moved for good to {polled.moved_to}: polled there from now on")
    if polled.history is not None:
        before, after = FeedHistory.from_json(feed.history), FeedHistory.from_json(polled.history)
        if after.lying_since is not None and after.lying_since != before.lying_since:
            lessons.append("the server says 304 although the feed has changed: it is asked for the whole feed")
    return tuple(lessons)


def restore_poll(feed: FeedDue, reason: str, *, now: datetime) -> FeedPolled:
    """Return the feed's state before a poll that failed because of our own network."""
    return replace(
        _kept(feed, RequestOutcome.NO_NETWORK, reason, now),
        next_poll_at=now + timedelta(seconds=NETWORK_RETRY_S),
        because="our own network failed",
        failures=feed.failures,
    )


def _failed(
    feed: FeedDue, answer: FetchResult, trouble: FetchFailure, now: datetime, limits: PollLimits, jitter: float
) -> FeedPolled:
    # an index drops its old sitemaps; any other feed that is missing may come back tomorrow
    is_gone = answer.status == 410 or (answer.status == 404 and (feed.state == FeedState.GONE or feed.is_child))
    wish = retry_after_s(answer.header("retry-after"), now) if answer.status in (429, 503) else None
    result = PollResult(at=now, failure=grade_of_failure(trouble.kind, answer.status), retry_after_s=wish)
    plan = plan_poll(
        FeedHistory.from_json(feed.history),
        result,
        previous=unpack_keys(feed.listing),
        since=feed.succeeded_at,
        limits=limits,
        jitter=jitter,
    )
    kept = _kept(feed, RequestOutcome.GONE if is_gone else trouble.kind, trouble.reason, now)
    if is_gone:
        because = "the server said that it is gone; outlets come back, so it is asked once a month"
        again_at = now + timedelta(seconds=GONE_FEED_S)
    else:
        because, again_at = plan.because, plan.at
    return replace(
        kept,
        state=FeedState.GONE if is_gone else FeedState.ACTIVE,
        next_poll_at=again_at,
        because=because,
        history=plan.history.to_json(),
    )


def _kept(feed: FeedDue, outcome: RequestOutcome, error: str, now: datetime) -> FeedPolled:
    return FeedPolled(
        feed_id=feed.id,
        polled_at=now,
        outcome=outcome,
        error=error,
        state=FeedState.ACTIVE,
        next_poll_at=now,
        failures=feed.failures + 1,
        etag=feed.etag,
        last_modified=feed.last_modified,
        body_hash=feed.body_hash,
    )


def _list_entries(feed: ParsedFeed, now: datetime) -> Listing:
    named = [
        (entry.guid or entry.url or entry.title or entry.summary or "", entry.published_at or entry.updated_at)
        for entry in feed.compared[:KEYS_MAX]
    ]
    return Listing(
        at=now, keys=tuple(hash_key(name) for name, _ in named), published=tuple(published for _, published in named)
    )


def _validators_seen(
    feed: FeedDue,
    answer: FetchResult,
    listing: Listing | None,
    previous: tuple[int, ...],
    now: datetime,
    asked_whole: bool,
) -> ValidatorsSeen:
    known = set(previous)
    fresh = (
        [published for key, published in zip(listing.keys, listing.published, strict=True) if key not in known]
        if listing and previous
        else []
    )
    etag, modified = answer.header("etag"), answer.header("last-modified")
    return ValidatorsSeen(
        at=now,
        asked_whole=asked_whole,
        is_not_modified=answer.status == 304,
        same_validators=etag == feed.etag if etag and feed.etag else bool(modified) and modified == feed.last_modified,
        fresh=fresh,
    )


def _validator(answer: FetchResult, name: str, stored: str | None) -> str | None:
    return answer.header(name) or (stored if answer.status == 304 else None)


def _count_listed(listing: Listing, plan: PollPlan) -> ListingPolled:
    loss = plan.loss
    return ListingPolled(
        listed=len(listing.keys),
        fresh=plan.fresh,
        missed=loss.items if loss else 0.0,
        kept_all=1.0 - loss.chance if loss else 1.0,
    )


def _is_index(feed: ParsedFeed | None) -> bool:
    """Return whether the poll listed sitemaps, which are no articles to be missed."""
    return isinstance(feed, SitemapListing) and feed.choice is not None


def _newest(listing: Listing | None, before: datetime | None, now: datetime) -> datetime | None:
    latest = now + timedelta(days=1)
    dates = [at for at in (*(listing.published if listing else ()), before) if at is not None and at <= latest]
    return max(dates, default=None)
