"""Letters as a reader sees them: lookalikes of another alphabet, bold mathematics, words broken at a line's end.

All functions keep the length of a text, so that positions in it stay valid. One list of apostrophes serves every stage
that compares spellings.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

APOSTROPHES: Final = "'’‘ʼʻʹʽʾʿˈ`´‛′ꞌ՚׳＇"
"""Characters used for the apostrophe of o‘zbek, Turkey’s and Türkiye'de."""
UNSEEN: Final = "\u00ad"
"""A soft hyphen: stands for invisible characters."""

_LATIN, _CYRILLIC, _GREEK, _ARMENIAN, _HYPHEN, _LINE_END = 1, 2, 4, 8, 16, 32
_FIRST_BEYOND_LATIN = 0x370
_RANGES = (
    (_LATIN, ((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0xD7), (0xD8, 0xF7), (0xF8, 0x250), (0x259, 0x25A), (0x1E00, 0x1F00))),
    (_GREEK, ((0x370, 0x400),)),
    (_CYRILLIC, ((0x400, 0x530),)),
    (_ARMENIAN, ((0x531, 0x557), (0x561, 0x588))),
)
MEETING, BREAK = b"\1", b"\2"
"""Kinds of two neighbours: letters of two alphabets; a hyphen and a line's end."""
_SUMS = {MEETING: (3, 5, 6, 9, 10, 12), BREAK: (_HYPHEN + _LINE_END,)}
_KINDS = b"".join(next((kind for kind, sums in _SUMS.items() if sum_ in sums), b"\0") for sum_ in range(0x100))
"""Kinds of two neighbours, by the sum of their numbers."""
_TWINS = (
    "AАΑ BВΒ CС EЕΕ HНΗ IІΙ JЈ KКΚ MМΜ OОΟՕ PРΡ SЅՏ TТΤ XХΧ YУΥ ƏӘ ËЁ ÏЇ NΝ ZΖ UՍ LԼ"
    " aаα cс eе iіι jј kкκ oоοօ pрρ sѕ xхχ yуγ əә ëё ïї hһհ uսυ vν nո qզ gց"
)
"""Letters that look alike, one group a word, each letter of another alphabet; the first is the Latin one."""
_LETTERS = re.compile(r"[^\W\d_]+")
_STYLED = re.compile("[\U0001d400-\U0001d7ff\U0001f130-\U0001f149]")
_HYPHENS: Final = "-‐\u00ad"
_BROKEN = re.compile(rf"(?<=[^\W\d_]{{2}})[{_HYPHENS}]\r?\n[ \t]{{0,8}}(?=([^\W\d_])[^\W\d_])")
_PARTS: Final = re.compile(
    r"(?:^|[^\w])(?:[^\W\d_]+о|anti|post|pro|non|ex|self|well|co|pre|mid|pan|neo|экс|анти|вице|пост|про)$", re.I
)
_LONGEST_PART = 40
_LONGEST_WORD = 40  # of those that are kept


def seen(text: str) -> str:
    """Return a text of the same length with each word in the one alphabet that a reader assumes.

    A word of two alphabets is converted to that of most of its letters, if all others have a twin there; at a tie to
    the only one where they do, and to none otherwise, so that РТ, PT and РT stay three words.
    """
    if text.isascii():
        return text
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    if len(units) != len(text):
        text = _STYLED.sub(_plain, text)
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        units = points.clip(max=0xFFFF).astype("<u2")
    if np.maximum.reduce(units) < _FIRST_BEYOND_LATIN:
        return text
    kinds = neighbours(units)
    return unmixed(text, kinds) if MEETING in kinds else text


def mended(text: str) -> str:
    """Return a text of the same length with UNSEEN for hyphens and line breaks within broken words.

    A hyphen that belongs to the word stays: after the first part of a Russian compound (юго-западный), after anti- and
    its like. The rest is uncertain; nearly all of them are breaks.
    """
    if "\n" not in text:
        return text
    if "-\n" in text or "\r" in text or "\u00ad" in text or "‐" in text:  # a quick test; most have none
        return _BROKEN.sub(_closed, text)
    return text


def neighbours(units: NDArray[np.integer[Any]]) -> bytes:
    """Return the kind of each UTF-16 unit with its successor, except the last: MEETING, BREAK or neither."""
    of = _alphabets().take(units)
    return (of[:-1] + of[1:]).tobytes().translate(_KINDS)


def unmixed(text: str, kinds: bytes) -> str:
    """Return a text with its words of two alphabets, located by `kinds`, each in one."""
    pieces: list[str] = []
    end = 0
    while (at := kinds.find(MEETING, end)) >= 0:
        start = at
        while start > end and text[start - 1].isalpha():
            start -= 1
        pieces.append(text[end:start])
        found = _LETTERS.match(text, start)
        assert found is not None  # a letter stands at `at`
        pieces.append(_in_one(found[0]) if found.end() - start <= _LONGEST_WORD else _brought(found[0]))
        end = found.end()
    return "".join((*pieces, text[end:]))


def _closed(found: re.Match[str]) -> str:
    first = found.string[max(0, found.start() - _LONGEST_PART) : found.start()]
    if not found[1].islower() or _PARTS.search(first):
        return found[0]
    return UNSEEN * len(found[0])


def _plain(found: re.Match[str]) -> str:
    letter = unicodedata.normalize("NFKC", found[0])
    return letter if len(letter) == 1 else found[0]


@cache
def _alphabets() -> NDArray[np.uint8]:
    """Return the alphabet of each character of the basic plane, 0 for other characters.

    Hyphens and ends of lines have numbers of their own, beyond those of alphabets.
    """
    table = np.zeros(0x10000, dtype=np.uint8)
    for alphabet, ranges in _RANGES:
        for first, last in ranges:
            table[[code for code in range(first, last) if chr(code).isalpha()]] = alphabet
    table[[ord(hyphen) for hyphen in _HYPHENS]] = _HYPHEN
    table[[ord("\r"), ord("\n")]] = _LINE_END
    return table


@cache
def _twins() -> dict[int, dict[str, str]]:
    """Return for each alphabet the substitutes: the twin from another alphabet → the letter."""
    table = _alphabets()
    into: dict[int, dict[str, str]] = {alphabet: {} for alphabet, _ in _RANGES}
    for group in _TWINS.split():
        for letter in group:
            own = int(table[ord(letter)])
            into[own].update((other, letter) for other in group if other != letter)
    return into


@lru_cache(maxsize=4_096)
def _in_one(word: str) -> str:
    """Return the result of `_brought`, cached because the same few words recur."""
    return _brought(word)


def _brought(word: str) -> str:
    """Return a word in the alphabet of most of its letters, if the others have twins there."""
    table = _alphabets()
    letters = [int(table[ord(letter)]) if letter <= "\uffff" else 0 for letter in word]
    possible = [
        (letters.count(alphabet), alphabet)
        for alphabet in set(letters) - {0}
        if all(of in (0, alphabet) or letter in _twins()[alphabet] for letter, of in zip(word, letters, strict=True))
    ]
    possible.sort(reverse=True)
    if not possible or (len(possible) > 1 and possible[0][0] == possible[1][0]):
        return word
    into = _twins()[possible[0][1]]
    return "".join(into.get(letter, letter) for letter in word)
