"""Selection of the periods of a series to draw: years without articles are left out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

LONG = timedelta(days=365)
"""An empty stretch of this length is left out, because it would compress the rest of the chart."""


def stretches(begins: Sequence[date], is_empty: Sequence[bool], *, long: timedelta = LONG) -> list[range]:
    """Return the positions of the periods to keep, in their order; all of them if the series is empty.

    `begins` are the first days of the periods. Beside each gap one empty period stays, so that the line visibly ends at
    zero.
    """
    if all(is_empty):
        return [range(len(begins))]
    kept: list[range] = []
    start = at = 0
    while at < len(begins):
        end = at
        while end < len(begins) and is_empty[end]:
            end += 1
        if end > at and begins[min(end, len(begins) - 1)] - begins[at] >= long:
            if at > 0:
                kept.append(range(start, at + 1))
            start = end - 1 if end < len(begins) else end
        at = max(end, at + 1)
    if start < len(begins):
        kept.append(range(start, len(begins)))
    return kept


def gaps(kept: Sequence[range], total: int) -> list[range]:
    """Return the positions of the periods left out, in their order."""
    edges = [0, *(edge for stretch in kept for edge in (stretch.start, stretch.stop)), total]
    return [range(first, after) for first, after in zip(edges[::2], edges[1::2], strict=True) if first < after]


def spread(kept: Sequence[range], most: int) -> list[int]:
    """Return evenly spaced positions for labels on an axis: the first of each stretch, else about `most`."""
    step = max(1, -(-sum(map(len, kept)) // most))
    places = []
    for stretch in kept:
        room = stretch.stop if stretch is kept[-1] else stretch.stop - step // 2  # the next stretch begins close by
        places += [stretch.start, *range(stretch.start + step, room, step)]
    return places
