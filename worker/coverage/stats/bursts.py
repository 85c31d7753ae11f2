"""Unusual days: counts that are improbable given their own past, weekday by weekday. Pure.

The expected count of a day is the mean of the eight weeks before, less a guard of two days, times the factor of its
kind of day (workday or weekend, as in W2, the detector that did best on news). Outliers count no more than three
standard deviations, so that an old burst does not hide a new one. The dispersion is the Pearson statistic of those
days; the probability is the upper tail of a negative binomial variable with the expected mean and a variance that
includes the uncertainty of the mean, so it holds for counts of one and two.

A day is judged by itself and as the last of three, because a rare topic needs three days to stand out. The two
probabilities are joined by Bonferroni.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from worker.coverage.stats.distributions import beta_cdf, gamma_cdf

HISTORY, GUARD, ENOUGH = 56, 2, 21
"""Days of baseline; days left out before the window; minimum of baseline days."""
WINDOWS = (1, 3)
"""Lengths of the windows that end on the day."""
_SHRINK = 5.0
"""Weight, in events, that draws the factor of a kind of day towards one."""
_CAP, _PASSES = 3.0, 2

Days = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DayJudgement:
    """The degree to which a day is unusual."""

    days: int
    """Length of the least probable window: 1 or 3 days, ending on the day."""
    count: int
    """Articles in that window."""
    expected: float
    p: float
    """Probability of this count or more by chance, corrected for the two windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Baseline:
    mean: float
    factors: tuple[float, float]
    """Of a workday and of a weekend."""
    events: float
    dispersion: float
    dispersion_of_windows: float


def judge(
    counts: Sequence[int],
    place: int,
    *,
    first_weekday: int,
    masked: Collection[int] = (),
    windows: Sequence[int] = WINDOWS,
) -> DayJudgement | None:
    """Return the judgement on a high `counts[place]`; None with too few known days before it.

    `first_weekday` is that of the first count (Monday: 0); `masked` are positions of days excluded from the baseline
    because collection was impaired.
    """
    kinds = (np.arange(len(counts)) + first_weekday) % 7 >= 5
    found = [
        judged
        for days in windows
        if (judged := _judge(np.asarray(counts, float), kinds, place, days, masked)) is not None
    ]
    if not found:
        return None
    least = min(found, key=lambda judged: judged.p)
    return DayJudgement(least.days, least.count, least.expected, min(1.0, least.p * len(found)))


def _judge(
    counts: Days, kinds: npt.NDArray[np.bool_], place: int, days: int, masked: Collection[int]
) -> DayJudgement | None:
    begin = place - days + 1
    past = [i for i in range(max(0, begin - GUARD - HISTORY), begin - GUARD) if i not in masked]
    if begin < 0 or len(past) < ENOUGH:
        return None
    baseline = _baseline(counts[past], kinds[past], days)
    expected = sum(baseline.mean * baseline.factors[int(kinds[i])] for i in range(begin, place + 1))
    count = int(counts[begin : place + 1].sum())
    spread = baseline.dispersion if days == 1 else baseline.dispersion_of_windows
    return DayJudgement(
        days, count, expected, tail(count, expected, spread * expected * (1 + expected / baseline.events))
    )


def _baseline(counts: Days, kinds: npt.NDArray[np.bool_], days: int) -> _Baseline:
    capped = counts
    for _ in range(_PASSES):
        events = capped.sum() + 0.5
        mean = events / len(capped)
        workday, weekend = (
            (float(capped[kinds == kind].sum()) + _SHRINK) / (int((kinds == kind).sum()) * mean + _SHRINK)
            for kind in (False, True)
        )
        expected = mean * np.where(kinds, weekend, workday)
        spread = _pearson(capped, expected)
        capped = np.minimum(counts, expected + _CAP * np.sqrt(spread * expected))
    whole = len(capped) // days * days
    windows = (values[-whole:].reshape(-1, days).sum(axis=1) for values in (capped, expected))
    return _Baseline(
        mean=mean,
        factors=(workday, weekend),
        events=events,
        dispersion=spread,
        dispersion_of_windows=max(spread, _pearson(*windows)),
    )


def _pearson(counts: Days, expected: Days) -> float:
    """Return the ratio of the counts' variance to that of a Poisson variable; at least one."""
    return max(1.0, float(((counts - expected) ** 2 / expected).sum()) / max(len(counts) - 2, 1))


def tail(count: int, mean: float, variance: float) -> float:
    """Return the probability of `count` or more: negative binomial, or Poisson if the variance is not larger."""
    if count <= 0:
        return 1.0
    if variance <= mean * (1 + 1e-9):
        return gamma_cdf(int(count), float(mean))
    size = float(mean**2 / (variance - mean))
    return beta_cdf(int(count), size, float(mean) / (size + float(mean)))


def discoveries(ps: Sequence[float], rate: float) -> list[int]:
    """Return the positions of the unusual probabilities, the least first.

    Benjamini and Hochberg (1995): a share of `rate` of the listed ones is expected to be chance, if the probabilities
    are independent or positively dependent, for any number of series.
    """
    ranked = sorted(range(len(ps)), key=lambda place: ps[place])
    last = max((rank for rank, place in enumerate(ranked, 1) if ps[place] <= rate * rank / len(ps)), default=0)
    return ranked[:last]


def per_year(alarms: float) -> float:
    """Return the probability threshold that yields this many alarms a year in a quiet series."""
    return min(1.0, max(alarms, 0.0) / 365.25)
