"""The words of queries, spelled out or as patterns, under numbers; each word of an article is looked up once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.presearch.atoms import Atom, AtomKind
from worker.presearch.patterns import Patterns

NEVER: Final = 0
"""The number that no article has."""
_MOST_SEEN = 100_000
_NUMBER_SIZE = 4


class WordRow(NamedTuple):
    """Words one after the other."""

    numbers: NDArray[np.int32]
    """Of each word; NEVER for words in no query."""
    patterns: NDArray[np.int32]
    """Numbers of all patterns that any of the words matches."""
    places: NDArray[np.intp]
    """Index of each word in the lexicon."""
    like: list[int]
    """The indexes of words that match a pattern."""


class WordLexicon:
    """The words and patterns of queries in one field.

    Results for a word are cached in arrays, under the index assigned to it on first sight.
    """

    def __init__(self, number_of: Mapping[str, int]) -> None:
        """`number_of` holds the words under their numbers; `add` and `remove` report its changes."""
        self._number_of = number_of
        self._patterns = Patterns()
        self._begin()

    def __bool__(self) -> bool:
        """Return whether there are any words or patterns."""
        return bool(self._number_of or self._patterns)

    def add(self, number: int, atom: Atom) -> None:
        """Add a word or a pattern under its number."""
        if atom.kind == AtomKind.WORD:
            self._renumber(atom.value, number)
        else:
            self._patterns.add(number, atom)
            self._forget()

    def remove(self, number: int, atom: Atom) -> None:
        """Remove a word or a pattern."""
        if atom.kind == AtomKind.WORD:
            self._renumber(atom.value, NEVER)
        else:
            self._patterns.remove(number, atom)
            self._forget()

    def read(self, words: Sequence[str]) -> WordRow:
        """Return the numbers of some words."""
        if len(self._seen) > _MOST_SEEN:
            self._forget()
        places = np.fromiter(map(self._seen.__getitem__, words), dtype=np.intp, count=len(words))
        like = list(set(places[self._is_like.take(places)].tolist()))
        patterns = b"".join(map(self._like.__getitem__, like))
        return WordRow(self._numbers.take(places), np.frombuffer(patterns, dtype=np.int32), places, like)

    def like(self, row: WordRow) -> NDArray[np.intp]:
        """Return for each of a row's patterns the index of the word that matches it."""
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
        self._numbers[place] = self._number_of.get(word, NEVER)
        like = self._patterns.like(word)
        if like:
            self._is_like[place] = True
            self._like[place] = np.array(list(like), dtype=np.int32).tobytes()


class _Places(dict[str, int]):
    """Words in the order of first sight; a new one is registered on lookup."""

    def __init__(self, note: Callable[[str, int], None]) -> None:
        super().__init__()
        self._note = note

    def __missing__(self, word: str) -> int:
        place = self[word] = len(self)
        self._note(word, place)
        return place
