"""The distribution functions are those of a library that has them all."""

from __future__ import annotations

import itertools

import pytest
from scipy import special

from worker.coverage.stats.distributions import beta_cdf, beta_quantile, gamma_cdf, gamma_quantile

SHAPES = (0.05, 0.5, 1.0, 1.7, 4.0, 31.5, 900.0, 45_000.0, 800_000.0)
PROBABILITIES = (1e-9, 0.001, 0.025, 0.3, 0.5, 0.84, 0.975, 0.9999)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_gamma_distribution(shape: float) -> None:
    for p in PROBABILITIES:
        at = float(special.gammaincinv(shape, p))
        if at < 1e-100:
            continue  # far below any count
        assert gamma_cdf(shape, at) == pytest.approx(p, rel=1e-8)
        assert gamma_quantile(shape, p) == pytest.approx(at, rel=1e-8)
    assert gamma_cdf(shape, 0.0) == gamma_quantile(shape, 0.0) == 0.0


@pytest.mark.parametrize(("a", "b"), list(itertools.product(SHAPES[1:], SHAPES[1:])))
def test_the_beta_distribution(a: float, b: float) -> None:
    for p in PROBABILITIES:
        at = float(special.betaincinv(a, b, p))
        if not 1e-100 < at < 1 - 1e-12:
            continue
        assert beta_cdf(a, b, at) == pytest.approx(p, rel=1e-6)
        assert beta_quantile(a, b, p) == pytest.approx(at, rel=1e-7)
    assert (beta_cdf(a, b, 0.0), beta_cdf(a, b, 1.0)) == (0.0, 1.0)
    assert (beta_quantile(a, b, 0.0), beta_quantile(a, b, 1.0)) == (0.0, 1.0)
