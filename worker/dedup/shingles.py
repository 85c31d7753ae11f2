"""Text → words → shingles: the basis of comparing two texts.

A *word* is a run of letters, marks and digits of any script, its spelling folded by `letters.py`. Punctuation separates
words; apostrophes and invisible format characters vanish inside them, so that `O‘zbek`, `O'zbek` and `Ўзбек`, or a word
with soft hyphens, are one spelling. A Chinese or Japanese character is a word by itself: no spaces to go by.

A *shingle* is four words in a row (Broder, “On the resemblance and containment of documents”, 1997), hashed to 64 bits.
A text of one to three words has one shingle, of all its words; a text without words has none.

A word is held in 32 bits: 30 of hash, two for its `TextKind`. The kind helps to distinguish editions of one template
(template.py); it takes no part in shingles, so capitals make no difference to resemblance.

Words are hashed with array arithmetic, not one by one: each code point becomes a 64-bit number, each word the weighted
sum of its letters' numbers, all modulo 2**64. The same text gives the same numbers on every machine. Changing anything
here changes stored fingerprints: raise `fingerprint.VERSION` with it.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.dedup.letters import (
    BASE,
    IDEOGRAPH,
    INVISIBLE,
    MARK,
    SEPARATOR,
    Classes,
    Codes,
    get_classes,
    mix,
    read_facts,
    read_letters,
)
from worker.text.letters import seen

Words = NDArray[np.uint32]
Shingles = NDArray[np.uint64]

SHINGLE_WORDS: Final = 4
MAX_CHARS: Final = 500_000  # longer text is ignored: no article is as long, and memory stays bounded
MAX_WORDS: Final = 50_000


class TextKind(IntEnum):
    """Kind of a word in a template, slot or frame: its low two bits."""

    PLAIN = 0
    NAME = 1  # begins with a capital letter
    NUMBER = 2  # begins with a digit
    IDEOGRAPH = 3  # one character of a script without spaces: half a word


_KIND_BITS: Final = np.uint32(0b11)
_KIND_OF_CLASS: Final = np.array(
    [
        TextKind.PLAIN,
        TextKind.PLAIN,
        TextKind.NAME,
        TextKind.NUMBER,
        TextKind.PLAIN,
        TextKind.IDEOGRAPH,
        TextKind.PLAIN,
        TextKind.PLAIN,
    ],
    dtype=np.uint32,
)
_DOTTED_I: Final = "i\u0307"  # the result of lower-casing the Turkish İ
_MOST_MARKS: Final = 30  # on one letter (UAX #15, stream-safe text): putting more into order takes quadratic time

GRAM_WEIGHTS: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], dtype=np.uint64
)


def hash_words(text: str) -> Words:
    """Return the words of `text` in order, each as a 30-bit hash with its `TextKind` in the low two bits.

    Reads no more than MAX_CHARS characters and MAX_WORDS words. Any string will do, lone surrogates included.
    """
    classes, numbers = _letters(seen(text[:MAX_CHARS]))
    in_word = classes != SEPARATOR
    begins = in_word.copy()
    begins[1:] &= ~in_word[:-1]
    if classes.max(initial=0) == IDEOGRAPH:
        alone = classes == IDEOGRAPH
        begins |= alone
        begins[1:] |= alone[:-1] & in_word[1:]
    starts = np.flatnonzero(begins)
    if not len(starts):
        return np.zeros(0, dtype=np.uint32)
    powers, inverses = _powers()
    sums = np.add.reduceat(numbers * powers[: len(numbers)], starts)  # separators count nothing
    starts = starts[:MAX_WORDS]
    sums = sums[:MAX_WORDS] * inverses[starts]
    return (mix(sums) >> np.uint64(32)).astype(np.uint32) & ~_KIND_BITS | _KIND_OF_CLASS[classes[starts]]


def get_kinds(words: Words) -> Words:
    """Return the `TextKind` of each word."""
    return words & _KIND_BITS


def count_words(words: Words) -> float:
    """Return the number of words; two ideographs count as one."""
    return len(words) - np.count_nonzero(get_kinds(words) == TextKind.IDEOGRAPH) / 2


def hash_grams(words: Words) -> Shingles:
    """Return the hash of every four words in a row, in text order, repeats included; of 1–3 words, one of all."""
    return mix(gram_sums(get_spellings(words)))


def get_spellings(words: Words) -> Shingles:
    """Return each word without its `TextKind`: a multiple of four, ready for `gram_sums`."""
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


def hash_shingles(words: Words) -> Shingles:
    """Return the distinct shingles of a text, ascending: the set that resemblance is measured on."""
    return distinct(hash_grams(words))


def _letters(text: str) -> tuple[Classes, Shingles]:
    """Return class and number of each letter of a text."""
    codes = _encode(text)
    facts = read_facts(codes)
    classes = get_classes(facts)
    is_mark = classes == MARK
    if is_mark.any():
        codes = _encode(_composed(codes, is_mark))
        facts = read_facts(codes)
        classes = get_classes(facts)
    is_visible = classes != INVISIBLE
    if not is_visible.all():
        codes, facts = codes[is_visible], facts[is_visible]
    return read_letters(codes, facts)


def _encode(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _composed(codes: NDArray[np.uint32], is_mark: NDArray[np.bool_]) -> str:
    """Return the text with letters and marks composed (NFC); no longer than MAX_CHARS."""
    places = np.arange(len(codes))
    letters = np.maximum.accumulate(np.where(is_mark, -1, places))  # the place of the letter each mark belongs to
    bounded = codes[places - letters <= _MOST_MARKS].tobytes().decode("utf-32-le", "surrogatepass")
    return unicodedata.normalize("NFC", bounded).replace(_DOTTED_I, "i")[:MAX_CHARS]


@cache
def _powers() -> tuple[Shingles, Shingles]:
    """Return BASE**i and its inverse modulo 2**64 for each place a letter can have in a text."""
    inverse = pow(BASE, -1, 1 << 64)
    powers = np.full((2, MAX_CHARS), [[BASE], [inverse]], dtype=np.uint64)
    powers[:, 0] = 1
    np.cumprod(powers, axis=1, out=powers)
    return powers[0], powers[1]
