"""Common parts of two headlines or two texts."""

from __future__ import annotations

import re

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
"""A word; of Chinese each character."""
_RUN = 3
"""Words of a shingle."""
_MOST_WORDS = 20_000


def resemble_titles(one: str, other: str) -> bool:
    """Return whether two headlines may be of one article: half of the shorter one's words are in the other.

    A word or two in common are not enough unless they are a whole headline, and the other is not much longer.
    """
    left, right = set(_words(one)), set(_words(other))
    if not left or not right:
        return False
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) <= 2:
        return shorter <= longer and len(longer) <= 2 * len(shorter) + 2
    shared = len(shorter & longer)
    return shared >= 2 and shared * 2 >= len(shorter)


def shared_words(old: str, new: str) -> tuple[float, float]:
    """Return the share of the old text's shingles in the new one, and the reverse; 0 for texts without words."""
    before, after = shingles(old), shingles(new)
    if not before or not after:
        return (1.0, 1.0) if before == after else (0.0, 0.0)
    common = len(before & after)
    return common / len(before), common / len(after)


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of three words of a text; of a shorter text all its words as one run."""
    words = _words(text)[:_MOST_WORDS]
    if len(words) < _RUN:
        return frozenset((tuple(words),)) if words else frozenset()
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
