"""The size of a transaction that deletes rows, from how long the one before it took. Pure."""

from __future__ import annotations

_AIM_S = 0.03
"""What a transaction is to take: one that takes three times as long as expected still leaves the others their turn."""
_GROWTH = 2.0


def next_size(size: int, took_s: float, *, least: int, most: int) -> int:
    """Return how many rows the next transaction deletes, after one of `size` rows; within these bounds."""
    wished = min(size * _AIM_S / max(took_s, 1e-6), size * _GROWTH)
    return max(least, min(most, int(wished)))
