"""Spellings brought to one form for matching, with the way back to the text as it was written.

`fold` maps one character to one, so that positions stay true; soft hyphens, zero-width characters and combining
marks it maps to UNSEEN. `squeeze` then drops what a reader does not see (soft hyphens, stress marks) and all but
one space of a gap, and keeps where each character came from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.letters import APOSTROPHES, UNSEEN, mended, reads_as_written, seen
from worker.nfc import MOST_MARKS

_ARMENIAN_INTONATION = "\u055b\u055c\u055e"  # written above a vowel inside the word, as in Հայաստա՞ն
_SPECIAL = {"İ": "i", "ı": "i", "ß": "s", "ẞ": "s", "ё": "е", "Ё": "е", "ς": "σ"}
_SPACE = ord(" ")
_PAD = "x "  # begins with a word, so that the space in front of the text is not one after a space
_TABLED = (range(0x3040), range(0xA700, 0xA800), range(0xD800, 0x10000))


def _folded(char: str) -> str:
    if char in APOSTROPHES:
        return " "
    if char in _SPECIAL:
        return _SPECIAL[char]
    category = unicodedata.category(char)
    if category == "Cf" or "\u0300" <= char <= "\u036f" or char in _ARMENIAN_INTONATION:
        return UNSEEN
    if len(composed := unicodedata.normalize("NFC", char)) == 1:
        char = (
            composed if composed <= "\uffff" else " "
        )  # a character that is another one's second code, e.g. \uf900 of \u8c48
    compatible = unicodedata.normalize("NFKC", char)
    if "\uff00" <= char <= "\uffef" and len(compatible) == 1:
        char = compatible  # full-width letters in Chinese text
    if char.isalnum() or category.startswith("M"):
        return char.lower()[0]
    return " "


def _table() -> NDArray[np.uint16]:
    table = np.arange(0x10000, dtype=np.uint16)
    for block in _TABLED:
        for code in block:
            table[code] = ord(_folded(chr(code)))
    return table


_TABLE = _table()
_BEYOND = np.uint16(_SPACE)


def _units(text: str) -> NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")


def _codes(text: str) -> NDArray[np.uint16]:
    units = _units(text)
    if len(units) == len(text):
        return _TABLE.take(units)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return np.where(points > 0xFFFF, _BEYOND, _TABLE.take(points, mode="clip"))


def _text(codes: NDArray[np.uint16]) -> str:
    return codes.tobytes().decode("utf-16-le")


def fold(text: str) -> str:
    """Return `text` with each character in its form for matching, always at the same length.

    Letters become lower case without the differences people do not keep: İ, I and ı are i, ё is е, ß is s.
    Whatever is no letter and no digit, all apostrophes and dashes included, is a space; what a reader does not
    see is `UNSEEN`; characters beyond the basic plane are spaces.
    """
    return _text(_codes(text))


@lru_cache(maxsize=16_384)
def words(text: str) -> str:
    """Return the folded words of a short text, such as an alias, joined by single spaces; "" when it has none."""
    return " ".join(fold(unicodedata.normalize("NFC", text)).replace(UNSEEN, "").split())


def shared_length(one: str, other: str) -> int:
    """Return how many characters two texts have in common from their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


class Folded(NamedTuple):
    """A folded text between two spaces, single-spaced; of each of its characters the offset in the text as written."""

    text: str
    origins: Sequence[int]


def squeeze(text: str) -> Folded:
    """Return the folded `text` without unseen characters and doubled spaces, able to name origins.

    Letters written as base and combining mark are composed first (NFC), so that й is one letter however it
    was typed.
    """
    return _squeezed(text, _codes(f"{_PAD}{text} "))


class Reading(NamedTuple):
    """A text as a reader sees it, and the same with the hyphens at its line ends, "" if it has none to leave out."""

    text: str
    folded: Folded
    with_hyphens: str


def reading_of(text: str) -> Reading:
    """Return a text as a reader sees it; nearly all texts are what they look like, which is seen at once."""
    padded = f"{_PAD}{text} "
    units = _units(padded)
    if len(units) == len(padded) and reads_as_written(units):
        return Reading(text, _squeezed(text, _TABLE.take(units)), "")
    clean = seen(text)
    whole = mended(clean)
    return Reading(whole, squeeze(whole), "" if whole == clean else clean)


def _squeezed(text: str, padded: NDArray[np.uint16]) -> Folded:
    """Return what `squeeze` does, given the codes of the padded text."""
    folded, origins = _single_spaced(padded)
    if UNSEEN not in folded:
        return Folded(folded, origins.data)
    text, composed = _composed_with_origins(text)
    codes = _codes(f"{_PAD}{text} ")
    seen = np.flatnonzero(codes != ord(UNSEEN))
    folded, origins = _single_spaced(codes.take(seen))
    origins = seen.take(origins + len(_PAD)) - len(_PAD)
    return Folded(folded, [-1, *(composed[at] for at in origins.tolist()[1:])] if composed else origins.data)


def _single_spaced(codes: NDArray[np.uint16]) -> tuple[str, NDArray[np.intp]]:
    """Return padded codes from the pad's space on, without a space after a space, and where they are in the text."""
    is_letter = codes != _SPACE
    kept = (is_letter[1:] | is_letter[:-1]).nonzero()[0]
    chars = _text(codes[1:].take(kept))
    kept -= 1
    return chars, kept


def _composed_with_origins(text: str) -> tuple[str, list[int]]:
    """Return the NFC form and, for each of its characters and its end, the offset it came from."""
    if unicodedata.is_normalized("NFC", text):
        return text, []
    pieces: list[str] = []
    origins: list[int] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and unicodedata.combining(text[at]) and at - start <= MOST_MARKS:
            continue
        piece = unicodedata.normalize("NFC", text[start:at])
        pieces.append(piece)
        origins.extend([start] * len(piece))
        start = at
    return "".join(pieces), [*origins, len(text)]
