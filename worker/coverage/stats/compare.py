"""Two periods compared: the ratio and the difference of their daily rates, each with an interval. Pure.

Daily counts of news vary more than a Poisson variable would. The dispersion is the Pearson statistic of the days about
the mean of their period, divided by its degrees of freedom, never less than one (quasi-likelihood: McCullagh, Nelder,
Generalized Linear Models, 1989, chapter 9); counts divided by it are worth so many independent events. With these,

* the ratio has the interval of Clopper and Pearson (1934) for the share of the second period in all events, given
  their sum (Przyborowski, Wilenski, 1940), which holds for small counts and for none;
* the difference has an interval put together (MOVER: Zou, Donner, 2008) from Garwood's (1936) for each rate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from worker.coverage.stats.distributions import beta_quantile, gamma_quantile


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its interval. Infinite where nothing bounds it; an estimate without any event is not a number."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second period against the first; rates are per day."""

    dispersion: float
    ratio: Interval
    difference: Interval


def compare(first: Sequence[int], second: Sequence[int], *, confidence: float = 0.95) -> Comparison:
    """Return the comparison of the daily counts of two periods. Raises ValueError for an empty period."""
    if not first or not second:
        raise ValueError("a period needs at least one day")
    spread = dispersion(first, second)
    tail = (1 - confidence) / 2
    return Comparison(spread, _ratio(first, second, spread, tail), _difference(first, second, spread, tail))


def dispersion(*periods: Sequence[int]) -> float:
    """Return the ratio of the days' variance about the mean of their period to that of a Poisson variable."""
    statistic, freedom = 0.0, 0
    for days in periods:
        mean = sum(days) / len(days)
        freedom += len(days) - 1
        if mean:
            statistic += sum((day - mean) ** 2 for day in days) / mean
    return max(1.0, statistic / freedom) if freedom else 1.0


def _ratio(first: Sequence[int], second: Sequence[int], spread: float, tail: float) -> Interval:
    a, b = sum(first) / spread, sum(second) / spread
    exposure = len(first) / len(second)
    low = beta_quantile(b, a + 1, tail) if b else 0.0
    high = beta_quantile(b + 1, a, 1 - tail) if a else 1.0
    value = b / a * exposure if a else (math.inf if b else math.nan)
    return Interval(value, _odds(low) * exposure, _odds(high) * exposure)


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf


def _difference(first: Sequence[int], second: Sequence[int], spread: float, tail: float) -> Interval:
    one, two = _rate(first, spread, tail), _rate(second, spread, tail)
    value = two.value - one.value
    below = math.hypot(two.value - two.low, one.high - one.value)
    above = math.hypot(two.high - two.value, one.value - one.low)
    return Interval(value, value - below, value + above)


def _rate(days: Sequence[int], spread: float, tail: float) -> Interval:
    events, scale = sum(days) / spread, spread / len(days)
    low = gamma_quantile(events, tail) if events else 0.0
    return Interval(events * scale, low * scale, gamma_quantile(events + 1, 1 - tail) * scale)
