"""Distribution functions of the gamma and the beta distribution, and their inverses. Pure.

Their usual library takes 15 MB of a process, and these are all that is needed of it. At least seven digits are right
wherever counts of articles lie; the tests compare them with that library.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

_STEPS = 100_000
_TINY = 1e-300
_EXACT = 1e-15


def gamma_cdf(shape: float, x: float) -> float:
    """Return the probability that a gamma variable of this shape, with scale 1, is at most `x`."""
    if x <= 0:
        return 0.0
    if x < shape + 1:
        return _gamma_series(shape, x)
    return 1.0 - _gamma_fraction(shape, x)


def _gamma_series(shape: float, x: float) -> float:
    term = total = 1.0 / shape
    for step in range(1, _STEPS):
        term *= x / (shape + step)
        total += term
        if term < total * _EXACT:
            break
    return total * math.exp(shape * math.log(x) - x - math.lgamma(shape))


def _gamma_fraction(shape: float, x: float) -> float:
    """Return the upper probability by its continued fraction (Lentz's method)."""
    below = x + 1.0 - shape
    above, ratio = 1.0 / _TINY, 1.0 / below
    value = ratio
    for step in range(1, _STEPS):
        factor = -step * (step - shape)
        below += 2.0
        ratio = 1.0 / _apart(factor * ratio + below)
        above = _apart(below + factor / above)
        change = above * ratio
        value *= change
        if abs(change - 1.0) < _EXACT:
            break
    return value * math.exp(shape * math.log(x) - x - math.lgamma(shape))


def _apart(number: float) -> float:
    """Return a number that can be divided by."""
    return number if abs(number) > _TINY else _TINY


def beta_cdf(a: float, b: float, x: float) -> float:
    """Return the probability that a beta variable is at most `x`."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1.0 - front * _beta_fraction(b, a, 1 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function (Lentz's method)."""
    above, ratio = 1.0, 1.0 / _apart(1.0 - (a + b) * x / (a + 1))
    value = ratio
    for step in range(1, _STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        change = 1.0
        for factor in (even, odd):
            ratio = 1.0 / _apart(1.0 + factor * ratio)
            above = _apart(1.0 + factor / above)
            change = above * ratio
            value *= change
        if abs(change - 1.0) < _EXACT:
            break
    return value


def gamma_quantile(shape: float, p: float) -> float:
    """Return the value that a gamma variable of this shape stays below with probability `p`."""
    if p <= 0:
        return 0.0
    highest = shape + 10.0
    while gamma_cdf(shape, highest) < p:
        highest *= 2
    begin = shape + NormalDist().inv_cdf(p) * math.sqrt(shape)
    constant = math.lgamma(shape)
    return _solve(
        lambda x: gamma_cdf(shape, x) - p,
        lambda x: math.exp((shape - 1) * math.log(x) - x - constant),
        begin,
        highest,
    )


def beta_quantile(a: float, b: float, p: float) -> float:
    """Return the value that a beta variable stays below with probability `p`."""
    if p <= 0 or p >= 1:
        return float(p >= 1)
    mean = a / (a + b)
    spread = math.sqrt(mean * (1 - mean) / (a + b + 1))
    constant = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    return _solve(
        lambda x: beta_cdf(a, b, x) - p,
        lambda x: math.exp((a - 1) * math.log(x) + (b - 1) * math.log1p(-x) - constant),
        mean + NormalDist().inv_cdf(p) * spread,
        1.0,
    )


def _solve(error: Callable[[float], float], slope: Callable[[float], float], begin: float, highest: float) -> float:
    """Return the root of a rising function between 0 and `highest`: Newton's method, halving where it leads astray."""
    low, high = 0.0, highest
    x = begin if low < begin < high else high / 2
    for _ in range(200):
        wrong = error(x)
        if wrong > 0:
            high = x
        else:
            low = x
        steep = slope(x)
        after = x - wrong / steep if steep > 0 else math.inf
        if not low < after < high:
            after = (low + high) / 2
        if abs(after - x) <= 1e-13 * x or after in (low, high):
            return after
        x = after
    return x
