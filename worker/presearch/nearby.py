"""NEAR between numbered atoms, in bits: the positions of each word, phrase or entity are looked up once, for all
queries.

One number has a bit at each beginning of an atom, another at each end. Shifting the ends by one up to `distance` and
intersecting them with the beginnings of the other side evaluates NEAR completely, however frequent the words are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from worker.presearch.atoms import AtomKind
from worker.presearch.terms import AtomsFound, AtomTerms
from worker.query.positions.article_text import TokenizedArticle
from worker.query.positions.bits import Bits, Kept, after, to_bits


@dataclass(frozen=True, slots=True)
class Nearby:
    """A `Near` between numbers on the left and on the right."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    distance: int
    is_ordered: bool


class WordPlaces:
    """Positions of numbered atoms in one article."""

    def __init__(self, reading: TokenizedArticle, found: AtomsFound, terms: AtomTerms, has: NDArray[np.bool_]) -> None:
        """`has` is a flag for each number: whether the article has it."""
        self._reading = reading
        self._found = found
        self._terms = terms
        self._has = has.data
        self._begins = Kept[int]()
        self._ends = Kept[int]()

    @cached_property
    def _like(self) -> NDArray[np.intp]:
        return self._terms.like(self._found.row)

    def are_near(self, one: Nearby) -> bool:
        """Return whether the article matches it."""
        begins, ends = self._find_bounds(one.left)
        others_begin, others_end = self._find_bounds(one.right)
        if after(ends, one.distance) & others_begin:
            return True
        return not one.is_ordered and bool(after(others_end, one.distance) & begins)

    def _find_bounds(self, side: tuple[int, ...]) -> tuple[Bits, Bits]:
        begins = ends = 0
        for number in side:
            if self._has[number]:
                begins |= self._begins.get(number, self._look_up)
                ends |= self._ends.get(number, self._look_up_ends)
        return begins, ends

    def _look_up(self, number: int) -> Bits:
        atom, row = self._terms.atom(number), self._found.row
        if atom.kind in (AtomKind.ENTITY, AtomKind.TYPE):
            return to_bits([first for first, _ in self._reading.mentions(atom.kind, atom.value)])
        if atom.kind == AtomKind.PHRASE:
            return to_bits([at for phrase, at in self._found.phrases if phrase == number])
        is_word = atom.kind == AtomKind.WORD
        at = row.numbers == number if is_word else np.isin(row.places, self._like[row.patterns == number])
        return to_bits(at.nonzero()[0].tolist())

    def _look_up_ends(self, number: int) -> Bits:
        atom = self._terms.atom(number)
        if atom.kind in (AtomKind.ENTITY, AtomKind.TYPE):
            return to_bits([last for _, last in self._reading.mentions(atom.kind, atom.value)])
        begins = self._begins.get(number, self._look_up)
        return begins << atom.value.count(" ") if atom.kind == AtomKind.PHRASE else begins
