"""The next poll of a feed, from its history and the result of the last one. Pure.

Sources: RFC 9110 and 9111 (Retry-After, freshness), RSS 2.0 (`ttl`, `skipHours`, `skipDays`), the RSS 1.0 syndication
module, and the graded failures of Media Cloud's feed fetcher.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawlers.scheduling.hints import FeedHints, skip
from crawlers.scheduling.history import FeedHistory
from crawlers.scheduling.hubs import HubTerms, learn_told, with_hub
from crawlers.scheduling.interval import next_interval
from crawlers.scheduling.loss import Loss, estimate_loss
from crawlers.scheduling.rate import Listing

MAX_PAUSE = timedelta(days=34)
"""No poll is planned later than this: a later one would look like a clock that ran ahead."""
_HOUR_S, _DAY_S = 3_600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class PollLimits:
    """The shortest and the longest pause between two polls, in seconds."""

    floor_s: float
    ceiling_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """The result of a poll, as far as the next one depends on it."""

    at: datetime
    failure: float | None = None
    """The grade of a failure; None after a success."""
    listing: Listing | None = None
    """The entries of a feed that is not as before."""
    hints: FeedHints | None = None
    """The feed's own hints; None if its text was not read."""
    fresh_for_s: float | None = None
    """Remaining time for which the response is fresh by its headers."""
    retry_after_s: float | None = None
    """The pause that the server asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPlan:
    """The time of the next poll with its reason, the lessons of this one, and its estimated loss."""

    at: datetime
    because: str
    history: FeedHistory
    loss: Loss | None = None
    fresh: int = 0
    """Entries that the poll before did not list; 0 if there was none before."""


def plan_poll(
    history: FeedHistory,
    result: PollResult,
    *,
    previous: tuple[int, ...],
    since: datetime | None,
    limits: PollLimits,
    jitter: float,
    hub: HubTerms | None = None,
) -> PollPlan:
    """Return the plan after a poll.

    `previous` are the keys of the entries at the last successful poll, `since` its time (None before the first). The
    next poll comes when the expected publications make it worthwhile, within the limits; after failures, linearly
    later; more rarely with a `hub` that tells of new entries; never before the publisher's own floors. `jitter` in
    [0, 1) spreads it by up to a tenth.
    """
    learnt = _learn(history, result, previous, since, hub)
    window = len(result.listing.keys) if result.listing else len(previous) or None
    wish = next_interval(learnt.rate, window=window, now=result.at, floor_s=limits.floor_s, ceiling_s=limits.ceiling_s)
    if result.failure is None:
        wish = with_hub(
            wish,
            hub,
            learnt.told,
            since=since,
            now=result.at,
            is_unchanged=result.listing is None,
            floor_s=limits.floor_s,
        )
        pause_s, because = _spread(wish.seconds, jitter, limits), wish.reason
    else:
        times = max(1.0, learnt.failures)
        pause_s = _spread(min(wish.seconds * times, limits.ceiling_s), jitter, limits)
        because = f"after failures that count as {learnt.failures:g}, the pause is {times:g} times the usual one"
    floor_s, floor_because = _publisher_floor(learnt.hints, result, limits)
    if floor_s > pause_s:
        pause_s, because = floor_s * (1 + jitter / 10), floor_because
    planned = result.at + timedelta(seconds=pause_s)
    at = skip(planned, learnt.hints)
    if at != planned:
        at, because = at + timedelta(seconds=60 * jitter), "the feed names hours or days to skip"
    return PollPlan(
        at=min(at, result.at + MAX_PAUSE),
        because=because,
        history=learnt,
        loss=_loss(history, result, previous, since),
        fresh=len(set(result.listing.keys) - set(previous)) if result.listing and since is not None else 0,
    )


def span(seconds: float) -> str:
    """Return a length of time in words: `4 h`, `15 min`, `2.5 days`."""
    if seconds >= 2 * _DAY_S:
        return f"{seconds / _DAY_S:.3g} days"
    if seconds >= _HOUR_S:
        return f"{seconds / _HOUR_S:.3g} h"
    return f"{seconds / 60:.2g} min" if seconds >= 60 else f"{seconds:.2g} s"


def _learn(
    history: FeedHistory, result: PollResult, previous: tuple[int, ...], since: datetime | None, hub: HubTerms | None
) -> FeedHistory:
    if result.failure is not None:
        return replace(history, failures=history.failures + result.failure)
    rate = history.rate
    if result.listing is not None:
        rate = rate.after_first(result.listing) if since is None else rate.after_poll(previous, result.listing, since)
    elif since is not None:
        rate = rate.after_unchanged(since, result.at)
    fresh = _fresh_dates(result.listing, previous)
    told = learn_told(history.told, hub, fresh, since=since, now=result.at)
    return replace(history, rate=rate, hints=result.hints or history.hints, failures=0.0, told=told)


def _fresh_dates(listing: Listing | None, previous: tuple[int, ...]) -> list[datetime | None]:
    """Return the dates of the entries that the poll before did not list."""
    if listing is None:
        return []
    known = set(previous)
    return [at for key, at in zip(listing.keys, listing.published, strict=True) if key not in known]


def _loss(history: FeedHistory, result: PollResult, previous: tuple[int, ...], since: datetime | None) -> Loss | None:
    if result.listing is None or since is None or not previous:
        return None
    return estimate_loss(history.rate, previous=previous, listing=result.listing, since=since)


def _publisher_floor(hints: FeedHints, result: PollResult, limits: PollLimits) -> tuple[float, str]:
    """Return the longest pause that the publisher asks for, in seconds, with its reason.

    Freshness and the feed's hints are followed up to our longest pause, since many are set by mistake; Retry-After is
    a request to this client and always followed.
    """
    floors = [(result.retry_after_s or 0.0, "the server asks to come back after", "Retry-After")]
    if result.failure is None:
        fresh_s = min(result.fresh_for_s or 0.0, limits.ceiling_s)
        floors.append((fresh_s, "by its headers the response is fresh for", "Cache-Control or Expires"))
        hint_s = min(hints.pause_s or 0.0, limits.ceiling_s)
        floors.append((hint_s, "the feed asks for a pause of", "ttl or sy:updatePeriod"))
    seconds, words, name = max(floors)
    return seconds, f"{words} {span(seconds)} ({name})"


def _spread(pause_s: float, jitter: float, limits: PollLimits) -> float:
    """Return the pause ±10 %, so that feeds polled together do not stay together; within the limits."""
    spread = pause_s * (0.9 + 0.2 * jitter)
    return min(max(spread, limits.floor_s), max(limits.ceiling_s, limits.floor_s))
