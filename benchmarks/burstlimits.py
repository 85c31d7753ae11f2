"""What no detector of bursts can pass, at one false alarm a series-year, within two days of the beginning.

Two limits, for days as even as chance allows (Poisson). The oracle knows the true rate of the days, how large a burst
would be and when it would begin, and judges the sum of its first three days (Neyman and Pearson 1933); it is also asked
about days that vary as a series does (negative binomial). Who judges day after day does not know when; of those that
know the rest the statistic of Shiryaev and Roberts is nearly the quickest for its false alarms (Pollak 1985).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import stats

WITHIN = 2
_STREAMS, _DAYS, _BURSTS, _SETTLED = 400, 2_000, 10_000, 40
"""Quiet streams and their days, for the threshold; bursts that are tried, each after so many quiet days."""


def oracle(rate: float, dispersion: float, factor: float) -> float:
    """Return how often an oracle finds a burst on days that have `rate` articles each without it."""
    expected = max((WITHIN + 1) * rate, 0.1)
    counts = np.arange(int(expected * 4 * factor) + 100)
    quiet = stats.poisson.pmf(counts, expected)
    if dispersion > 1:
        quiet = stats.nbinom.pmf(counts, expected / (dispersion - 1), 1 / dispersion)
    burst = np.convolve(quiet, stats.poisson.pmf(counts, (factor - 1) * expected))[: len(counts)]
    beyond, found = 1 - np.cumsum(quiet), 1 - np.cumsum(burst)
    budget = (WITHIN + 1) / 365.25
    edge = int(np.argmax(beyond <= budget))  # called a burst in so many cases that the budget is used
    return float(found[edge] + (budget - beyond[edge]) / quiet[edge] * burst[edge])


@cache
def shiryaev_roberts(rate: float, factor: float) -> float:
    """Return how often the statistic alarms within two days of a burst, simulated for Poisson days of a known rate."""
    draw = np.random.default_rng(3)
    quiet = _statistic(draw.poisson(rate, (_DAYS, _STREAMS)), rate, factor)
    budget = quiet.size / 365.25
    levels = np.unique(np.round(quiet, 9))
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if count_alarms(quiet > levels[middle]) > budget else (low, middle)
    counts = draw.poisson(rate, (_SETTLED + WITHIN + 1, _BURSTS))
    counts[_SETTLED:] = draw.poisson(factor * rate, (WITHIN + 1, _BURSTS))
    return float((_statistic(counts, rate, factor)[_SETTLED:] > levels[low]).any(axis=0).mean())


def _statistic(counts: npt.NDArray[np.int64], rate: float, factor: float) -> npt.NDArray[np.float64]:
    """Return the logarithm of R = (1 + R) · likelihood ratio, day by day (rows), stream by stream."""
    gain = counts * np.log(factor) - (factor - 1) * rate
    found, before = np.empty(counts.shape), np.full(counts.shape[1], -np.inf)
    for day, gained in enumerate(gain):
        found[day] = before = np.logaddexp(0, before) + gained
    return found


def count_alarms(above: npt.NDArray[np.bool_]) -> int:
    """Return how many runs of days are above, of days (rows) of streams; a pause of up to two days does not end one."""
    padded = np.vstack([np.zeros((3, above.shape[1]), bool), above])
    return int((above & ~(padded[2:-1] | padded[1:-2] | padded[:-3])).sum())


def dispersion_of(days: Sequence[int]) -> float:
    """Return how many times the variance of a Poisson variable sums of three days vary about what is expected.

    That is the mean of the eight weeks around, times the weekday's factor.
    """
    counts = np.array(days, float)
    around = np.convolve(counts, np.ones(57) / 57, "valid")
    factors = np.array([counts[day::7].mean() for day in range(7)]) / counts.mean()
    expected = around * np.resize(factors, len(counts))[28:-28]
    whole = len(expected) // (WITHIN + 1) * (WITHIN + 1)
    told, hoped = (v[:whole].reshape(-1, WITHIN + 1).sum(axis=1) for v in (counts[28:-28], expected))
    return max(1.0, float(((told - hoped) ** 2 / np.maximum(hoped, 0.1)).mean()))
