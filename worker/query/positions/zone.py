"""Texts with a common numbering of words: the words, their positions and their spelling."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property

from worker.query.positions.bits import Bits, Kept, iter_positions, to_bits
from worker.query.positions.misspelled import Lengths
from worker.query.words import DASHES, Words, likeness

Span = tuple[int, int]
"""Positions of the first and the last word."""

GAP = 128
"""Positions between title and text: more than the maximum distance of NEAR, so that no match crosses them."""

_FILLER = ("",) * GAP
_FEW = 50


class WordZone:
    """Texts with a common numbering of words: title and text, or the author."""

    def __init__(self, parts: list[tuple[str, Words]]) -> None:
        self.parts = parts
        self.bases: list[int] = []
        """Position of each part's first word."""
        self.words: list[str] = []
        for _, part in parts:
            if self.bases:
                self.words += _FILLER
            self.bases.append(len(self.words))
            self.words += part.words
        self._spellings: dict[tuple[str, int], list[str]] = {}
        self._written: dict[str, dict[str, list[int]]] = {}
        self.kept = Kept[tuple[str, str, str]]()
        """Positions by word or pattern, spelling, and its kind."""

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """The positions of each word, in rising order."""
        found: dict[str, list[int]] = {}
        for (_, part), base in zip(self.parts, self.bases, strict=True):
            for position, word in enumerate(part.words, base):
                if word in found:
                    found[word].append(position)
                else:
                    found[word] = [position]
        return found

    def locate(self, pattern: str, edits: int = 0) -> Bits:
        """Return the positions of a word, of words like a pattern with `*`, or within some edits of a word."""
        return self.kept.get((pattern, str(edits), "edits"), self._locate)

    def _locate(self, key: tuple[str, str, str]) -> Bits:
        pattern, edits = key[0], int(key[1])
        if edits or "*" in pattern:
            return to_bits([at for word in self.spellings(pattern, edits) for at in self.positions[word]])
        return to_bits(self.positions.get(pattern, ()))

    def spellings(self, pattern: str, edits: int = 0) -> list[str]:
        """Return the words like a pattern with `*`, or within some edits of a word."""
        key = (pattern, edits)
        if key not in self._spellings:
            if edits:
                self._spellings[key] = self._lengths.within(pattern, edits)
            elif pattern.find("*") == len(pattern) - 1:
                self._spellings[key] = self._beginning_with(pattern[:-1])
            else:
                piece, is_so = max(pattern.split("*"), key=len), likeness(pattern)
                self._spellings[key] = [word for word in self.positions if piece in word and is_so(word)]
        return self._spellings[key]

    def written(self, word: str) -> dict[str, list[int]]:
        """Return the spellings of a word in the texts, with the positions of each."""
        found = self._written.get(word)
        if found is None:
            found = self._written[word] = {}
            for at in self.positions.get(word, ()):
                found.setdefault(self.surface((at, at)), []).append(at)
        return found

    def joined(self, these: Bits) -> Bits:
        """Return those of some words with only a hyphen between them and the next."""
        if these.bit_count() > _FEW:
            return these & self._joined
        return to_bits([at for at in iter_positions(these) if self._is_joined(at)])

    @cached_property
    def _joined(self) -> Bits:
        return to_bits([at for at, word in enumerate(self.words) if word and self._is_joined(at)])

    @cached_property
    def _lengths(self) -> Lengths:
        return Lengths(self.positions)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.positions)

    def _beginning_with(self, prefix: str) -> list[str]:
        first = bisect_left(self._sorted, prefix)
        last = bisect_left(self._sorted, prefix[:-1] + chr(ord(prefix[-1]) + 1)) if prefix else len(self._sorted)
        return self._sorted[first:last]

    def place(self, span: Span) -> tuple[str, int, int]:
        """Return the field and the offsets in it of the words of a span."""
        at = self._part(span[0])
        (name, part), base = self.parts[at], self.bases[at]
        if not part.words:  # a mention without words
            return name, 0, 0
        return name, part.starts[span[0] - base], part.ends[span[1] - base]

    def surface(self, span: Span) -> str:
        """Return the words of a span as written."""
        _, start, end = self.place(span)
        return self.parts[self._part(span[0])][1].text[start:end]

    def _is_joined(self, position: int) -> bool:
        at = self._part(position)
        part, position = self.parts[at][1], position - self.bases[at]
        if position + 1 >= len(part.words):
            return False
        between = part.text[part.ends[position] : part.starts[position + 1]]
        return len(between) == 1 and between in DASHES

    def _part(self, position: int) -> int:
        return bisect_right(self.bases, position) - 1
