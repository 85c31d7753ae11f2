"""The pause before a feed is polled again."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from crawlers.scheduling.dates import DAY, HOUR, seconds
from crawlers.scheduling.rate import RECENT_S, FeedRate
from crawlers.scheduling.rhythm import hours_between

# While this many entries a day are expected, or more, a feed is polled every `_BUSY_S`; below, steeply more rarely.
# With the crawler's jitter of a tenth, ninety-nine entries of a hundred are then found within ten minutes.
_BUSY_PER_DAY = 17.0
_BUSY_S = 560.0
_STEEPNESS = 5.0
# Feeds of fewer entries a day, averaged over the week, are not polled so often in their best hours either.
_FREQUENT_PER_DAY = 15.0
# The interval wished at one entry a day, and the power of the rate that it falls with, where that is shorter.
_SLOW_S = 10 * HOUR
_SLOWNESS = 0.5
# The chance that more entries than the window holds come before the next poll.
_LOSS_CHANCE = 1e-3
# A burst that was noticed is foreseen to go on for so long.
_BURST_S = 2 * HOUR
# A burst may begin unseen just after a poll. What it makes a feed lose grows with the window, the polls it takes to
# prevent that fall with it: so the longest interval grows with the root of the window. In seconds, for one place and
# one entry a day.
_UNSEEN_S = 7600.0
_UNSEEN_POWER = 0.75
# A feed is not left alone for longer than this share of the time that it was watched, or that its window covers.
_LEARNING_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class PollInterval:
    """The time to the next poll, and why it is that long, as part of a sentence."""

    seconds: float
    reason: str


class _Bound(Enum):
    """The rule that an interval follows from."""

    URGENCY = auto()
    WINDOW = auto()  # the usual entries, or those of a burst that goes on, fill the window
    UNSEEN_BURST = auto()  # a burst that nobody knows of yet may fill it


def next_interval(
    rate: FeedRate, *, window: int | None, now: datetime, floor_s: float, ceiling_s: float
) -> PollInterval:
    """Return when the feed is to be polled next, between floor and ceiling.

    Each moment of waiting adds to the urgency what the publication expected then is worth; the poll is due when that
    makes one, or earlier, when more entries are expected than the window may lose without harm.
    """
    at = seconds(now)
    recent = rate.recent_items(at)
    surely = max(0.0, recent - 1.0 - math.sqrt(recent)) * DAY / RECENT_S
    unseen = _unseen_burst(window, rate)
    longest = max(floor_s, min(ceiling_s, _learning(rate), unseen))
    wait, bound = _wait(rate, at=at, longest=longest, surely=surely, likely=recent * DAY / RECENT_S, window=window)
    if wait >= unseen:
        bound = _Bound.UNSEEN_BURST
    return PollInterval(max(floor_s, wait), _reason(rate, at=at, surely=surely, window=window, bound=bound))


def _wait(
    rate: FeedRate, *, at: float, longest: float, surely: float, likely: float, window: int | None
) -> tuple[float, _Bound]:
    """Return the seconds until urgency or window make a poll due, at most `longest`, and which of them did.

    The last hour shows a rate of `likely` a day, and `surely` at least.
    """
    per_day, rhythm = rate.per_day, rate.rhythm
    frequent = min(1.0, per_day / _FREQUENT_PER_DAY)
    urgency, spare, waited = 1.0, _accepted_items(window, rate), 0.0
    for start, length in hours_between(at, at + longest):
        usual = per_day * rhythm.factor(start)
        if waited < _BURST_S:
            wished, arriving = _wished(max(usual * frequent, surely)), max(usual, likely) / DAY
        else:
            wished, arriving = _wished(usual * frequent), usual / DAY
        by_urgency, by_window = urgency * wished, spare / arriving
        if by_window <= length and by_window < by_urgency:
            return waited + by_window, _Bound.WINDOW
        if by_urgency <= length:
            return waited + by_urgency, _Bound.URGENCY
        waited += length
        urgency -= length / wished
        spare -= length * arriving
    return longest, _Bound.URGENCY


def _wished(per_day: float) -> float:
    """Return the interval wished while a feed publishes at this rate, in seconds."""
    if per_day >= _BUSY_PER_DAY:
        return _BUSY_S
    per_day = max(per_day, 1e-6)
    busy = _BUSY_S * math.pow(_BUSY_PER_DAY / per_day, _STEEPNESS)
    return min(busy, _SLOW_S / math.pow(per_day, _SLOWNESS))


def _accepted_items(window: int | None, rate: FeedRate) -> float:
    """Return how many entries may be expected before the next poll.

    Counts that spread as widely as a geometric distribution exceed the window then with the chance accepted.
    """
    if window is None:
        return math.inf
    moving = max(1, window - rate.pinned)
    ratio = math.pow(_LOSS_CHANCE, 1.0 / (moving + 1))
    return ratio / (1.0 - ratio) * rate.caution


def _unseen_burst(window: int | None, rate: FeedRate) -> float:
    """Return how long a burst may go on unseen until it exceeds the window."""
    if window is None:
        return math.inf
    moving = max(1, window - rate.pinned)
    return _UNSEEN_S * math.sqrt(moving) / math.pow(rate.per_day, _UNSEEN_POWER) * rate.caution


def _learning(rate: FeedRate) -> float:
    """Return the longest interval as long as little of the feed was seen."""
    return max(_BUSY_S, rate.days * DAY * _LEARNING_SHARE)


def _reason(rate: FeedRate, *, at: float, surely: float, window: int | None, bound: _Bound) -> str:
    """Return what an operator is told."""
    usual = rate.per_day * rate.rhythm.factor(at)
    if surely > 2 * usual and surely > _BUSY_PER_DAY / 2:
        return (
            f"a burst: {rate.fresh} of {rate.size} entries were new" if rate.fresh else "many entries within the hour"
        )
    if bound is _Bound.WINDOW:
        return f"more than the {window} entries that it lists may come"
    quiet = (at - rate.last_new_at) / DAY if rate.last_new_at else 0.0
    if quiet >= 7 and quiet * rate.per_day > 1:
        return f"nothing new for {quiet:.0f} days"
    if not rate.items and not rate.days:
        return "nothing is known about it yet"
    share = usual / rate.per_day
    when = ", most of them at this time" if share > 1.3 else ", few of them at this time" if share < 0.6 else ""
    burst = f", and a burst would soon fill the {window} that it lists" if bound is _Bound.UNSEEN_BURST else ""
    return f"about {_amount(rate.per_day)} expected{when}{burst}"


def _amount(per_day: float) -> str:
    """Return the rate as the beginning of a clause, with its verb."""
    if per_day >= 1.5:
        return f"{per_day:.0f} entries a day are"
    if per_day >= 0.75:
        return "one entry a day is"
    if per_day >= 0.2:
        return f"one entry in {1 / per_day:.0f} days is"
    return "less than one entry in five days is"
