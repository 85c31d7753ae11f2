"""Code points → the class of each letter, and its number in the hash of a word.

Two spellings of a word are one here, so that a text matches its copy in any spelling (lookalikes of another alphabet
are gone by then: `worker.text.letters`):

* **case and marks**: folded; apostrophes and invisible characters vanish.
* **two scripts**: Uzbek and Kazakh are written in Cyrillic and in Latin letters. `_CYRILLIC` and `_LATIN` map every
  letter of either to the same plain one, `_DIGRAPHS` make one of two (`sh` and `ш`, `ya` and `я`). Where the two
  languages, or the three Latin alphabets that Kazakh had since 2017, disagree, the variants are folded together: `и`,
  `й`, `ы`, `і` are all `i`. So the language of a text is not needed, which is a guess in short ones. Other languages
  are folded by the same tables and lose as little: docs/explanation/reprints.md has how much.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.text.letters import APOSTROPHES

Codes = NDArray[np.uint32]
Classes = NDArray[np.uint16]
Facts = NDArray[np.uint16]
Numbers = NDArray[np.uint64]

# Classes of code points.
SEPARATOR, LETTER, CAPITAL, DIGIT, MARK, IDEOGRAPH, INVISIBLE, SIGN = range(8)

BASE: Final = 0x9E3779B97F4A7C1B  # near 2**64 / golden ratio; odd, so that it has an inverse; 3 modulo 8

_SIGNS: Final = "ъЪьЬ"
_VARIATION_SELECTORS: Final = "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))))
_TABLE_SIZE: Final = 0x40000  # higher planes hold no letters
_IDEOGRAPHIC_PLANES: Final = 0x20000
_JAMO: Final = range(0x1160, 0x1200)  # Korean vowels and finals that compose with the preceding letter
_IDEOGRAPHS: Final = (
    (0x3005, 0x3007),  # iteration mark, zero
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),  # kana extensions
    (0x3400, 0x4DBF),  # Han extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han compatibility
)

_CYRILLIC: Final = {
    **dict(zip("абвгғдежзийіклмноөпрстуұүфхһҳцыэ", "abvggdejziiiklmnooprstuuufhhhsie", strict=True)),
    **{"ә": "a", "қ": "q", "ң": "n", "ў": "o", "ё": "Ö", "ю": "Ü", "я": "Ä", "ч": "Ç", "ш": "Ş", "щ": "Ş"},
}
_LATIN: Final = {
    **{letter: letter for letter in "abcdefghijklmnopqrstuvz"},
    **dict(zip("äáğǵıïyñńöóõūüúýwx", "aaggiiinnooouuuuuh", strict=True)),
    **{"ş": "Ş", "ç": "Ç"},
}
_DIGRAPHS: Final = {"sh": "Ş", "ch": "Ç", "ts": "s", "ia": "Ä", "io": "Ö", "iu": "Ü", "ie": "e"}
_PLAIN: Final = {letter: number for number, letter in enumerate("abcdefghijklmnopqrstuvzÄÖÜŞÇ", start=1)}

# The facts about a letter, in 16 bits: looking up takes longer than shifting.
_CLASS_MASK: Final = np.uint16(0b111)
_PLAIN_BITS: Final = 5
_PLAIN_MASK: Final = np.uint16(0b11111 << 5)
_ENDS: Final = np.uint16(0b111 << 10)  # a bit for each kind of digraph that it may end; in those above, begin
_BEGINS_SHIFT: Final = np.uint16(3)
_KINDS_OF_DIGRAPHS: Final = (("sc", "h"), ("t", "s"), ("i", "aoue"))


@dataclass(frozen=True, slots=True)
class Tables:
    """The facts of each code point below `_TABLE_SIZE`; the last one stands for all above."""

    facts: Facts
    """Its class; the plain letter it is folded to, by its number in `_PLAIN`, 0 for none; and the digraphs that it may
    end and begin.
    """
    numbers: Numbers
    of_digraph: Numbers
    """The number of the plain letter for a pair, by both their numbers in a row."""


def read_facts(codes: Codes) -> Facts:
    """Return the facts about each code point, for `get_classes` and `read_letters`."""
    return tables().facts.take(codes, mode="clip")


def get_classes(facts: Facts) -> Classes:
    """Return the class of each code point."""
    return facts & _CLASS_MASK


def read_letters(codes: Codes, facts: Facts) -> tuple[Classes, Numbers]:
    """Return class and number of each letter of a text without invisible characters: a pair may become one."""
    table = tables()
    numbers, classes = table.numbers.take(codes, mode="clip"), get_classes(facts)
    keep = classes != SIGN
    at = np.flatnonzero((facts[1:] & (facts[:-1] >> _BEGINS_SHIFT) & _ENDS) != 0)
    if len(at):
        after = at + 1
        if (at[1:] == after[:-1]).any():  # `tsh` is t and sh, not ts and h
            at = at[np.append(at[1:] != after[:-1], True)]
            after = at + 1
        plain = facts & _PLAIN_MASK
        numbers[at] = table.of_digraph.take(plain.take(at) | (plain.take(after) >> _PLAIN_BITS))
        keep[after] = False
    return classes[keep], numbers[keep]


@cache
def tables() -> Tables:
    """Return the tables (built on first use, some 40 ms)."""
    classes = np.full(_TABLE_SIZE, IDEOGRAPH, dtype=np.uint16)
    folded = np.arange(_TABLE_SIZE, dtype=np.uint64)
    plain = np.zeros(_TABLE_SIZE, dtype=np.uint16)
    alphabet = _CYRILLIC | _LATIN
    for code in range(_IDEOGRAPHIC_PLANES):
        character = chr(code)
        category = unicodedata.category(character)
        classes[code] = _classify(category)
        if category in ("Lu", "Lt", "Ll"):
            lower = "i" if character == "İ" else unicodedata.normalize("NFC", character.casefold())
            folded[code] = ord(lower) if len(lower) == 1 else code
            if letter := alphabet.get(lower):
                plain[code], folded[code] = _PLAIN[letter], ord(letter)
    _mark_exceptions(classes)
    numbers = mix((folded + np.uint64(1)) * np.uint64(BASE))
    numbers[classes == SEPARATOR] = 0
    facts = classes | (plain << np.uint16(_PLAIN_BITS))
    for kind, letters in enumerate(_KINDS_OF_DIGRAPHS):
        for place, shift in ((0, 13), (1, 10)):
            facts[np.isin(plain, [_PLAIN[letter] for letter in letters[place]])] |= np.uint16(1 << shift + kind)
    return Tables(facts, numbers, _digraphs(numbers))


def _mark_exceptions(classes: Classes) -> None:
    for first, last in _IDEOGRAPHS:
        classes[first : last + 1] = IDEOGRAPH
    classes[_JAMO.start : _JAMO.stop] = MARK
    for character in (*APOSTROPHES, *_VARIATION_SELECTORS):
        classes[ord(character)] = INVISIBLE
    for character in _SIGNS:
        classes[ord(character)] = SIGN
    classes[-1] = SEPARATOR


def _digraphs(numbers: Numbers) -> Numbers:
    of_digraph = np.zeros(1 << 2 * _PLAIN_BITS, dtype=np.uint64)
    for pair, letter in _DIGRAPHS.items():
        number = numbers[ord(letter)] if letter.islower() else _number_letter(letter)
        of_digraph[_PLAIN[pair[0]] << _PLAIN_BITS | _PLAIN[pair[1]]] = number
    return of_digraph


def _number_letter(letter: str) -> np.uint64:
    return np.uint64(mix(np.array([ord(letter) + 1], dtype=np.uint64) * np.uint64(BASE))[0])


def mix(values: Numbers) -> Numbers:
    """Spread the bits of each value (the finaliser of MurmurHash3)."""
    values = values ^ (values >> np.uint64(33))
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


def _classify(category: str) -> int:
    if category in ("Lu", "Lt"):
        return CAPITAL
    if category == "Nd":
        return DIGIT
    if category in ("Cf", "Me"):
        return INVISIBLE
    if category[0] == "M":
        return MARK
    return LETTER if category[0] in "LN" else SEPARATOR
