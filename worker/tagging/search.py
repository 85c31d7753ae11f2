"""Many words and phrases looked for at once in a folded text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from operator import not_
from typing import Self

from daachorse import CharwiseDoubleArrayAhoCorasick, DoubleArrayAhoCorasick

from worker.text.fold import Folded, encoded

_LENGTH = 8  # bytes of a number


class Search:
    """Finds patterns in folded texts: those with a byte for each letter in the bytes of a text, which is faster.

    The others are searched only in texts that have letters without a byte.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        """The patterns must be in the order of `ordered`, each once and none of them empty."""
        coded = [found for found in encoded(patterns) if found is not None]
        others = list(patterns[len(coded) :])
        self._count = len(coded)
        self._in_bytes = DoubleArrayAhoCorasick(coded) if coded else None
        self._in_letters = CharwiseDoubleArrayAhoCorasick(others) if others else None

    @staticmethod
    def ordered(patterns: Iterable[str]) -> list[str]:
        """Return patterns in the order for the constructor."""
        known = list(patterns)
        with_bytes = [found is not None for found in encoded(known)]
        return [*compress(known, with_bytes), *compress(known, map(not_, with_bytes))]

    def find(self, folded: Folded) -> list[tuple[int, int, int]]:
        """Return the beginnings and ends of patterns in a folded text, each with its number; they may overlap."""
        found = self._in_bytes.find_overlapping(folded.coded) if self._in_bytes else []
        if self._in_letters and 0 in folded.coded:
            others = self._in_letters.find_overlapping(folded.text)
            found += [(first, last, at + self._count) for first, last, at in others]
        return found

    def to_bytes(self) -> bytes:
        """Return the bytes for `from_bytes`."""
        coded = self._in_bytes.serialize() if self._in_bytes else b""
        others = self._in_letters.serialize() if self._in_letters else b""
        return b"".join((*(number.to_bytes(_LENGTH) for number in (self._count, len(coded))), coded, others))

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return the search written by `to_bytes`."""
        search = cls.__new__(cls)
        search._count, length = (int.from_bytes(content[at : at + _LENGTH]) for at in (0, _LENGTH))
        start = 2 * _LENGTH
        coded, others = content[start : start + length], content[start + length :]
        search._in_bytes = DoubleArrayAhoCorasick.deserialize(coded) if coded else None
        search._in_letters = CharwiseDoubleArrayAhoCorasick.deserialize(others) if others else None
        return search
