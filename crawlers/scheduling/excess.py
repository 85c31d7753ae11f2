"""The number of entries beyond those that a feed lists, when all that it lists is new."""

from typing import NamedTuple


class Excess(NamedTuple):
    """The distribution of entries beyond the listed ones, for a mean number of entries."""

    weight: float
    """The chance that at least as many come as are listed."""
    chance: float
    """The chance that more come."""
    items: float
    """The expected number of those that are more, over all cases."""


def estimate_excess(listed: int, mean: float) -> Excess:
    """Return what to expect when `mean` entries come usually.

    Counts spread as a negative binomial distribution of shape 2, whose tail has a closed form.
    """
    ratio, rest = mean / (2.0 + mean), 2.0 / (2.0 + mean)
    scale = ratio**listed
    return Excess(
        scale * (1.0 + listed * rest),
        scale * ratio * (1.0 + (listed + 1) * rest),
        scale * ratio / rest * (2.0 + listed * rest),
    )
