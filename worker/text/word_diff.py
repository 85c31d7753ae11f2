"""Differences between two texts by words: replaced, deleted or inserted. In bounded time for any texts. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from worker.text.letters import APOSTROPHES

_WORD = re.compile(rf"[\w\u0300-\u036f\u064b-\u065f]+(?:[-{APOSTROPHES}][\w\u0300-\u036f\u064b-\u065f]+)*|[^\w\s]")
_FEW_CELLS = 10_000
"""Pairs of words compared at once; a longer stretch is first split at words that occur once in both texts."""
_MOST_CELLS = 1_000_000
"""Maximum of pairs of words compared within one stretch."""
_BUDGET = 4 * _MOST_CELLS
"""And in all stretches together; the rest is one change."""
_DEEPEST = 6

Block = tuple[int, int, int, int]
"""A stretch: from, to in the old words; from, to in the new ones."""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch that differs, as offsets of both texts; empty on one side for an insertion or deletion."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def op(self) -> str:
        """`insert`, `delete` or `replace`."""
        if self.old_start == self.old_end:
            return "insert"
        return "delete" if self.new_start == self.new_end else "replace"


@dataclass(frozen=True, slots=True)
class Passage:
    """A change with some of the new text around it, on one line."""

    before: str
    removed: str
    added: str
    after: str

    def __str__(self) -> str:
        """Return the usual notation of a change: `[-taken out-]` and `{+put in+}`."""
        removed = f"[-{self.removed}-]" if self.removed else ""
        added = f"{{+{self.added}+}}" if self.added else ""
        return f"{self.before}{removed}{added}{self.after}"

    def shortened(self, length: int) -> Passage:
        """Return it with about `length` characters removed and added at most; the number of words is still stated."""
        return replace(self, removed=_shortened(self.removed, length), added=_shortened(self.added, length))


def _window(text: str, change: Change, around: int) -> tuple[int, int]:
    """Return a stretch around a change that cuts no word, where there are spaces."""
    begin, end = max(0, change.new_start - around), min(len(text), change.new_end + around)
    if begin and not text[begin - 1].isspace():
        begin = text.find(" ", begin, change.new_start) + 1 or begin
    if end < len(text) and not text[end].isspace():
        end = max(text.rfind(" ", change.new_end, end), change.new_end)
    return begin, end


def _shortened(words: str, length: int) -> str:
    return words if len(words) <= length else f"{words[: length - 20]} … ({len(words.split()):,} words)"


def passages(old: str, new: str, changes: Sequence[Change], *, around: int = 60) -> Iterator[Passage]:
    """Yield each change with this many characters of the new text around it."""
    for change in changes:
        begin, end = _window(new, change, around)
        removed, added = old[change.old_start : change.old_end], new[change.new_start : change.new_end]
        before = ("… " if begin else "") + new[begin : change.new_start]
        if not added and old[max(0, change.old_start - 1) : change.old_start].isspace():
            before += " "  # the new text has no place of its own for it
        after = new[change.new_end : end] + (" …" if end < len(new) else "")
        yield Passage(*(part.replace("\n", " ") for part in (before, removed, added, after)))


def changes_between(old: str, new: str) -> list[Change]:
    """Return the changes that turn one text into the other, in reading order; white space does not count."""
    spans = [[found.span() for found in _WORD.finditer(text)] for text in (old, new)]
    words = [[text[start:end] for start, end in found] for text, found in zip((old, new), spans, strict=True)]
    blocks = _Comparison(*words).blocks((0, len(words[0]), 0, len(words[1])), 0)
    merged = _without_bare_marks(list(blocks), words[0])
    return [Change(*_offsets(spans[0], a, b), *_offsets(spans[1], c, d)) for a, b, c, d in merged]


def _offsets(spans: Sequence[tuple[int, int]], begin: int, end: int) -> tuple[int, int]:
    if begin < end:
        return spans[begin][0], spans[end - 1][1]
    at = spans[begin - 1][1] if begin else 0
    return at, at


def _without_bare_marks(blocks: Sequence[Block], old: Sequence[str]) -> list[Block]:
    """Return the blocks, joined where only punctuation separates them."""
    joined: list[Block] = []
    for block in blocks:
        between = old[joined[-1][1] : block[0]] if joined else ["word"]
        if len(between) <= 2 and not any(word[0].isalnum() for word in between):
            joined[-1] = (joined[-1][0], block[1], joined[-1][2], block[3])
        else:
            joined.append(block)
    return joined


class _Comparison:
    """A comparison of two sequences of words within a time budget."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self._old, self._new = old, new
        self._left = _BUDGET

    def blocks(self, block: Block, depth: int) -> Iterator[Block]:
        """Yield the differences within a stretch."""
        a, b, c, d = block = self._trimmed(block)
        if a == b or c == d:
            if a < b or c < d:
                yield block
            return
        cells = (b - a) * (d - c)
        anchors = self._anchors(block) if cells > _FEW_CELLS and depth < _DEEPEST else []
        if not anchors:
            if cells <= min(_MOST_CELLS, self._left):
                self._left -= cells
                yield from self._word_by_word(block)
            else:
                yield block
            return
        for old_at, new_at in [*anchors, (b, d)]:
            yield from self.blocks((a, old_at, c, new_at), depth + 1)
            a, c = old_at + 1, new_at + 1

    def _trimmed(self, block: Block) -> Block:
        a, b, c, d = block
        while a < b and c < d and self._old[a] == self._new[c]:
            a, c = a + 1, c + 1
        while a < b and c < d and self._old[b - 1] == self._new[d - 1]:
            b, d = b - 1, d - 1
        return a, b, c, d

    def _anchors(self, block: Block) -> list[tuple[int, int]]:
        """Return the longest increasing sequence of positions of words that occur once in both."""
        a, b, c, d = block
        once = [{word for word, n in Counter(words).items() if n == 1} for words in (self._old[a:b], self._new[c:d])]
        places = {self._new[at]: at for at in range(c, d) if self._new[at] in once[1]}
        shared = once[0] & places.keys()
        pairs = [(at, places[self._old[at]]) for at in range(a, b) if self._old[at] in shared]
        return _rising(pairs)

    def _word_by_word(self, block: Block) -> Iterator[Block]:
        """Yield the differences from the longest common subsequence."""
        a, b, c, d = block
        lengths = _common_lengths(self._old[a:b], self._new[c:d])
        i = j = 0
        begin = (0, 0)
        while i < b - a and j < d - c:
            if self._old[a + i] == self._new[c + j]:
                if begin != (i, j):
                    yield a + begin[0], a + i, c + begin[1], c + j
                i, j = i + 1, j + 1
                begin = (i, j)
            elif lengths[i + 1][j] >= lengths[i][j + 1]:
                i += 1
            else:
                j += 1
        if begin != (b - a, d - c):
            yield a + begin[0], b, c + begin[1], d


def _common_lengths(old: Sequence[str], new: Sequence[str]) -> list[list[int]]:
    """Return by (i, j) the length of the longest common subsequence of `old[i:]` and `new[j:]`."""
    rows = [[0] * (len(new) + 1)]
    for word in reversed(old):
        below, row = rows[-1], [0] * (len(new) + 1)
        for j in range(len(new) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if word == new[j] else max(below[j], row[j + 1])
        rows.append(row)
    return rows[::-1]


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence of pairs, sorted by the first, that increases in the second too."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for number, (_, value) in enumerate(pairs):
        place = bisect_left(ends, value)
        before.append(at[place - 1] if place else -1)
        ends[place : place + 1] = [value]
        at[place : place + 1] = [number]
    found: list[tuple[int, int]] = []
    number = at[-1] if at else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]
