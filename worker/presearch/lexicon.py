"""Words that queries ask for, spelled out or as patterns, under numbers; each word of an article is looked up once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.presearch.atoms import Atom
from worker.presearch.patterns import Patterns

NEVER: Final = 0
"""The number that no article has."""
_MOST_SEEN = 100_000
_NUMBER_SIZE = 4


class WordRow(NamedTuple):
    """Words one after the other."""

    numbers: NDArray[np.int32]
    """Of each word; NEVER if nobody asks for it."""
    patterns: NDArray[np.int32]
    """Numbers of all patterns that any of the words is like."""
    places: NDArray[np.intp]
    """By which the lexicon remembers each word."""
    like: list[int]
    """The places of words that are like a pattern."""


class WordLexicon:
    """The words and patterns that queries look for in one field.

    What was found for a word is remembered, in arrays, under the place in which the word was first seen.
    """

    def __init__(self, asked: Mapping[str, int]) -> None:
        """`asked` holds the words under their numbers; `add` and `remove` tell what changes in it."""
        self._asked = asked
        self._patterns = Patterns()
        self._begin()

    def __bool__(self) -> bool:
        """Return whether anything is asked for."""
        return bool(self._asked or self._patterns)

    def add(self, number: int, atom: Atom) -> None:
        """Look for a word or a pattern, which has a number now."""
        if atom.kind == "word":
            self._renumber(atom.value, number)
        else:
            self._patterns.add(number, atom)
            self._forget()

    def remove(self, number: int, atom: Atom) -> None:
        """Look for it no more."""
        if atom.kind == "word":
            self._renumber(atom.value, NEVER)
        else:
            self._patterns.remove(number, atom)
            self._forget()

    def read(self, words: Sequence[str]) -> WordRow:
        """Return what is asked for of some words."""
        if len(self._seen) > _MOST_SEEN:
            self._forget()
        places = np.fromiter(map(self._seen.__getitem__, words), dtype=np.intp, count=len(words))
        like = list(set(places[self._is_like.take(places)].tolist()))
        patterns = b"".join(map(self._like.__getitem__, like))
        return WordRow(self._numbers.take(places), np.frombuffer(patterns, dtype=np.int32), places, like)

    def like(self, row: WordRow) -> NDArray[np.intp]:
        """Return for each of a row's patterns the place of the word that is like it."""
        return np.repeat(row.like, [len(self._like[place]) // _NUMBER_SIZE for place in row.like])

    def _renumber(self, word: str, number: int) -> None:
        place = self._seen.get(word)
        if place is not None:
            self._numbers[place] = number

    def _forget(self) -> None:
        if self._seen:
            self._begin()

    def _begin(self) -> None:
        self._seen = _Places(self._note)
        self._numbers = np.zeros(1024, dtype=np.int32)
        self._is_like = np.zeros(1024, dtype=np.bool_)
        self._like: dict[int, bytes] = {}

    def _note(self, word: str, place: int) -> None:
        if place == len(self._numbers):
            self._numbers = np.concatenate((self._numbers, np.zeros_like(self._numbers)))
            self._is_like = np.concatenate((self._is_like, np.zeros_like(self._is_like)))
        self._numbers[place] = self._asked.get(word, NEVER)
        like = self._patterns.like(word)
        if like:
            self._is_like[place] = True
            self._like[place] = np.array(list(like), dtype=np.int32).tobytes()


class _Places(dict[str, int]):
    """Words in the order in which they were first seen; a new one is noted when it is asked for."""

    def __init__(self, note: Callable[[str, int], None]) -> None:
        super().__init__()
        self._note = note

    def __missing__(self, word: str) -> int:
        place = self[word] = len(self)
        self._note(word, place)
        return place
