"""The health of an outlet's collection on a day, so that "coverage fell" is never "our crawler fell". Pure.

An outlet is watched from the day of its first poll until its feeds are given up. On a watched day its collection is
impaired for one of these reasons, the first that holds:

* `polls`: more polls failed than succeeded, or there was none though its middle day of the four weeks before had two
  or more. How often a feed is polled follows from what it publishes, so fewer polls alone are no fault; what came and
  went meanwhile is a loss.
* `fetches`: most pages that it listed could not be fetched, of four or more.
* `pages`: most of its pages showed no article (a challenge, a wall, an error), of four or more.
* `loss`: by the overlap of its polls more than a tenth of its entries, and at least one, came and went unseen.
* `silent`: it published nothing, although that happens less than once in a thousand days by its habit on such days
  (workdays or weekends of the four weeks before; Poisson: seven articles a day or more).

The current day is judged by the failures alone.

The completeness of days follows from it. An outlet lacks what came and went between two polls, as far as their overlap
tells; with impaired collection it lacks at least the difference to its habit: the mean of such days of the four weeks
before with complete collection. Without a habit yet, or on the current day, the completeness is unknown.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from worker.coverage.stats.outlet_counts import OutletCounts, number_outlets

HABIT_DAYS = 28
_USUAL_POLLS, _FETCHES, _RARE, _LOSS = 2, 4, 0.001, 0.1


class Impairment(StrEnum):
    """The reason why the collection of an outlet was impaired on a day."""

    POLLS = "polls"
    FETCHES = "fetches"
    PAGES = "pages"
    LOSS = "loss"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """An outlet's attempts of collection on a day, and its articles."""

    polls: int = 0
    polls_failed: int = 0
    fetches: int = 0
    fetches_failed: int = 0
    articles: int = 0
    pages: int = 0
    pages_failed: int = 0
    fresh: int = 0
    """Entries that its feeds listed for the first time."""
    missed: float = 0.0
    """Expected number of entries that came and went between two polls."""


@dataclass(frozen=True, slots=True)
class DayHealth:
    """The number of watched outlets on a day, and the reasons for impaired collection by outlet."""

    watched: int = 0
    impaired: Mapping[str, Impairment] = field(default_factory=dict)
    seen: OutletCounts = field(default_factory=OutletCounts)
    """Articles of the watched outlets with known completeness."""
    missed: Mapping[str, float] = field(default_factory=dict)
    """Estimated number of missing articles of some of these outlets."""

    @property
    def alive(self) -> float | None:
        """The share of watched outlets with complete collection; None without watched outlets."""
        return 1 - len(self.impaired) / self.watched if self.watched else None


def complete(days: Iterable[DayHealth], outlet: str | None = None) -> float | None:
    """Return the estimated share of published articles seen on these days; None if unknown.

    Of one outlet, or of all watched ones.
    """
    seen, missed, is_known = 0, 0.0, False
    for day in days:
        if outlet is None:
            is_known |= bool(day.seen)
            seen += day.seen.total()
            missed += sum(day.missed.values())
        elif outlet in day.seen:
            is_known = True
            seen += day.seen[outlet]
            missed += day.missed.get(outlet, 0.0)
    if not is_known:
        return None
    return seen / (seen + missed) if missed else 1.0


class _Day(NamedTuple):
    """A judged day of an outlet."""

    weekend: bool
    tried: Collected
    trouble: Impairment | None
    """Reason for impaired collection, if any."""


_NOTHING = Collected()


def health_by_day(
    collected: Mapping[tuple[str, date], Collected],
    days: Iterable[date],
    *,
    today: date,
    given_up: Mapping[str, date] | None = None,
) -> dict[date, DayHealth]:
    """Return the health of each day.

    `collected` must begin four weeks before the first day; an outlet polled in it is watched from then on, until the
    day in `given_up`, if present. `today` is not over yet; later days are not judged.
    """
    wanted, ends = list(days), given_up or {}
    watched: Counter[date] = Counter()
    impaired: dict[date, dict[str, Impairment]] = {day: {} for day in wanted}
    seen: dict[date, dict[str, int]] = {day: {} for day in wanted}
    missed: dict[date, dict[str, float]] = {day: {} for day in wanted}
    by_outlet: defaultdict[str, dict[date, Collected]] = defaultdict(dict)
    for (outlet, day), tried in collected.items():
        by_outlet[outlet][day] = tried
    for outlet, by_day in sorted(by_outlet.items()):
        last = min(today, ends.get(outlet, date.max), max(wanted, default=date.min))
        for day, reason, lacking in _judged(by_day, last, today):
            if day in impaired:
                watched[day] += 1
                if reason:
                    impaired[day][outlet] = reason
                if lacking is not None:
                    seen[day][outlet] = by_day.get(day, _NOTHING).articles
                if lacking:
                    missed[day][outlet] = lacking
    places = number_outlets(sorted(by_outlet))
    return {day: DayHealth(watched[day], impaired[day], OutletCounts(seen[day], places), missed[day]) for day in wanted}


def _judged(
    by_day: Mapping[date, Collected], last: date, today: date
) -> Iterator[tuple[date, Impairment | None, float | None]]:
    """Yield each day from an outlet's first poll on, with the reason for impaired collection and the missing
    articles.
    """
    first = min((day for day, tried in by_day.items() if tried.polls or tried.polls_failed), default=date.max)
    before: deque[_Day] = deque(maxlen=HABIT_DAYS)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        tried, weekend = by_day.get(day, _NOTHING), is_weekend(day)
        trouble = _find_impairment(tried, before, weekend=weekend, is_over=day < today)
        judged = _Day(weekend, tried, trouble)
        yield day, trouble, _lacking(judged, before) if day < today else None
        before.append(judged)


def _lacking(day: _Day, before: Collection[_Day]) -> float | None:
    """Return the estimated number of missing articles of the outlet on a day; None if unknown."""
    measured = day.tried.missed
    if day.trouble in (None, Impairment.LOSS):
        return measured
    alike = [other.tried.articles for other in before if other.weekend == day.weekend and other.trouble is None]
    return max(measured, sum(alike) / len(alike) - day.tried.articles) if alike else measured or None


def _find_impairment(tried: Collected, before: Collection[_Day], *, weekend: bool, is_over: bool) -> Impairment | None:
    """Return the reason for impaired collection on a day after those `before`; None if it was complete."""
    if tried.polls_failed > tried.polls:
        return Impairment.POLLS
    if is_over and not tried.polls and before and median([one.tried.polls for one in before]) >= _USUAL_POLLS:
        return Impairment.POLLS
    if tried.fetches + tried.fetches_failed >= _FETCHES and tried.fetches_failed > tried.fetches:
        return Impairment.FETCHES
    if tried.pages + tried.pages_failed >= _FETCHES and tried.pages_failed > tried.pages:
        return Impairment.PAGES
    if tried.missed >= 1 and tried.missed > _LOSS * (tried.fresh + tried.missed):
        return Impairment.LOSS
    if is_over and not tried.articles:
        alike = [other.tried.articles for other in before if other.weekend == weekend]
        if alike and math.exp(-sum(alike) / len(alike)) < _RARE:
            return Impairment.SILENT
    return None


def is_weekend(day: date) -> bool:
    """Return whether the day is a Saturday or a Sunday."""
    return day.weekday() >= 5
