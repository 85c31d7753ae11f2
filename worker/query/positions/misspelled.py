"""Search for words within some edits of another. All words of one length are compared at once, letter by letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from worker.query.words import is_within

_FEW = 200
"""Number of words up to which single comparisons are faster."""
_AT_ONCE = 1 << 22
"""Letters of words compared at once, which limits memory."""


class Lengths:
    """Distinct words by length."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: defaultdict[int, list[str]] = defaultdict(list)
        for word in words:
            self._words[len(word)].append(word)

    def within(self, other: str, edits: int) -> list[str]:
        """Return the words that become the other one by inserting, deleting or replacing at most `edits` letters."""
        found: list[str] = []
        for length in range(max(len(other) - edits, 1), len(other) + edits + 1):
            words = self._words.get(length, [])
            if len(words) <= _FEW:
                found += [word for word in words if is_within(word, other, edits)]
                continue
            step = max(_AT_ONCE // length, 1)
            for at in range(0, len(words), step):
                found += _within(words[at : at + step], other, edits)
        return found


def _within(words: list[str], other: str, edits: int) -> list[str]:
    """Return those among words of one length; for the table of distances of each, see `is_within`."""
    length = len(words[0])
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    letters = np.ascontiguousarray(codes.reshape(len(words), length).T)
    left = np.arange(len(words))
    far = edits + 1
    row = [np.full(len(words), min(abs(at), far) if at >= 0 else far, dtype=np.uint8) for at in range(-edits, far)]
    for at, letter in enumerate(map(ord, other), 1):
        row = _next_row(row, letters, letter, at, edits)
        nearest = np.minimum.reduce(row)
        is_near = nearest <= edits
        if 2 * np.count_nonzero(is_near) < len(left):
            left, letters = left[is_near], letters[:, is_near]
            row = [distances[is_near] for distances in row]
            if not len(left):
                return []
    return [words[at] for at in left[row[length - len(other) + edits] <= edits].tolist()]


def _next_row(
    row: list[NDArray[np.uint8]], letters: NDArray[np.uint32], letter: int, at: int, edits: int
) -> list[NDArray[np.uint8]]:
    far = np.full(letters.shape[1], edits + 1, dtype=np.uint8)
    above, below, last = [*row, far], [], far
    for offset, column in enumerate(range(at - edits, at + edits + 1)):
        if 0 < column <= len(letters):
            replaced = above[offset] + (letters[column - 1] != letter)
            last = np.minimum(np.minimum(replaced, above[offset + 1] + 1), np.minimum(last + 1, far))
        else:
            last = far if column else np.full_like(far, min(at, edits + 1))
        below.append(last)
    return below
