"""What is kept of a text to compare it by."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from worker.dedup.shingles import MAX_WORDS, Shingles, Words, distinct, grams_of, words_of
from worker.dedup.sketch import Sample, sample_of

VERSION: Final = 1  # of words, shingles and samples alike: fingerprints of two versions cannot be compared
_HEADER: Final = struct.Struct("<2sBxI")  # mark, version, number of words
_MARK: Final = b"SF"


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """The words of a text in order (32 bits each), its distinct shingles ascending, and its samples ascending.

    Shingles and samples follow from the words, so the words are all that is stored: 4 bytes each.
    """

    sequence: Words
    shingles: Shingles
    sample: Sample

    @property
    def words(self) -> int:
        """How many words the text has."""
        return len(self.sequence)

    @property
    def size(self) -> int:
        """How many distinct shingles the text has."""
        return len(self.shingles)

    def to_bytes(self) -> bytes:
        """Return the form to be stored: 8 bytes and 4 for each word, the same on every machine."""
        return _HEADER.pack(_MARK, VERSION, self.words) + self.sequence.astype("<u4").tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Return what `to_bytes` stored; ValueError when the bytes are not that, or of another version."""
        if len(stored) < _HEADER.size or stored[:2] != _MARK:
            raise ValueError("not a fingerprint")
        _, version, count = _HEADER.unpack_from(stored)
        if version != VERSION:
            raise ValueError(f"a fingerprint of version {version}; this program compares version {VERSION}")
        if count > MAX_WORDS or len(stored) != _HEADER.size + 4 * count:
            raise ValueError(f"a damaged fingerprint: {len(stored)} bytes for {count} words")
        return cls._of(np.frombuffer(stored, dtype="<u4", offset=_HEADER.size).astype(np.uint32))

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the fingerprint of a text (without its title). See `shingles.words_of` for the bounds."""
        return cls._of(words_of(text))

    @classmethod
    def _of(cls, words: Words) -> Self:
        grams = grams_of(words)
        return cls(words, distinct(grams), sample_of(grams))


def fingerprint(text: str) -> Fingerprint:
    """Return the fingerprint of a text (without its title)."""
    return Fingerprint.of(text)
