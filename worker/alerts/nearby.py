"""NEAR between what has numbers, in bits: where each word, phrase or entity stands is looked up once, for all queries.

The bit of a position is set where something begins, and in another number where it ends. Shifting the ends by one up
to `distance` and meeting the begins of the other side answers NEAR whole, however often the words stand there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from worker.alerts.reading import Reading
from worker.alerts.terms import Found, Terms

Bits = int
"""The bit of each position in title and text (`Reading.main`)."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """`Near` in numbers: of what stands on the left, or on the right."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    distance: int
    is_ordered: bool


class Places:
    """Where in one article that stands which it has the numbers of."""

    def __init__(self, reading: Reading, found: Found, terms: Terms, has: NDArray[np.bool_]) -> None:
        """`has` tells of each number whether the article has it."""
        self._reading = reading
        self._found = found
        self._terms = terms
        self._has = has.data
        self._known: dict[int, tuple[Bits, Bits]] = {}

    @cached_property
    def _like(self) -> NDArray[np.intp]:
        return self._terms.like(self._found.row)

    def are_near(self, one: Nearby) -> bool:
        """Say whether the article matches it."""
        begins, ends = self._of(one.left)
        others_begin, others_end = self._of(one.right)
        if _after(ends, one.distance) & others_begin:
            return True
        return not one.is_ordered and bool(_after(others_end, one.distance) & begins)

    def _of(self, side: tuple[int, ...]) -> tuple[Bits, Bits]:
        begins = ends = 0
        for number in side:
            if self._has[number]:
                place = self._known.get(number)
                if place is None:
                    place = self._known[number] = self._look_up(number)
                begins |= place[0]
                ends |= place[1]
        return begins, ends

    def _look_up(self, number: int) -> tuple[Bits, Bits]:
        atom, row = self._terms.atom(number), self._found.row
        if atom.kind in ("entity", "type"):
            spans = self._reading.mentions(atom.kind, atom.value)
            return _bits([first for first, _ in spans]), _bits([last for _, last in spans])
        if atom.kind == "phrase":
            begins = _bits([at for phrase, at in self._found.phrases if phrase == number])
            return begins, begins << atom.value.count(" ")
        if atom.kind == "word":
            places = [row.numbers == number]
        else:
            places = [row.places == word for word in self._like[row.patterns == number].tolist()]
        at = _bits([position for place in places for position in place.nonzero()[0].tolist()])
        return at, at


def _after(ends: Bits, distance: int) -> Bits:
    """Return the positions from one to `distance` after the ends; each step doubles how far they reach."""
    reached, width = ends, 1
    while 2 * width <= distance:
        reached |= reached << width
        width *= 2
    return (reached | reached << distance - width) << 1


def _bits(positions: Sequence[int]) -> Bits:
    if len(positions) == 1:
        return 1 << positions[0]
    set_bits = bytearray(max(positions) // 8 + 1)
    for position in positions:
        set_bits[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(set_bits, "little")
