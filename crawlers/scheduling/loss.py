"""The estimate of entries missed between two polls of a feed."""

from dataclasses import dataclass
from datetime import datetime

from crawlers.scheduling.dates import seconds, usable_dates
from crawlers.scheduling.excess import estimate_excess
from crawlers.scheduling.overlap import Overlap, compare
from crawlers.scheduling.rate import RECENT_S, FeedRate, Listing

# How many times the usual number of entries may have come, and how often that is so: calm, busy, a burst, a great one.
_PACES = ((1.0, 0.95), (3.0, 0.04), (10.0, 0.01))
# Entries that the pace of a gap is taken from, and how widely that is off (shape of a gamma distribution).
_NEAR = 8
_FEWEST = 2
# The share of a gap that a burst which began in it fills, on average.
_BEGUN_WITHIN = 0.5
# Entries published within so many seconds came at once; what the window cut off of them is about this share.
_AT_ONCE_S = 60.0
_CUT_SHARE = 0.1
_SHAPE = 4.0


@dataclass(frozen=True, slots=True)
class Loss:
    """The chance that entries came and went between two polls unseen, and how many are expected to have."""

    chance: float
    items: float


NO_LOSS = Loss(0.0, 0.0)


def estimate_loss(rate: FeedRate, *, previous: tuple[int, ...], listing: Listing, since: datetime) -> Loss:
    """Return what may have been missed between the listing `previous`, of the poll at `since`, and this one.

    `rate` is what was known before this poll. Listings that join on to each other have lost nothing.
    """
    if not previous or not listing.keys:
        return NO_LOSS
    overlap = compare(previous, listing.keys)
    if overlap.is_continuous or not overlap.new:
        return NO_LOSS
    at, before = seconds(listing.at), seconds(since)
    gap = _dated_gap(rate, overlap, listing, min(before, at))
    if gap is not None:
        return _of_mean(gap)
    return _of_counts(len(overlap.new), rate.expected_between(min(before, at), at))


def _dated_gap(rate: FeedRate, overlap: Overlap, listing: Listing, before: float) -> float | None:
    """Return how many entries are expected between the poll at `before` and the first new one, if dates can tell."""
    dates = usable_dates(listing.published, seconds(listing.at))
    if dates is None or not rate.newest:
        return None
    new = sorted(date for position in overlap.new if (date := dates[position]) is not None)
    if len(new) <= _FEWEST:
        return None
    # All that was out at the last poll was listed then, so the gap begins there or at the newest entry known.
    start, end = max(rate.newest, before), new[0]
    if end <= start:
        return 0.0
    near = new[: _NEAR + 1]
    if near[-1] - end < _AT_ONCE_S:
        return _CUT_SHARE * len(new)
    pace = (len(near) - 2) / max(near[-1] - end, 1.0)
    paced, usual = pace * (end - start), rate.expected_between(start, end)
    if paced < usual:
        return paced
    # A burst that was under way at the last poll fills the gap; another began somewhere in it.
    under_way = min(1.0, rate.recent_items(start) / (RECENT_S * pace)) if pace > 0 else 1.0
    weight = _BEGUN_WITHIN + (1 - _BEGUN_WITHIN) * under_way
    return weight * paced + (1 - weight) * usual


def _of_mean(mean: float) -> Loss:
    """Return the loss when so many are expected in the gap, give or take as widely as paces differ."""
    if mean <= 0:
        return NO_LOSS
    return Loss(1.0 - (1.0 + mean / _SHAPE) ** -_SHAPE, mean)


def _of_counts(listed: int, expected: float) -> Loss:
    """Return the loss when at least as many came as are listed, and `expected` usually do."""
    if expected <= 0:
        return NO_LOSS
    weight = chance = items = 0.0
    for pace, share in _PACES:
        excess = estimate_excess(listed, pace * expected)
        weight += share * excess.weight
        chance += share * excess.chance
        items += share * excess.items
    if weight <= 0:
        return NO_LOSS
    return Loss(min(1.0, chance / weight), items / weight)
