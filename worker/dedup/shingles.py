"""Text → words → shingles: what two texts are compared by.

A *word* is a run of letters, marks and digits of any script, case folded, diacritics kept. Punctuation
separates words; apostrophes and invisible format characters vanish inside them, so that `O‘zbek`, `O'zbek`
and `Oʻzbek`, or a word with soft hyphens, are one spelling. A Chinese or Japanese character is a word by
itself: no spaces to go by.

A *shingle* is four words in a row (Broder, “On the resemblance and containment of documents”, 1997), hashed
to 64 bits. A text of one to three words has one shingle, of all its words; a text without words has none.

A word is held in 32 bits: 30 of hash, two for its `Kind`. The kind helps to tell editions of one template
apart (template.py); it takes no part in shingles, so capitals make no difference to resemblance.

Words are hashed with array arithmetic, not one by one: each code point becomes a 64-bit number, each word the
weighted sum of its letters' numbers, all modulo 2**64. The same text gives the same numbers on every machine.
Changing anything here changes stored fingerprints: raise `fingerprint.VERSION` with it.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]
Shingles = NDArray[np.uint64]

SHINGLE_WORDS: Final = 4
MAX_CHARS: Final = 500_000  # what follows is not looked at: no article is as long, and memory stays bounded
MAX_WORDS: Final = 50_000


class Kind(IntEnum):
    """What fills a slot of a template and what is its frame: the low two bits of a word."""

    PLAIN = 0
    NAME = 1  # begins with a capital letter
    NUMBER = 2  # begins with a digit


# Classes of code points.
_SEPARATOR, _LETTER, _CAPITAL, _DIGIT, _MARK, _IDEOGRAPH, _INVISIBLE = range(7)
_KIND_BITS: Final = np.uint32(0b11)
_KIND_OF_CLASS: Final = np.array(
    [Kind.PLAIN, Kind.PLAIN, Kind.NAME, Kind.NUMBER, Kind.PLAIN, Kind.PLAIN, Kind.PLAIN], dtype=np.uint32
)
_APOSTROPHES: Final = "'`´ʹʻʼʽʾʿˈ՚׳‘’‛′＇"
_VARIATION_SELECTORS: Final = "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))))
_DOTTED_I: Final = "i\u0307"  # what lower-casing the Turkish İ leaves behind
_MOST_MARKS: Final = 30  # on one letter (UAX #15, stream-safe text): putting more into order takes quadratic time
_TABLE_SIZE: Final = 0x40000  # higher planes hold no letters
_IDEOGRAPHIC_PLANES: Final = 0x20000
_JAMO: Final = range(0x1160, 0x1200)  # Korean vowels and finals that compose with what precedes them
_IDEOGRAPHS: Final = (
    (0x3005, 0x3007),  # iteration mark, zero
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),  # kana extensions
    (0x3400, 0x4DBF),  # Han extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han compatibility
)

_BASE: Final = 0x9E3779B97F4A7C1B  # near 2**64 / golden ratio; odd, so that it has an inverse; 3 modulo 8
GRAM_WEIGHTS: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], dtype=np.uint64
)


def words_of(text: str) -> Words:
    """Return the words of `text` in order, each as a 30-bit hash with its `Kind` in the low two bits.

    Looks at no more than MAX_CHARS characters and MAX_WORDS words. Any string will do, lone surrogates included.
    """
    classes, numbers = _letters(text[:MAX_CHARS])
    in_word = classes != _SEPARATOR
    begins = in_word.copy()
    begins[1:] &= ~in_word[:-1]
    if classes.max(initial=0) == _IDEOGRAPH:
        alone = classes == _IDEOGRAPH
        begins |= alone
        begins[1:] |= alone[:-1] & in_word[1:]
    starts = np.flatnonzero(begins)
    if not len(starts):
        return np.zeros(0, dtype=np.uint32)
    powers, inverses = _powers()
    sums = np.add.reduceat(numbers * powers[: len(numbers)], starts)  # separators count nothing
    starts = starts[:MAX_WORDS]
    sums = sums[:MAX_WORDS] * inverses[starts]
    return (_mix(sums) >> np.uint64(32)).astype(np.uint32) & ~_KIND_BITS | _KIND_OF_CLASS[classes[starts]]


def kinds_of(words: Words) -> Words:
    """Return the `Kind` of each word."""
    return words & _KIND_BITS


def grams_of(words: Words) -> Shingles:
    """Return the hash of every four words in a row, in text order, repeats included; of 1–3 words, one of all."""
    return _mix(gram_sums(spelling_of(words)))


def spelling_of(words: Words) -> Shingles:
    """Return each word without its `Kind`: a multiple of four, ready for `gram_sums`."""
    return (words & ~_KIND_BITS).astype(np.uint64)


def gram_sums(spelling: Shingles) -> Shingles:
    """Return the weighted sum of every four words in a row (of all words, when there are fewer)."""
    width = min(SHINGLE_WORDS, len(spelling))
    count = len(spelling) - width + 1 if width else 0
    total = np.zeros(count, dtype=np.uint64)
    for place in range(width):
        total += spelling[place : place + count] * GRAM_WEIGHTS[place]
    return total


def distinct(hashes: Shingles) -> Shingles:
    """Return the distinct values in ascending order (np.unique without its overhead on short arrays)."""
    ordered = np.sort(hashes)
    keep = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=keep[1:])
    return ordered[keep]


def shingles_of(words: Words) -> Shingles:
    """Return the distinct shingles of a text, ascending: the set that resemblance is measured on."""
    return distinct(grams_of(words))


def _letters(text: str) -> tuple[NDArray[np.uint8], Shingles]:
    """Return class and number of each code point, invisible ones left out."""
    codes, classes = _classified(text)
    is_mark = classes == _MARK
    if is_mark.any():
        codes, classes = _classified(_composed(codes, is_mark))
    if classes.max(initial=0) == _INVISIBLE:
        visible = classes != _INVISIBLE
        codes, classes = codes[visible], classes[visible]
    return classes, _code_points()[1].take(codes, mode="clip")


def _classified(text: str) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return codes, _code_points()[0].take(codes, mode="clip")


def _composed(codes: NDArray[np.uint32], is_mark: NDArray[np.bool_]) -> str:
    """Return the text with letters and marks composed (NFC); no longer than MAX_CHARS."""
    places = np.arange(len(codes))
    letters = np.maximum.accumulate(np.where(is_mark, -1, places))  # the place of the letter each mark belongs to
    bounded = codes[places - letters <= _MOST_MARKS].tobytes().decode("utf-32-le", "surrogatepass")
    return unicodedata.normalize("NFC", bounded).replace(_DOTTED_I, "i")[:MAX_CHARS]


def _mix(values: Shingles) -> Shingles:
    """Spread the bits of each value (the finaliser of MurmurHash3)."""
    values = values ^ (values >> np.uint64(33))
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


@cache
def _powers() -> tuple[Shingles, Shingles]:
    """Return _BASE**i and its inverse modulo 2**64 for each place a letter can have in a text."""
    inverse = pow(_BASE, -1, 1 << 64)
    powers = np.full((2, MAX_CHARS), [[_BASE], [inverse]], dtype=np.uint64)
    powers[:, 0] = 1
    np.cumprod(powers, axis=1, out=powers)
    return powers[0], powers[1]


@cache
def _code_points() -> tuple[NDArray[np.uint8], Shingles]:
    """Return, by code point, its class and the number of its folded form (built on first use, some 30 ms)."""
    classes = np.full(_TABLE_SIZE, _IDEOGRAPH, dtype=np.uint8)
    folded = np.arange(_TABLE_SIZE, dtype=np.uint64)
    for code in range(_IDEOGRAPHIC_PLANES):
        character = chr(code)
        category = unicodedata.category(character)
        classes[code] = _class_of(category)
        if category in ("Lu", "Lt", "Ll"):
            lower = "i" if character == "İ" else unicodedata.normalize("NFC", character.casefold())
            folded[code] = ord(lower) if len(lower) == 1 else code
    for first, last in _IDEOGRAPHS:
        classes[first : last + 1] = _IDEOGRAPH
    classes[_JAMO.start : _JAMO.stop] = _MARK
    for character in (*_APOSTROPHES, *_VARIATION_SELECTORS):
        classes[ord(character)] = _INVISIBLE
    classes[-1] = _SEPARATOR
    numbers = _mix((folded + np.uint64(1)) * np.uint64(_BASE))
    numbers[classes == _SEPARATOR] = 0
    return classes, numbers


def _class_of(category: str) -> int:
    if category in ("Lu", "Lt"):
        return _CAPITAL
    if category == "Nd":
        return _DIGIT
    if category in ("Cf", "Me"):
        return _INVISIBLE
    if category[0] == "M":
        return _MARK
    return _LETTER if category[0] in "LN" else _SEPARATOR
