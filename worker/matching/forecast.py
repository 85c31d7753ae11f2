"""Forecast of a subscription's alerts from its back-test. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_LOW, _HIGH = 0.1, 0.9
_FEWEST_WEEKS = 2


@dataclass(frozen=True, slots=True)
class Forecast:
    """Items in the next week: the mean, and bounds expected to contain four of five weeks."""

    mean: float
    low: int
    high: int


def count_weeks(days: Sequence[date], since: date, until: date) -> list[tuple[date, int]]:
    """Return (Monday, items) for each week from `since` to `until`, including empty ones; both ends included."""
    first = since - timedelta(days=since.weekday())
    counts = {first + timedelta(days=7 * at): 0 for at in range((until - first).days // 7 + 1)}
    for day in days:
        monday = day - timedelta(days=day.weekday())
        counts[monday] = counts.get(monday, 0) + 1
    return sorted(counts.items())


def forecast(counts: Sequence[int], days: int) -> Forecast | None:
    """Return the forecast for the next week, from the items of past weeks, `days` long together.

    The rate has a gamma distribution (Jeffreys' prior for Poisson counts), so the next week's items have a negative
    binomial one; its variance is widened by the dispersion of the weeks (variance by mean), since news comes in bursts.
    None for less than two weeks, which are no basis for a forecast.
    """
    if days < 7 * _FEWEST_WEEKS or len(counts) < _FEWEST_WEEKS:
        return None
    total, weeks = sum(counts), days / 7
    mean = (total + 0.5) / weeks
    average = total / len(counts)
    spread = sum((count - average) ** 2 for count in counts) / (len(counts) - 1)
    dispersion = max(1.0, spread / average) if average else 1.0
    variance = max(mean * (dispersion + dispersion / weeks), mean * 1.000_001)
    return Forecast(mean, _quantile(mean, variance, _LOW), _quantile(mean, variance, _HIGH))


def _quantile(mean: float, variance: float, share: float) -> int:
    """Return the least number that a negative binomial with these moments does not exceed in `share` of cases."""
    size = mean * mean / (variance - mean)
    failure = size / (size + mean)
    log_term = size * math.log(failure)
    total, number = math.exp(log_term), 0
    while total < share and number < mean + 60 * math.sqrt(variance) + 60:
        log_term += math.log((number + size) / (number + 1)) + math.log1p(-failure)
        number += 1
        total += math.exp(log_term)
    return number
