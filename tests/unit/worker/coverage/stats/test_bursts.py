"""Bursts: weekends are no fall, small counts are no alarm, old bursts hide nothing, the promised rate is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from worker.coverage.stats.bursts import CountedDay, discoveries, judge, judge_all, per_year, tail

WEEK = [10, 10, 10, 10, 10, 2, 2]


def p_of(counts: list[int], **options: Any) -> float:
    judged = judge(counts, len(counts) - 1, first_weekday=0, **options)
    assert judged is not None
    return judged.p


def test_a_weekend_is_expected_to_be_quiet() -> None:
    judged = judge(WEEK * 9, 9 * 7 - 1, first_weekday=0, windows=[1])
    assert judged is not None
    assert judged.expected == pytest.approx(2, abs=0.4)
    assert p_of([*(WEEK * 8), *WEEK[:6], 10]) < 0.01, "ten on a Sunday is a workday's number"
    assert p_of([*(WEEK * 8), *WEEK[:3], 10]) > 0.3


@pytest.mark.parametrize(("last", "is_rare"), [(1, False), (2, False), (6, True)])
def test_small_counts(last: int, is_rare: bool) -> None:
    quiet = [0, 0, 1, 0, 0, 0, 0] * 8
    assert (p_of([*quiet, last]) < 1e-3) is is_rare


def test_three_days_show_what_one_does_not() -> None:
    quiet = [1, 2, 3, 2, 2, 1, 3] * 9
    burst = [*quiet, 6, 6, 6]
    assert p_of(burst, windows=[3]) < 1e-3 < p_of(burst, windows=[1])


def test_an_old_burst_hides_no_new_one() -> None:
    counts = [5] * 60
    counts[20:23] = [15, 20, 15]
    assert p_of([*counts, 20]) < 0.01


def test_days_of_impaired_collection_are_no_baseline() -> None:
    counts = [10] * 30 + [0] * 20 + [10] * 10 + [16]
    assert p_of(counts, masked=range(30, 50)) > p_of(counts) / 2
    judged = judge(counts, 60, first_weekday=0, masked=range(30, 50))
    assert judged is not None
    assert judged.expected == pytest.approx(10, rel=0.1)


def test_too_little_is_known() -> None:
    assert judge([5] * 15, 14, first_weekday=0) is None


def test_tails_are_those_of_scipy() -> None:
    assert tail(7, 3.0, 3.0) == pytest.approx(stats.poisson.sf(6, 3.0))
    size = 3.0**2 / (5.0 - 3.0)
    assert tail(7, 3.0, 5.0) == pytest.approx(stats.nbinom.sf(6, size, size / (size + 3.0)))
    assert tail(0, 3.0, 5.0) == 1.0


@pytest.mark.parametrize("mean", [0.2, 1.0, 8.0])
def test_the_promised_rate_of_false_alarms_is_kept(mean: float) -> None:
    """Twenty years of quiet Poisson days with weekends at half: at most the promised twelve alarms a year."""
    chance = np.random.default_rng(5)
    rates = np.where(np.arange(365 * 20) % 7 >= 5, mean / 2, mean)
    counts = chance.poisson(rates).tolist()
    below = per_year(12)
    alarms = 0
    for place in range(80, len(counts), 10):  # every tenth day is enough to see it
        judged = judge(counts[place - 70 : place + 1], 70, first_weekday=(place - 70) % 7)
        alarms += judged is not None and judged.p <= below
    assert alarms <= 12 * 2 + 2 * 5, "two years of days; five is the standard deviation"


def test_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    ps = [0.6, 0.008, 0.039, 0.001, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212]
    assert discoveries(ps, 0.05) == [3, 1]
    assert discoveries([], 0.05) == []
    assert discoveries([0.9, 0.8], 0.05) == []


def test_days_judged_together_are_judged_as_each_alone() -> None:
    chance = np.random.default_rng(7)
    series = [chance.poisson(mean, length).tolist() for mean in (0.1, 3, 200) for length in (30, 90)]
    days = [CountedDay(counts, place) for counts in series for place in range(len(counts))]
    masked = {3, 10, 11, 12, 40}
    together = judge_all(days, first_weekday=2, masked=masked)
    alone = [judge(counts, place, first_weekday=2, masked=masked) for counts, place in days]
    assert together == alone
    assert any(together)
    assert None in together
