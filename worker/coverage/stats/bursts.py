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

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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

Numbers = npt.NDArray[np.float64]


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


class CountedDay(NamedTuple):
    """A day to be judged: the counts of its series, and its position in them."""

    counts: Sequence[int]
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Baselines:
    """The baselines of several windows with equally many days, an element or a row for each."""

    mean: Numbers
    factors: Numbers
    """Of a workday and of a weekend."""
    events: Numbers
    dispersion: Numbers


def judge(
    counts: Sequence[int],
    place: int,
    *,
    first_weekday: int,
    masked: Collection[int] = (),
    windows: Sequence[int] = WINDOWS,
) -> DayJudgement | None:
    """Return the judgement on a high `counts[place]`, as `judge_all` does."""
    days = [CountedDay(counts, place)]
    return judge_all(days, first_weekday=first_weekday, masked=masked, windows=windows)[0]


def judge_all(
    days: Sequence[CountedDay],
    *,
    first_weekday: int,
    masked: Collection[int] = (),
    windows: Sequence[int] = WINDOWS,
) -> list[DayJudgement | None]:
    """Return the judgement on each day as a high one; None with too few known days before it.

    `first_weekday` is that of the first count of every series (Monday: 0); `masked` are positions of days excluded from
    the baseline because collection was impaired. Many days take hardly longer than one.
    """
    found: list[list[DayJudgement]] = [[] for _ in days]
    for length in windows:
        by_days: dict[int, list[tuple[int, list[int]]]] = {}
        past_of: dict[int, list[int]] = {}
        for number, (_, place) in enumerate(days):
            begin = place - length + 1
            if place not in past_of:
                past_of[place] = [i for i in range(max(0, begin - GUARD - HISTORY), begin - GUARD) if i not in masked]
            if begin >= 0 and len(past_of[place]) >= ENOUGH:
                by_days.setdefault(len(past_of[place]), []).append((number, past_of[place]))
        for alike in by_days.values():
            judged = _judge([days[number] for number, _ in alike], [past for _, past in alike], length, first_weekday)
            for (number, _), one in zip(alike, judged, strict=True):
                found[number].append(one)
    return [_join(each) for each in found]


def _join(found: Sequence[DayJudgement]) -> DayJudgement | None:
    """Return the least probable window of a day, corrected for their number."""
    if not found:
        return None
    least = min(found, key=lambda judged: judged.p)
    return DayJudgement(least.days, least.count, least.expected, min(1.0, least.p * len(found)))


def _judge(
    days: Sequence[CountedDay], past: Sequence[Sequence[int]], length: int, first_weekday: int
) -> Iterator[DayJudgement]:
    """Yield the judgement on the windows that end on these days, each with equally many days of baseline."""
    places = np.array(past)
    counts = np.array([[one.counts[i] for i in each] for one, each in zip(days, past, strict=True)], float)
    baselines = _baselines(counts, _weekends(places, first_weekday).astype(int), length)
    window = np.array([day.place for day in days])[:, None] - np.arange(length)[::-1]
    kinds = _weekends(window, first_weekday).astype(int)
    expected = (baselines.mean[:, None] * np.take_along_axis(baselines.factors, kinds, axis=1)).sum(axis=1)
    variance = baselines.dispersion * expected * (1 + expected / baselines.events)
    for day, mean, spread in zip(days, expected.tolist(), variance.tolist(), strict=True):
        count = int(sum(day.counts[day.place - length + 1 : day.place + 1]))
        yield DayJudgement(length, count, mean, tail(count, mean, spread))


def _weekends(places: npt.NDArray[np.int_], first_weekday: int) -> npt.NDArray[np.bool_]:
    return (places + first_weekday) % 7 >= 5


def _baselines(counts: Numbers, kinds: npt.NDArray[np.int_], length: int) -> _Baselines:
    """Return the baselines of rows of days; `kinds` are 1 for a weekend."""
    capped = counts
    days = counts.shape[1]
    is_weekend = kinds == 1
    of_weekend = is_weekend.sum(axis=1)
    for _ in range(_PASSES):
        events = capped.sum(axis=1) + 0.5
        mean = events / days
        on_weekend = np.where(is_weekend, capped, 0.0).sum(axis=1)
        on_workday = np.where(is_weekend, 0.0, capped).sum(axis=1)
        factors = np.column_stack(
            (
                (on_workday + _SHRINK) / ((days - of_weekend) * mean + _SHRINK),
                (on_weekend + _SHRINK) / (of_weekend * mean + _SHRINK),
            )
        )
        expected = mean[:, None] * np.take_along_axis(factors, kinds, axis=1)
        spread = _pearson(capped, expected)
        capped = np.minimum(counts, expected + _CAP * np.sqrt(spread[:, None] * expected))
    whole = days // length * length
    in_windows = (values[:, -whole:].reshape(len(counts), -1, length).sum(axis=2) for values in (capped, expected))
    dispersion = spread if length == 1 else np.maximum(spread, _pearson(*in_windows))
    return _Baselines(mean=mean, factors=factors, events=events, dispersion=dispersion)


def _pearson(counts: Numbers, expected: Numbers) -> Numbers:
    """Return the ratio of the counts' variance to that of a Poisson variable, for each row; at least one."""
    ratios: Numbers = ((counts - expected) ** 2 / expected).sum(axis=1) / max(counts.shape[1] - 2, 1)
    return np.maximum(1.0, ratios)


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
