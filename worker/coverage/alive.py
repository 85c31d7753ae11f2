"""Whether an outlet's collection was whole on a day, so that "coverage fell" is never "our crawler fell". Pure.

An outlet is watched from the first day on which it was polled, until its feeds are given up. On a watched day its
collection is impaired for one of these reasons, the first that holds:

* `polls`: fewer than half as many polls succeeded as on its middle day of the four weeks before. A failing feed is
  polled ever more seldom, and a crawler that does not run polls nothing: both show here.
* `fetches`: most pages that it named could not be fetched, of four or more.
* `silent`: it printed nothing, although by its habit on such days (workdays or weekends of the four weeks before) that
  happens less than once in a thousand days (Poisson: seven articles a day or more).

The day that is not over yet is judged by the failures alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

HABIT_DAYS = 28
_LEAST_POLLS, _FETCHES, _RARE = 0.5, 4, 0.001


@dataclass(frozen=True, slots=True)
class Collected:
    """What was tried for an outlet on a day, and what it printed."""

    polls: int = 0
    polls_failed: int = 0
    fetches: int = 0
    fetches_failed: int = 0
    articles: int = 0


@dataclass(frozen=True, slots=True)
class DayHealth:
    """How many outlets were watched on a day, and whose collection was impaired: outlet → reason."""

    watched: int = 0
    impaired: Mapping[str, str] = field(default_factory=dict)

    @property
    def alive(self) -> float | None:
        """The share of watched outlets whose collection was whole; None when nothing was watched."""
        return 1 - len(self.impaired) / self.watched if self.watched else None


_NOTHING = Collected()


def health_by_day(
    collected: Mapping[tuple[str, date], Collected],
    days: Iterable[date],
    *,
    today: date,
    given_up: Mapping[str, date] | None = None,
) -> dict[date, DayHealth]:
    """Return the health of each day.

    `collected` is to begin four weeks before the first day; whoever was polled in it is watched from then on, until
    the day in `given_up`, if it is there. `today` is not over yet; later days are not judged.
    """
    first_poll: dict[str, date] = {}
    for (outlet, day), tried in collected.items():
        if tried.polls or tried.polls_failed:
            first_poll[outlet] = min(day, first_poll.get(outlet, day))
    ends = given_up or {}
    health = {}
    for day in days:
        watched = [
            outlet
            for outlet, first in sorted(first_poll.items())
            if first <= day <= min(today, ends.get(outlet, date.max))
        ]
        reasons = {outlet: _trouble(collected, outlet, day, first_poll[outlet], today) for outlet in watched}
        health[day] = DayHealth(len(watched), {outlet: reason for outlet, reason in reasons.items() if reason})
    return health


def _trouble(
    collected: Mapping[tuple[str, date], Collected], outlet: str, day: date, first: date, today: date
) -> str | None:
    """Return why the outlet's collection was impaired on the day; None when it was whole."""
    tried = collected.get((outlet, day), _NOTHING)
    succeeded = tried.polls
    if tried.polls_failed and not succeeded:
        return "polls"
    before = [day - timedelta(days=back) for back in range(1, HABIT_DAYS + 1)]
    past = {when: collected.get((outlet, when), _NOTHING) for when in before if when >= first}
    if day < today and past:
        habit = median(other.polls for other in past.values())
        if succeeded < _LEAST_POLLS * habit:
            return "polls"
    if tried.fetches + tried.fetches_failed >= _FETCHES and tried.fetches_failed > tried.fetches:
        return "fetches"
    if day < today and not tried.articles:
        alike = [other.articles for when, other in past.items() if is_weekend(when) == is_weekend(day)]
        if alike and math.exp(-sum(alike) / len(alike)) < _RARE:
            return "silent"
    return None


def is_weekend(day: date) -> bool:
    """Return whether the day is a Saturday or a Sunday."""
    return day.weekday() >= 5
