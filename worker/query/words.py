"""Texts and queries → the same words: folded, without diacritics, split at hyphens and apostrophes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from worker.query.joining import IN_PARTS, WHOLE, JoinedSpelling, has_uzbek_letter, joined
from worker.text.fold import fold
from worker.text.letters import APOSTROPHES, UNSEEN, mended, seen

DASHES = "-‐‑‒–−"
"""Characters that join the parts of a compound; a long dash (—) separates."""

_PLAIN = str.maketrans({**dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(DASHES, "-"), UNSEEN: ""})
_LIKE_NO_MARK = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t"}
_IDEOGRAMS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(f"[{_IDEOGRAMS}]{UNSEEN}*|[^ {_IDEOGRAMS}]+")
_FIRST_IDEOGRAM = 0x3040
_SPACE = ord(" ")
_INSIDE = str.maketrans("", "", ".,\u00a0\u2009\u202f ")


@cache
def _table() -> NDArray[np.uint16]:
    """Return the normal form of each character of the basic plane: folded, without its marks."""
    bare = np.arange(0x10000, dtype=np.uint16)
    for code in range(0x80, 0xD800):
        letter = chr(code)
        base, *marks = list(unicodedata.normalize("NFD", letter))
        if marks and all(unicodedata.combining(mark) for mark in marks):
            bare[code] = ord(base)
        elif letter in _LIKE_NO_MARK:
            bare[code] = ord(_LIKE_NO_MARK[letter])
        elif letter.isdecimal():
            bare[code] = ord(str(unicodedata.decimal(letter)))
    return bare.take(_units(fold("".join(map(chr, range(0x10000))))))


def _units(text: str) -> NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")


def _folded(text: str) -> tuple[str, int]:
    """Return a text as letters of words, character by character, and the highest code in it."""
    units = _units(text)
    if len(units) != len(text):
        units = _units(fold(text))  # characters beyond the basic plane, such as emoji
    codes = _table().take(units)
    return codes.tobytes().decode("utf-16-le"), int(codes.max(initial=0))


class Words:
    """The words of a text in order, with their positions.

    A word is a run of letters and digits as a reader sees them (`worker.text.letters`), folded (`worker.text.fold`) and
    without diacritics; Chinese and Japanese characters are a word each. So the parts of a hyphenated word follow one
    another, and “Turkey’s” is “turkey”, “s”. Its spelling decides about one word with signs inside (1,000 and U.S.).
    """

    __slots__ = ("_ends", "_folded", "_is_plain", "_starts", "text", "words")

    def __init__(self, text: str, spelling: JoinedSpelling = IN_PARTS) -> None:
        self.text = text
        self._starts: list[int] | None = None
        self._ends: list[int] | None = None
        self._folded, highest = _folded(joined(mended(seen(text)), spelling))
        self._is_plain = UNSEEN not in self._folded and highest < _FIRST_IDEOGRAM
        if highest >= _FIRST_IDEOGRAM:
            self.words = [found[0].replace(UNSEEN, "") for found in self._iter_found()]
        else:
            self.words = (self._folded if self._is_plain else self._folded.replace(UNSEEN, "")).split()

    def _iter_found(self) -> Iterator[re.Match[str]]:
        return (found for found in _WORD.finditer(self._folded) if found[0].strip(UNSEEN))

    @property
    def starts(self) -> list[int]:
        """Offsets of the words' first characters, in the original text."""
        if self._starts is None:
            self._locate()
        assert self._starts is not None
        return self._starts

    @property
    def ends(self) -> list[int]:
        """Offsets after the words' last characters."""
        if self._ends is None:
            self._locate()
        assert self._ends is not None
        return self._ends

    def _locate(self) -> None:
        if not self._is_plain:
            spans = [found.span() for found in self._iter_found()]
            self._starts, self._ends = [start for start, _ in spans], [end for _, end in spans]
            return
        codes = _units(self._folded)
        inside = np.zeros(len(codes) + 2, dtype=np.int8)
        inside[1:-1] = codes != _SPACE
        steps = np.diff(inside)
        self._starts = np.flatnonzero(steps == 1).tolist()
        self._ends = np.flatnonzero(steps == -1).tolist()


STAR = "ꙮ"
"""Stands for * while a query's words are split; a letter that one manuscript of the 15th century has."""


@lru_cache(maxsize=8192)
def pattern_words(text: str, spelling: JoinedSpelling = IN_PARTS) -> tuple[str, ...]:
    """Return the words of a query's text, where `*` stands for any letters."""
    if text.isascii() and text.isalnum():
        return (text.lower(),)
    if "*" not in text:
        return tuple(Words(text, spelling).words)
    words = Words(text.replace("*", STAR), spelling).words
    return tuple(re.sub(r"\*+", "*", word.replace(STAR, "*")) for word in words)


def list_variants(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the possible sequences of words for a query's text in articles, the one of its parts first."""
    if text.isalnum():
        return (pattern_words(text),)
    return tuple(dict.fromkeys(pattern_words(text, spelling) for spelling in _spellings(text)))


def _spellings(text: str) -> Iterator[JoinedSpelling]:
    for spelling in (IN_PARTS, WHOLE):
        yield spelling
        if has_uzbek_letter(text):
            yield spelling._replace(joins_uzbek=True)


def surfaces(text: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a query's text as written, in step with one of its variants."""
    starred = text.replace("*", STAR)
    split = next(Words(starred, one) for one in _spellings(text) if pattern_words(text, one) == tuple(words))
    written = (split.text[start:end] for start, end in zip(split.starts, split.ends, strict=True))
    return tuple(spelled(word.replace(STAR, "*")) for word in written)


def spelled(surface: str) -> str:
    """Return a word as written, without signs that separate no words: U.S as US, 1,000 as 1000."""
    return plain(surface).translate(_INSIDE)


def plain(text: str) -> str:
    """Return a text with normalised apostrophes and dashes and without invisible characters."""
    return text.translate(_PLAIN)


def is_like(word: str, pattern: str) -> bool:
    """Return whether a word matches a pattern with `*` for any letters; linear in the word."""
    return likeness(pattern)(word)


def likeness(pattern: str) -> Callable[[str], bool]:
    """Return a function that tests words against a pattern with `*` for any letters."""
    first, *middle, last = pattern.split("*")
    shortest = len(first) + len(last)

    def is_so(word: str) -> bool:
        if len(word) < shortest or not word.startswith(first) or not word.endswith(last):
            return False
        at, end = len(first), len(word) - len(last)
        for piece in middle:
            found = word.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True

    return is_so


def is_within(word: str, other: str, edits: int) -> bool:
    """Return whether at most `edits` letters inserted, deleted or replaced turn one word into the other (Levenshtein).

    Only the band of small distances in the table is computed: linear in the word.
    """
    if abs(len(word) - len(other)) > edits:
        return False
    far = edits + 1
    row = [far] * edits + list(range(far))  # of the letters of `other` from `edits` before to `edits` behind
    for at, letter in enumerate(word, 1):
        above, row, last = [*row, far], [], far
        for offset, column in enumerate(range(at - edits, at + far)):
            if 0 < column <= len(other):
                last = min(above[offset] + (letter != other[column - 1]), above[offset + 1] + 1, last + 1)
            else:
                last = far if column else at
            row.append(last)
        if min(row) > edits:
            return False
    return row[len(other) - len(word) + edits] <= edits
