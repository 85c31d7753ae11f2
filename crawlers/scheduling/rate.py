"""The rate and rhythm of publication of a feed, learnt from its polls."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from crawlers.scheduling.dates import DAY, HOUR, seconds, usable_dates
from crawlers.scheduling.excess import estimate_excess
from crawlers.scheduling.overlap import Overlap, compare
from crawlers.scheduling.rhythm import Rhythm, rhythm_of_window

# Entries seen so long ago count a third.
_MEMORY_S = 21 * DAY
# Before anything is known: half an entry in an eighth of a day.
_PRIOR_ITEMS = 0.5
_PRIOR_DAYS = 0.125
# A burst is noticed in, and forgotten with, the counts of the last hour.
RECENT_S = HOUR
# Polls without news are added up to spans of this length before they are counted.
_COUNT_EVERY_S = 2 * HOUR
# An entry dated so long before the last poll is an old one that came back.
_LATE_S = DAY
# A list of so few entries is often all new; that says little.
_SHORT = 2
_LOW_SHARE = 1 / 3
_HIGH_SHARE = 2 / 3
_CAUTION_MIN = 1 / 32
_CAUTION_GROWTH = 1.1
# Entries at the far end are taken for pinned when the gap before them is so many times the rest of the window.
_OUTLIER_GAP = 5.0
_OUTLIERS = 3
# So much is counted of the entries that are expected to have come and gone unseen: all would grow without end where
# each poll has a gap.
_UNSEEN_SHARE = 0.4
# So many of the first entries tell whether the dates of a listing can be used, besides those that are new.
_SAMPLE = 12

_VERSION = 1
_INSTANT_MAX = 253_402_300_799.0  # the end of the year 9999
_COUNT_MAX = 1e7
# Each number as stored: its name, its digits after the point, the highest that is believed.
_NUMBERS = (
    ("counted_until", 0, _INSTANT_MAX),
    ("items", 3, _COUNT_MAX),
    ("days", 4, _COUNT_MAX),
    ("recent", 3, _COUNT_MAX),
    ("recent_at", 0, _INSTANT_MAX),
    ("newest", 0, _INSTANT_MAX),
    ("last_new_at", 0, _INSTANT_MAX),
    ("fresh", 0, _COUNT_MAX),
    ("size", 0, _COUNT_MAX),
    ("pinned", 0, _COUNT_MAX),
    ("caution", 4, 1.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The entries that a feed listed at one poll, in its order; dates are as it gives them, nonsense included."""

    at: datetime
    keys: tuple[int, ...]
    published: tuple[datetime | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRate:
    """All that is learnt about a feed's publishing. Instants are seconds since 1970, 0 for never."""

    counted_until: float = 0.0
    items: float = 0.0  # forgotten count of entries
    days: float = 0.0  # forgotten time in which they were counted
    rhythm: Rhythm
    recent: float = 0.0  # entries of the hour before `recent_at`, forgotten within about an hour
    recent_at: float = 0.0
    newest: float = 0.0  # the latest usable date seen
    last_new_at: float = 0.0
    fresh: int = 0  # entries that were new at the last poll that showed any
    size: int = 0  # entries of that listing
    pinned: int = 0
    caution: float = 1.0  # share of the usual risk that is accepted; halved when few entries were known

    @classmethod
    def new(cls) -> "FeedRate":
        """Return what is known before the first poll."""
        return _NEW

    @property
    def per_day(self) -> float:
        """Return the entries expected on an average day."""
        return (self.items + _PRIOR_ITEMS) / (self.days + _PRIOR_DAYS)

    def recent_items(self, at: float) -> float:
        """Return the entries of about the last hour before this instant."""
        return self.recent * math.exp(-max(0.0, at - self.recent_at) / RECENT_S)

    def expected_items(self, start: datetime, end: datetime) -> float:
        """Return the entries usually published between two instants; bursts are not foreseen."""
        return self.expected_between(seconds(start), seconds(end))

    def expected_between(self, start: float, end: float) -> float:
        """Return the same for seconds since 1970."""
        return self.per_day * self.rhythm.active_seconds(start, end) / DAY

    def after_first(self, listing: Listing) -> "FeedRate":
        """Return what is known after the first poll: the dates in the window show rate and rhythm at once."""
        at = seconds(listing.at)
        dates = usable_dates(listing.published, at)
        times = _without_outliers(sorted({date for date in dates or () if date is not None}))
        counted = replace(self, counted_until=at, size=len(set(listing.keys)), fresh=0)
        if len(times) < 2 or at - times[0] < 1:
            return replace(counted, newest=times[-1] if times else 0.0, last_new_at=times[-1] if times else at)
        later = times[1:]
        rhythm = rhythm_of_window(later, times[0], at, _MEMORY_S)
        return replace(
            counted,
            items=sum(math.exp(-(at - time) / _MEMORY_S) for time in later),
            days=sum(rhythm.weekday_days),
            rhythm=rhythm,
            recent=sum(math.exp(-(at - time) / RECENT_S) for time in later),
            recent_at=at,
            newest=times[-1],
            last_new_at=times[-1],
        )

    def after_poll(self, previous: tuple[int, ...], listing: Listing, since: datetime) -> "FeedRate":
        """Return what is known after a poll; `previous` was listed at `since`, the last successful one."""
        overlap = compare(previous, listing.keys)
        if not overlap.new:
            return self.after_unchanged(since, listing.at)
        at, before = seconds(listing.at), seconds(since)
        dates = usable_dates(listing.published[: max(_SAMPLE, overlap.new[-1] + 1)], at)
        # Where nothing joins on, keys may have changed; dates tell what is new.
        is_gap = not overlap.is_continuous
        latest = min(self.newest, at)
        fresh, undated = _fresh(overlap, dates, latest if is_gap and latest else before - _LATE_S)
        if not fresh and not undated:
            return self.after_unchanged(since, listing.at)
        start = min(self.counted_until or before, at)
        count = len(fresh) + undated
        if is_gap and undated > _SHORT:
            # More came than are listed. Counted as they are, rates would never exceed the window.
            undated += _unseen(undated, self.expected_between(before, at))
        if is_gap and len(fresh) > _SHORT and fresh[0] > start:
            # What came in the gap was not seen: neither its entries nor its time are counted.
            start, fresh = fresh[0], fresh[1:]
        newest = max([latest, *fresh])
        return replace(
            self._counted(start, at, fresh, undated),
            recent=self.recent_items(at) + _recent(fresh, undated, before, at),
            recent_at=at,
            newest=newest,
            last_new_at=at,
            fresh=count,
            size=overlap.size,
            pinned=overlap.pinned,
            caution=_caution(self.caution, overlap),
        )

    def after_unchanged(self, since: datetime, at: datetime) -> "FeedRate":
        """Return what is known after a poll that found nothing new."""
        now = seconds(at)
        start = min(self.counted_until or seconds(since), now)
        grown = min(1.0, self.caution * _CAUTION_GROWTH)
        if now - start >= _COUNT_EVERY_S:
            counted = self._counted(start, now, [], 0)
            return counted if grown == self.caution else replace(counted, caution=grown)
        if start == self.counted_until and grown == self.caution:
            return self
        return replace(self, counted_until=start, caution=grown)

    def _counted(self, start: float, end: float, dated: list[float], undated: int) -> "FeedRate":
        """Return the counts with a watched span and its entries added, everything older forgotten a little."""
        end = max(start, end)
        keep = math.exp((self.counted_until - max(end, self.counted_until)) / _MEMORY_S) if self.counted_until else 1.0
        rhythm = self.rhythm.observed(start=start, end=end, keep=keep, dated=dated, undated=undated)
        return replace(
            self,
            counted_until=end,
            items=keep * self.items + len(dated) + undated,
            days=keep * self.days + (end - start) / DAY,
            rhythm=rhythm,
        )

    def to_json(self) -> dict[str, object]:
        """Return the same as plain JSON, under 1 KB."""
        rhythm = self.rhythm
        return {
            "version": _VERSION,
            **{name: _rounded(getattr(self, name), digits) for name, digits, _ in _NUMBERS},
            "hour_items": [_rounded(value, 3) for value in rhythm.hour_items],
            "hour_days": [_rounded(value, 4) for value in rhythm.hour_days],
            "weekday_items": [_rounded(value, 2) for value in rhythm.weekday_items],
            "weekday_days": [_rounded(value, 3) for value in rhythm.weekday_days],
        }

    @classmethod
    def from_json(cls, mapping: object) -> "FeedRate":
        """Return the rate stored as JSON; what is missing or cannot be is as for a new feed."""
        if not isinstance(mapping, Mapping):
            return _NEW
        numbers = {name: _number(mapping.get(name), getattr(_NEW, name), highest) for name, _, highest in _NUMBERS}
        flat = _NEW.rhythm
        rhythm = Rhythm.of(
            _row(mapping.get("hour_items"), flat.hour_items),
            _row(mapping.get("hour_days"), flat.hour_days),
            _row(mapping.get("weekday_items"), flat.weekday_items),
            _row(mapping.get("weekday_days"), flat.weekday_days),
        )
        counts = {name: int(numbers.pop(name)) for name in ("fresh", "size", "pinned")}
        caution = max(_CAUTION_MIN, numbers.pop("caution"))
        return cls(rhythm=rhythm, caution=caution, **numbers, **counts)  # type: ignore[arg-type]


def _rounded(value: float, digits: int) -> float | int:
    """Return the number as briefly as JSON can have it."""
    short = round(value, digits)
    return int(short) if short == int(short) else short


def _number(value: object, default: float, highest: float) -> float:
    """Return a stored number within its range, or the default if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return default
    return float(min(max(value, 0.0), highest))


def _row(values: object, default: tuple[float, ...]) -> tuple[float, ...]:
    """Return a stored row of numbers, or the default if it is none of that length."""
    if not isinstance(values, list | tuple) or len(values) != len(default):
        return default
    return tuple(_number(value, 0.0, _COUNT_MAX) for value in values)


def _without_outliers(times: list[float]) -> list[float]:
    """Return ascending times without a few that stand far before all others, as pinned entries do."""
    for _ in range(_OUTLIERS):
        if len(times) < 5 or times[1] - times[0] <= _OUTLIER_GAP * (times[-1] - times[1]):
            return times
        times = times[1:]
    return times


def _fresh(overlap: Overlap, dates: tuple[float | None, ...] | None, after: float) -> tuple[list[float], int]:
    """Return the ascending dates of the entries that are really new, and how many more have none."""
    if dates is None:
        return [], len(overlap.new)
    new = [dates[position] for position in overlap.new]
    dated = [date for date in new if date is not None]
    return sorted(date for date in dated if date > after), len(new) - len(dated)


def _unseen(listed: int, expected: float) -> int:
    """Return how many more entries than those listed have come at the usual pace, if so many are expected."""
    excess = estimate_excess(listed, expected)
    return round(_UNSEEN_SHARE * excess.items / excess.weight) if excess.weight > 0 else 0


def _recent(dated: list[float], undated: int, start: float, end: float) -> float:
    """Return how much new entries add to the count of the last hour; undated ones are taken as spread over the span."""
    total = sum(math.exp((date - end) / RECENT_S) for date in dated)
    if undated:
        span = max(1.0, end - start)
        total += undated * RECENT_S / span * -math.expm1(-span / RECENT_S)
    return total


def _caution(caution: float, overlap: Overlap) -> float:
    """Return the share of risk accepted after this overlap: halved at once when it is low, grown slowly when high."""
    if overlap.size - overlap.pinned <= _SHORT:
        return caution
    share = overlap.known_share
    if share < _LOW_SHARE:
        return max(_CAUTION_MIN, caution / 2)
    return min(1.0, caution * _CAUTION_GROWTH) if share >= _HIGH_SHARE else caution


_NEW = FeedRate(rhythm=Rhythm.flat())
