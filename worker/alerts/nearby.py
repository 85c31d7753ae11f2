"""NEAR between what has numbers: each word, phrase or entity is looked for once in an article, for all queries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from worker.alerts.locate import EVERYWHERE, are_near, spans
from worker.alerts.nodes import Query
from worker.alerts.reading import Reading, Span

Side = tuple[tuple[int, Query], ...]
"""What stands on one side: (number, what it is the number of)."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """`Near` in numbers."""

    left: Side
    right: Side
    distance: int
    is_ordered: bool


class Places:
    """Where in one article that stands which it has the numbers of."""

    def __init__(self, reading: Reading, numbers: NDArray[np.int32]) -> None:
        self._reading = reading
        self._given = numbers
        self._known: dict[int, list[Span]] = {}

    @cached_property
    def _numbers(self) -> frozenset[int]:
        return frozenset(self._given.tolist())

    def are_near(self, one: Nearby) -> bool:
        """Say whether the article matches it."""
        return are_near(self._of(one.left), self._of(one.right), one.distance, one.is_ordered)

    def _of(self, side: Side) -> list[Span]:
        found = []
        for number, leaf in side:
            if number in self._numbers:
                places = self._known.get(number)
                if places is None:
                    places = self._known[number] = spans(leaf, self._reading, EVERYWHERE)
                found.append(places)
        return found[0] if len(found) == 1 else sorted(chain.from_iterable(found))
