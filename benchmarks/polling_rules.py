"""Rules of when to poll, played on invented feeds: ours, and the published ones of other systems."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from benchmarks.polling_feeds import DAY, HOUR, InventedFeed
from crawlers.scheduling.interval import next_interval
from crawlers.scheduling.loss import estimate_loss
from crawlers.scheduling.rate import FeedRate, Listing

FLOOR_S, CEILING_S = 300.0, 86_400.0
_MINUTE = 60.0
_JITTER = 0.1  # as the crawler spreads its polls
_DRAWS = 4096
_PINNED_AT = datetime(2024, 1, 1, tzinfo=UTC)


class Prediction(NamedTuple):
    """The estimate of loss at a poll where nothing was known, and the truth."""

    chance: float
    items: float
    missed: int


@dataclass(slots=True)
class Played:
    """The polls of one feed by one rule, in seconds since 1970, and the losses that were estimated."""

    polls: Sequence[float] | np.typing.NDArray[np.float64]
    predictions: list[Prediction] = field(default_factory=list)


Rule = Callable[[InventedFeed, float, float, np.random.Generator], Played]


class FeedReader:
    """Gives the listings of an invented feed."""

    def __init__(self, feed: InventedFeed) -> None:
        self.times: list[float] = feed.times.tolist()
        self.moving = feed.moving
        self._pinned = tuple(range(-feed.pinned, 0))
        dates = [datetime.fromtimestamp(at, UTC) for at in self.times] if feed.is_dated else [None] * len(self.times)
        self._dates: list[datetime | None] = [*dates]
        self._pinned_dates = ((_PINNED_AT if feed.is_dated else None),) * feed.pinned

    def listing(self, now: datetime, out: int) -> Listing:
        """Return what is listed when so many entries are out."""
        low = max(0, out - self.moving)
        dates = self._dates[low:out]
        dates.reverse()
        return Listing(at=now, keys=(*self._pinned, *range(out, low, -1)), published=(*self._pinned_dates, *dates))


def play_ours(
    feed: InventedFeed, first: float, end: float, draw: np.random.Generator, *, fixed_s: float | None = None
) -> Played:
    """Poll as Steppewatch does, or at a fixed interval while it learns all the same."""
    reader = FeedReader(feed)
    times = reader.times
    jitter: list[float] = draw.uniform(1 - _JITTER, 1 + _JITTER, _DRAWS).tolist()
    polls: list[float] = [first]
    predictions: list[Prediction] = []
    since = datetime.fromtimestamp(first, UTC)
    known = bisect_right(times, first)
    listing = reader.listing(since, known)
    rate, keys, at = FeedRate.new().after_first(listing), listing.keys, first
    while True:
        wait = fixed_s or next_interval(rate, window=len(keys), now=since, floor_s=FLOOR_S, ceiling_s=CEILING_S).seconds
        at += max(FLOOR_S, min(CEILING_S, wait * jitter[len(polls) % _DRAWS]))
        if at >= end:
            return Played(polls, predictions)
        polls.append(at)
        now = datetime.fromtimestamp(at, UTC)
        out = bisect_right(times, at, known)
        if out == known:
            rate = rate.after_unchanged(since, now)
        else:
            listing = reader.listing(now, out)
            if out - known >= reader.moving:
                loss = estimate_loss(rate, previous=keys, listing=listing, since=since)
                predictions.append(Prediction(loss.chance, loss.items, out - known - reader.moving))
            rate, keys = rate.after_poll(keys, listing, since), listing.keys
        known, since = out, now


def every(seconds: float) -> Rule:
    """Return the rule that polls at a fixed interval."""

    def play(feed: InventedFeed, first: float, end: float, draw: np.random.Generator) -> Played:
        return Played(np.arange(first, end, seconds))

    return play


def play_entry_frequency(feed: InventedFeed, first: float, end: float, draw: np.random.Generator) -> Played:
    """Poll as Miniflux does with entry_frequency: a week by the entries of the last week, 5 minutes to 24 hours."""
    times = feed.times.tolist()
    polls, at, low, high = [], first, 0, 0
    while at < end:
        polls.append(at)
        high = bisect_right(times, at, high)
        low = bisect_right(times, at - 7 * DAY, low)
        weekly = high - low
        at += min(DAY, max(5 * _MINUTE, 7 * DAY / weekly)) if weekly else DAY
    return Played(polls)


def play_commafeed(feed: InventedFeed, first: float, end: float, draw: np.random.Generator) -> Played:
    """Poll as CommaFeed does: half the average gap of the entries listed, and by the age of the last one."""
    times = feed.times.tolist()
    polls, at, high = [], first, 0
    base, longest = 5 * _MINUTE, 4 * HOUR
    while at < end:
        polls.append(at)
        high = bisect_right(times, at, high)
        low = max(0, high - feed.window)
        age = (at - times[high - 1]) / DAY if high else 30.0
        if age >= 30:
            at += longest
        elif age >= 14:
            at += longest / 2
        elif age >= 7:
            at += longest / 4
        else:
            gap = (times[high - 1] - times[low]) / (high - low - 1) if high - low > 1 else longest
            at += min(longest / 4, max(base, gap / 2))
    return Played(polls)


def play_media_cloud(feed: InventedFeed, first: float, end: float, draw: np.random.Generator) -> Played:
    """Poll as Media Cloud does: 10 minutes later when two thirds were known, an hour earlier below one third."""
    times = feed.times.tolist()
    wait = 6 * HOUR
    polls, at = [first], first
    high = bisect_right(times, first)
    last_new = first
    while (at := at + wait) < end:
        polls.append(at)
        out = bisect_right(times, at, high)
        listed = min(feed.window, out + feed.pinned)
        share = 1 - min(feed.moving, out - high) / listed if listed else 1.0
        last_new = at if out > high else last_new
        high = out
        if share >= 2 / 3:
            wait = min(DAY, wait + (60 if at - last_new > 31 * DAY else 10) * _MINUTE)
        elif share < 1 / 3:
            wait = 6 * HOUR if wait > 6 * HOUR else max(10 * _MINUTE, wait - HOUR)
    return Played(polls)


RULES: dict[str, Rule] = {
    "Steppewatch": play_ours,
    "Miniflux, round_robin (default, 60 min)": every(HOUR),
    "Miniflux, entry_frequency": play_entry_frequency,
    "CommaFeed": play_commafeed,
    "Media Cloud": play_media_cloud,
    "every 5 minutes, nothing less is allowed": every(FLOOR_S),
}
