"""How long to wait before a feed is polled again."""

import math
from dataclasses import dataclass
from datetime import datetime

from crawlers.scheduling.dates import DAY, HOUR, seconds
from crawlers.scheduling.rate import FeedRate
from crawlers.scheduling.rhythm import hours_between

# At this many entries a day, or more, a feed is polled every `_BUSY_S`; slower ones steeply more rarely.
_BUSY_PER_DAY = 11.0
_BUSY_S = 585.0
_STEEPNESS = 1.7
# The chance that more entries than the window holds come before the next poll.
_LOSS_CHANCE = 1e-3
# A burst is foreseen to go on for so long.
_BURST_S = 2 * HOUR


@dataclass(frozen=True, slots=True)
class PollInterval:
    """The time to the next poll, and why it is that long, as part of a sentence."""

    seconds: float
    reason: str


def next_interval(
    rate: FeedRate, *, window: int | None, now: datetime, floor_s: float, ceiling_s: float
) -> PollInterval:
    """Return when the feed is to be polled next, between floor and ceiling.

    Each moment of waiting adds to the urgency what the publication expected then is worth; the poll is due when that
    makes one, or when more entries are expected than the window may lose without harm.
    """
    at = seconds(now)
    recent = rate.recent_items(at)
    surely = max(0.0, recent - 1.0 - math.sqrt(recent)) * DAY / HOUR
    allowed = _accepted_items(window, rate)
    ceiling_s = max(ceiling_s, floor_s)
    urgency = expected = waited = 0.0
    is_window = False
    per_day = rate.per_day
    for start, length in hours_between(at, at + ceiling_s):
        usual = per_day * rate.rhythm.factor(start)
        bursting = waited < _BURST_S
        wanted = _wished(max(usual, surely) if bursting else usual)
        arrival = max(usual, recent * DAY / HOUR) / DAY if bursting else usual / DAY
        by_urgency = (1.0 - urgency) * wanted
        by_window = (allowed - expected) / arrival if arrival > 0 else math.inf
        due = min(by_urgency, by_window)
        if due <= length:
            waited += due
            is_window = by_window < by_urgency
            break
        waited += length
        urgency += length / wanted
        expected += length * arrival
    wait = min(ceiling_s, max(floor_s, waited))
    return PollInterval(
        wait,
        _reason(rate, at=at, window=window, usual=per_day * rate.rhythm.factor(at), surely=surely, is_window=is_window),
    )


def _wished(per_day: float) -> float:
    """Return the interval wished while a feed publishes at this rate, in seconds."""
    if per_day >= _BUSY_PER_DAY:
        return _BUSY_S
    return _BUSY_S * math.pow(_BUSY_PER_DAY / max(per_day, 1e-6), _STEEPNESS)


def _accepted_items(window: int | None, rate: FeedRate) -> float:
    """Return how many entries may be expected before the next poll.

    Counts that spread as widely as a geometric distribution exceed the window then with the chance accepted.
    """
    if window is None:
        return math.inf
    ratio = math.pow(_LOSS_CHANCE, 1.0 / (max(1, window - rate.pinned) + 1))
    return ratio / (1.0 - ratio) * rate.caution


def _reason(rate: FeedRate, *, at: float, window: int | None, usual: float, surely: float, is_window: bool) -> str:
    if surely > 2 * usual and surely > _BUSY_PER_DAY / 2:
        return (
            f"a burst: {rate.fresh} of {rate.size} entries were new"
            if rate.fresh
            else "a burst: many entries within the hour"
        )
    if is_window:
        return f"more than the {window} entries listed may come"
    quiet = (at - rate.last_new_at) / DAY if rate.last_new_at else 0.0
    if quiet >= 7 and quiet * rate.per_day > 1:
        return f"nothing new for {quiet:.0f} days"
    if not rate.items and not rate.days:
        return "nothing is known about it yet"
    share = usual / rate.per_day
    when = ", most of them at this time" if share > 1.3 else ", few of them at this time" if share < 0.6 else ""
    return f"about {_amount(rate.per_day)} expected{when}"


def _amount(per_day: float) -> str:
    if per_day >= 1.5:
        return f"{per_day:.0f} entries a day are"
    if per_day >= 0.75:
        return "one entry a day is"
    if per_day >= 0.2:
        return f"one entry in {1 / per_day:.0f} days is"
    return "less than one entry in five days is"
