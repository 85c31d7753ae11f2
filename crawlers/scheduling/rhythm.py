"""The rhythm of publication over the hours of the day and the days of the week, in UTC."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawlers.scheduling.dates import DAY, HOUR

_HOURS = 24
_WEEKDAYS = 7
# So many entries for each hour, or each weekday, are assumed to have come evenly before any were seen.
_HOUR_PRIOR = 3.0
_WEEKDAY_PRIOR = 5.0
_FACTOR_MIN = 0.04
_FACTOR_MAX = 8.0
# A longer span says nothing about hours unless its entries are dated; each hour of it would be alike.
_LONGEST_SPLIT_S = 8 * DAY


def to_hour(at: float) -> int:
    """Return the hour of the day, 0 to 23."""
    return int(at // HOUR) % _HOURS


def to_weekday(at: float) -> int:
    """Return the day of the week, Monday 0."""
    return int(at // DAY + 3) % _WEEKDAYS


def hours_between(start: float, end: float) -> Iterator[tuple[float, float]]:
    """Yield the span cut at full hours, as pairs of start and length in seconds."""
    while start < end:
        stop = min(end, (start // HOUR + 1) * HOUR)
        if stop <= start:  # beyond what floats can tell apart
            return
        yield start, stop - start
        start = stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Forgotten counts of entries and observed days for each hour and weekday."""

    hour_items: tuple[float, ...]
    hour_days: tuple[float, ...]
    weekday_items: tuple[float, ...]
    weekday_days: tuple[float, ...]
    per_day: float  # mean rate of these counts

    @classmethod
    def of(
        cls,
        hour_items: Iterable[float],
        hour_days: Iterable[float],
        weekday_items: Iterable[float],
        weekday_days: Iterable[float],
    ) -> "Rhythm":
        """Return the rhythm that these counts show."""
        items, days = tuple(hour_items), tuple(hour_days)
        observed = sum(days)
        return cls(
            hour_items=items,
            hour_days=days,
            weekday_items=tuple(weekday_items),
            weekday_days=tuple(weekday_days),
            per_day=sum(items) / observed if observed > 0 else 0.0,
        )

    @classmethod
    def flat(cls) -> "Rhythm":
        """Return the rhythm of which nothing is known."""
        return cls.of((0.0,) * _HOURS, (0.0,) * _HOURS, (0.0,) * _WEEKDAYS, (0.0,) * _WEEKDAYS)

    def factor(self, at: float) -> float:
        """Return how many times the mean rate is usual at this instant, drawn to 1 while few entries were seen.

        An hour counts half, and a quarter each of those beside it.
        """
        hour = int(at // HOUR) % _HOURS
        after = hour + 1 - _HOURS  # as a place from the end, so that the day goes round
        items, days = self.hour_items, self.hour_days
        count = 0.5 * items[hour] + 0.25 * (items[hour - 1] + items[after])
        time = 0.5 * days[hour] + 0.25 * (days[hour - 1] + days[after])
        of_hour = (count + _HOUR_PRIOR) / (self.per_day * time + _HOUR_PRIOR)
        day = int(at // DAY + 3) % _WEEKDAYS
        of_day = (self.weekday_items[day] + _WEEKDAY_PRIOR) / (self.per_day * self.weekday_days[day] + _WEEKDAY_PRIOR)
        return min(_FACTOR_MAX, max(_FACTOR_MIN, of_hour * of_day))

    def active_seconds(self, start: float, end: float) -> float:
        """Return the span's length with each hour weighed by its factor; whole weeks count as they are."""
        weeks = math.floor(max(0.0, end - start) / (7 * DAY)) * 7 * DAY
        return weeks + sum(length * self.factor(at) for at, length in hours_between(start + weeks, end))

    def observed(self, *, start: float, end: float, keep: float, dated: Iterable[float], undated: float) -> "Rhythm":
        """Return the rhythm after entries came in a span: at the times `dated`, and `undated` ones somewhere in it.

        `keep` is the share of the older counts that is not forgotten.
        """
        hour_items = [keep * value for value in self.hour_items]
        hour_days = [keep * value for value in self.hour_days]
        weekday_items = [keep * value for value in self.weekday_items]
        weekday_days = [keep * value for value in self.weekday_days]
        pieces = list(hours_between(max(start, end - _LONGEST_SPLIT_S), end))
        weight = sum(length * self.factor(at) for at, length in pieces)
        share = undated / weight if undated and weight > 0 else 0.0
        for at, length in pieces:
            hour, weekday = to_hour(at), to_weekday(at)
            hour_days[hour] += length / DAY
            weekday_days[weekday] += length / DAY
            if share:
                expected = share * length * self.factor(at)
                hour_items[hour] += expected
                weekday_items[weekday] += expected
        for at in dated:
            hour_items[to_hour(at)] += 1.0
            weekday_items[to_weekday(at)] += 1.0
        return Rhythm.of(hour_items, hour_days, weekday_items, weekday_days)


def rhythm_of_window(times: list[float], start: float, end: float, memory_s: float) -> Rhythm:
    """Return the rhythm of dated entries seen at once, older ones counting less."""
    hour_items, hour_days = [0.0] * _HOURS, [0.0] * _HOURS
    weekday_items, weekday_days = [0.0] * _WEEKDAYS, [0.0] * _WEEKDAYS
    for at in times:
        weight = math.exp(-(end - at) / memory_s)
        hour_items[to_hour(at)] += weight
        weekday_items[to_weekday(at)] += weight
    # Whole weeks before the last eight days are alike for each slot; only the rest is cut into hours.
    cut = max(start, end - _LONGEST_SPLIT_S)
    for at, length in hours_between(cut, end):
        days = length / DAY * math.exp(-(end - at) / memory_s)
        hour_days[to_hour(at)] += days
        weekday_days[to_weekday(at)] += days
    if start < cut:
        near, far = (math.exp(-(end - at) / memory_s) for at in (cut, start))
        days = memory_s / DAY * (near - far)
        hour_days = [value + days / _HOURS for value in hour_days]
        weekday_days = [value + days / _WEEKDAYS for value in weekday_days]
    return Rhythm.of(hour_items, hour_days, weekday_items, weekday_days)
