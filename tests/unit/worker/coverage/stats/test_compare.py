"""Two periods compared: the intervals hold for small counts, for none, and for days that vary much."""

from __future__ import annotations

import math

import numpy as np
import pytest

from worker.coverage.stats.compare import compare, dispersion


def test_known_interval() -> None:
    """The limits are those of the binomial share of 30 in 40, by Clopper and Pearson: 0.588 and 0.873."""
    found = compare([1] * 10, [3] * 10)
    assert found.dispersion == 1.0
    assert found.ratio.value == pytest.approx(3.0)
    assert found.ratio.low == pytest.approx(0.588 / 0.412, rel=0.01)
    assert found.ratio.high == pytest.approx(0.873 / 0.127, rel=0.01)
    assert found.difference.value == pytest.approx(2.0)
    assert found.difference.low > 0


@pytest.mark.parametrize(
    ("first", "second", "value", "low", "high"),
    [
        ([0, 0], [0, 0], math.nan, 0.0, math.inf),
        ([0, 0], [2, 3], math.inf, 1.0, math.inf),
        ([2, 3], [0, 0], 0.0, 0.0, 1.0),
    ],
)
def test_periods_without_an_event(first: list[int], second: list[int], value: float, low: float, high: float) -> None:
    ratio = compare(first, second).ratio
    assert ratio.value == pytest.approx(value, nan_ok=True)
    assert (ratio.low, ratio.high) == (pytest.approx(low, abs=0.3), pytest.approx(high, abs=0.3))


def test_a_period_needs_a_day() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        compare([], [1])


def test_days_that_vary_widen_the_interval() -> None:
    steady, wild = compare([5] * 20, [10] * 20), compare([0, 10] * 10, [0, 20] * 10)
    assert wild.dispersion == dispersion([0, 10] * 10, [0, 20] * 10) > 5
    assert wild.ratio.low < 1 < steady.ratio.low


@pytest.mark.parametrize("mean", [0.3, 2.0, 12.0])
@pytest.mark.parametrize("size", [math.inf, 2.0])
def test_nineteen_of_twenty_intervals_hold_the_true_ratio(mean: float, size: float) -> None:
    """Poisson days, and negative binomial ones whose variance is mean + mean²/2; the true ratio is two."""
    chance = np.random.default_rng(7)

    def days(rate: float, count: int) -> list[int]:
        rates = np.full(count, rate) if math.isinf(size) else chance.gamma(size, rate / size, count)
        return [int(n) for n in chance.poisson(rates)]

    held = sum(
        found.ratio.low <= 2.0 <= found.ratio.high
        for found in (compare(days(mean, 30), days(2 * mean, 30)) for _ in range(400))
    )
    assert held >= 370  # 380 expected, less two standard deviations
