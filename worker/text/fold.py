"""Spellings folded to one form for matching, with the way back to the original text.

`fold` maps one character to one, so that positions stay valid; soft hyphens, zero-width characters and combining marks
become UNSEEN. `squeeze` then drops invisible characters (soft hyphens, stress marks) and all but one space of a gap,
and keeps the origin of each character.
"""

from __future__ import annotations

import unicodedata
from codecs import charmap_decode, utf_16_le_decode, utf_16_le_encode
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from worker.text.letters import APOSTROPHES, BREAK, MEETING, UNSEEN, mended, neighbours, seen, unmixed
from worker.text.nfc import MOST_MARKS

Code = TypeVar("Code", np.uint8, np.uint16)

_ARMENIAN_INTONATION = "\u055b\u055c\u055e"  # written above a vowel inside the word, as in Հայաստա՞ն
_SPECIAL = {"İ": "i", "ı": "i", "ß": "s", "ẞ": "s", "ё": "е", "Ё": "е", "ς": "σ"}
_SPACE = ord(" ")
_PAD = "x "  # begins with a word, so that the space in front of the text is not one after a space
_CODED = (range(0x30, 0x3A), range(0x61, 0x7B), range(0xDF, 0x180), range(0x430, 0x460), range(0x561, 0x588))
_CODED_TOO = "ґѳӊəșțǧǵғҕҗҙқҝҡңҥҧҫүұҳҷҹһәӣөӯ"
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


def _code_table() -> NDArray[np.uint8]:
    """Return a byte for each folded letter of the languages that are tagged, 0 for all others."""
    table = np.zeros(0x10000, dtype=np.uint8)
    letters = (_folded(letter) for letter in (*(chr(code) for block in _CODED for code in block), *_CODED_TOO))
    known = dict.fromkeys((" ", *(letter for letter in letters if letter not in (" ", UNSEEN))))
    for code, letter in enumerate(known, start=1):
        table[ord(letter)] = code
    return table


_CODES = _code_table()
_BYTES = _CODES.take(_TABLE)
BLANK = int(_CODES[_SPACE])
"""The byte of a space."""
_LETTERS = "".join(chr(int(np.flatnonzero(code == _CODES)[0])) for code in range(int(_CODES.max()) + 1))
"""The letter of each byte; the first byte stands for letters without a byte of their own."""


def _units(text: str) -> NDArray[np.uint16]:
    return np.frombuffer(utf_16_le_encode(text, "surrogatepass")[0], dtype="<u2")


def _codes(text: str) -> NDArray[np.uint16]:
    units = _units(text)
    if len(units) == len(text):
        return _TABLE.take(units)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return np.where(points > 0xFFFF, _BEYOND, _TABLE.take(points, mode="clip"))


def _text(codes: NDArray[np.uint16]) -> str:
    return utf_16_le_decode(codes.tobytes())[0]


def fold(text: str) -> str:
    """Return `text` with each character in its form for matching, always at the same length.

    Letters become lower case without commonly ignored differences: İ, I and ı are i, ё is е, ß is s. Other characters
    than letters and digits, including apostrophes and dashes, become spaces; invisible ones become `UNSEEN`; characters
    beyond the basic plane are spaces.
    """
    return _text(_codes(text))


@lru_cache(maxsize=16_384)
def words(text: str) -> str:
    """Return the folded words of a short text, such as an alias, joined by single spaces; "" when it has none."""
    return " ".join(fold(unicodedata.normalize("NFC", text)).replace(UNSEEN, "").split())


def shared_length(one: str, other: str) -> int:
    """Return the length of the common beginning of two texts."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


class Folded:
    """A folded text between two spaces, single-spaced; with the offset of each character in the original text.

    Stored as a byte for each character, 0 for those without one: so names are found faster.
    """

    __slots__ = ("_text", "coded", "origins")

    def __init__(self, coded: bytes, origins: Sequence[int], text: str | None = None) -> None:
        """`text` is required if one of its characters has no byte."""
        self.coded = coded
        self.origins = origins
        self._text = text

    @property
    def text(self) -> str:
        """The folded text, which is rarely needed."""
        if self._text is None:
            self._text = charmap_decode(self.coded, "strict", _LETTERS)[0]
        return self._text

    def part(self, first: int, last: int) -> str:
        """Return a part of the folded text."""
        if self._text is None:
            return charmap_decode(self.coded[first:last], "strict", _LETTERS)[0]
        return self._text[first:last]


def encoded(texts: Iterable[str]) -> list[bytes | None]:
    """Return folded texts in the bytes of `Folded.coded`; None for one with a letter that has no byte of its own."""
    known = list(texts)
    whole = "".join(known)
    units = _units(whole)
    codes = _CODES.take(units).tobytes() if len(units) == len(whole) else bytes(len(whole))
    ends = list(accumulate(map(len, known), initial=0))
    found = (codes[first:last] for first, last in pairwise(ends))
    return [None if 0 in one else one for one in found]


def squeeze(text: str) -> Folded:
    """Return the folded `text` without unseen characters and doubled spaces, able to name origins.

    Letters written as base and combining mark are composed first (NFC), so that й is one letter however it
    was typed.
    """
    padded = f"{_PAD}{text} "
    units = _units(padded)
    quick = _quickly_squeezed(units) if len(units) == len(padded) else None
    return quick or _squeezed(text)


class Reading(NamedTuple):
    """A text as a reader sees it, and the same with the hyphens at its line ends, "" without any."""

    text: str
    folded: Folded
    with_hyphens: str


def to_readable(text: str) -> Reading:
    """Return a text as a reader sees it; nearly all texts are unchanged, which is detected quickly."""
    padded = f"{_PAD}{text} "
    units = _units(padded)
    if len(units) != len(padded):
        clean = seen(text)
        whole = mended(clean)
        return Reading(whole, squeeze(whole), "" if whole == clean else clean)
    places = units.astype(np.intp)  # numpy's index type, once for two tables
    kinds = neighbours(places)
    clean = unmixed(text, kinds[len(_PAD) :]) if MEETING in kinds else text
    whole = mended(clean) if BREAK in kinds else clean
    folded = squeeze(whole) if whole is not text else _quickly_squeezed(places) or _squeezed(text)
    return Reading(whole, folded, "" if whole == clean else clean)


def _quickly_squeezed(units: NDArray[np.integer[Any]]) -> Folded | None:
    """Return the result of `squeeze` for a padded text with a byte for each letter; None for others."""
    coded = _BYTES.take(units)
    single, origins = _single_spaced(coded, BLANK)
    content = single.tobytes()
    return None if 0 in content else Folded(content, origins.data)


def _squeezed(text: str) -> Folded:
    """Return the result of `squeeze` for any text."""
    folded, origins = _single_spaced(_codes(f"{_PAD}{text} "), _SPACE)
    chars = _text(folded)
    if UNSEEN not in chars:
        return Folded(_CODES.take(folded).tobytes(), origins.data, chars)
    text, composed = _composed_with_origins(text)
    codes = _codes(f"{_PAD}{text} ")
    seen = np.flatnonzero(codes != ord(UNSEEN))
    folded, origins = _single_spaced(codes.take(seen), _SPACE)
    origins = seen.take(origins + len(_PAD)) - len(_PAD)
    of = [-1, *(composed[at] for at in origins.tolist()[1:])] if composed else origins.data
    return Folded(_CODES.take(folded).tobytes(), of, _text(folded))


def _single_spaced(codes: NDArray[Code], space: int) -> tuple[NDArray[Code], NDArray[np.intp]]:
    """Return padded codes from the pad's space on, single-spaced, and their positions in the text."""
    is_letter = codes != space
    kept = (is_letter[1:] | is_letter[:-1]).nonzero()[0]
    single = codes[1:].take(kept)
    kept -= 1
    return single, kept


def _composed_with_origins(text: str) -> tuple[str, list[int]]:
    """Return the NFC form and the original offset of each of its characters and its end."""
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
