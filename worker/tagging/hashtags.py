"""The words of hashtags that are written as one: #KazakhstanProtests → Kazakhstan Protests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_HASHTAG = re.compile(r"[#＃](\w{4,100})")
_MOST = 1_000  # in one text


class Hashtag(NamedTuple):
    """A hashtag with spaces between its words, and the offset of each character in the original text."""

    spaced: str
    origins: tuple[int, ...]


def split_hashtags(text: str) -> Iterator[Hashtag]:
    """Yield the hashtags of a text that capitals or digits divide into words."""
    for number, found in enumerate(_HASHTAG.finditer(text)):
        if number == _MOST:
            return
        cuts = [at for at in range(found.start(1) + 1, found.end(1)) if _begins_word(text, at, found.end(1))]
        if cuts:
            yield _spaced(text, found.start(1), found.end(1), cuts)


def _begins_word(text: str, at: int, end: int) -> bool:
    """Return whether a word begins inside a hashtag: a capital after a small letter, digits, after capitals Today."""
    before, here = text[at - 1], text[at]
    if before == "_" or here == "_":
        return False  # which separates words anyway
    if before.isalpha() != here.isalpha():
        return True
    if not here.isupper():
        return False
    return before.islower() or (before.isupper() and at + 1 < end and text[at + 1].islower())


def _spaced(text: str, start: int, end: int, cuts: list[int]) -> Hashtag:
    bounds = [start, *cuts, end]
    origins: list[int] = []
    words: list[str] = []
    for first, last in pairwise(bounds):
        if words:
            origins.append(first)
        words.append(text[first:last])
        origins.extend(range(first, last))
    return Hashtag(" ".join(words), (*origins, end))
