"""Fingerprints: the stored form of texts for comparison."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from worker.dedup.shingles import MAX_WORDS, Shingles, Words, distinct, hash_grams, hash_words
from worker.dedup.sketch import Sample, choose_sample, sample_of_headline

VERSION: Final = 2  # of words, shingles and samples alike: fingerprints of two versions cannot be compared
_HEADER: Final = struct.Struct("<2sBBI")  # mark, version, number of words of the headline and of the text
_MARK: Final = b"SF"
MAX_HEADLINE: Final = 40  # words: longer text is no headline


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """The words of a text in order (32 bits each), its distinct shingles and samples ascending, and its headline.

    Shingles and samples follow from the words, so the words are all that is stored: 4 bytes each. The shingles are of
    the text alone; among the samples is one of the whole headline, by which items without a text are found.
    """

    sequence: Words
    shingles: Shingles
    sample: Sample
    headline: Words

    @property
    def words(self) -> int:
        """Number of words in the text."""
        return len(self.sequence)

    @property
    def size(self) -> int:
        """Number of distinct shingles in the text."""
        return len(self.shingles)

    def to_bytes(self) -> bytes:
        """Return the stored form: 8 bytes and 4 for each word, the same on every machine."""
        header = _HEADER.pack(_MARK, VERSION, len(self.headline), self.words)
        return header + self.headline.astype("<u4").tobytes() + self.sequence.astype("<u4").tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Return the fingerprint for the bytes of `to_bytes`; ValueError for other bytes, or those of another
        version.
        """
        if len(stored) < _HEADER.size or stored[:2] != _MARK:
            raise ValueError("not a fingerprint")
        _, version, title, count = _HEADER.unpack_from(stored)
        if version != VERSION:
            raise ValueError(f"a fingerprint of version {version}; this program compares version {VERSION}")
        if count > MAX_WORDS or title > MAX_HEADLINE or len(stored) != _HEADER.size + 4 * (title + count):
            raise ValueError(f"a damaged fingerprint: {len(stored)} bytes for {title} and {count} words")
        words = np.frombuffer(stored, dtype="<u4", offset=_HEADER.size).astype(np.uint32)
        return cls._from_words(words[title:], words[:title])

    @classmethod
    def of(cls, text: str, headline: str = "") -> Self:
        """Return the fingerprint of a text under a headline. See `shingles.words_of` for the bounds."""
        words = hash_words(text)
        return cls._from_words(words, hash_words(headline)[:MAX_HEADLINE] if headline else words[:0])

    @classmethod
    def _from_words(cls, words: Words, headline: Words) -> Self:
        grams = hash_grams(words)
        sample = choose_sample(grams)
        if len(of_headline := sample_of_headline(headline)):
            sample = np.sort(np.concatenate((sample, of_headline)))
        return cls(words, distinct(grams), sample, headline)


def is_outdated(stored: bytes) -> bool:
    """Return whether stored bytes are a fingerprint of an earlier version, which cannot be read any more."""
    return stored[:2] == _MARK and len(stored) > 2 and stored[2] < VERSION


def fingerprint(text: str, headline: str = "") -> Fingerprint:
    """Return the fingerprint of a text under a headline, which is to be without its outlet's name (headline.py)."""
    return Fingerprint.of(text, headline)
