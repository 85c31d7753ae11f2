"""Whether two texts are one template filled in twice: daily rates, weather, results, notices.

A *slot* is a number, or a name (a word with a capital). It is *framed* when the words around it stand around
a slot of the other text too, and *refilled* when no such place of the other text has its value. So a
paragraph that one text lacks says nothing, and a reprint keeps what is in its slots; in tomorrow's edition
they are refilled.

Two texts are editions of a template when of the numbers, or of the names, that are framed at least
REFILLED_SHARE are refilled, in at least one place for every hundred words; or any share, in one place for
every twenty-five. A figure or two corrected in an article stay below that; a short notice that is about
another day or another person does not.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.dedup.shingles import (
    GRAM_WEIGHTS,
    SHINGLE_WORDS,
    Kind,
    Shingles,
    Words,
    gram_sums,
    kinds_of,
    spelling_of,
)

MIN_LENGTH: Final = 2 / 3  # of the longer text: a template is filled in to about the same length
REFILLED_SHARE: Final = 1 / 3
WORDS_PER_PLACE: Final = 100
WORDS_PER_PLACE_IF_DENSE: Final = 25

_FRAME_WORDS: Final = 2  # of the four in a window: with fewer, “# # and #” would be a frame
_ANY_VALUE: Final = np.uint64(1)  # no word is spelled so: spellings are multiples of four
_NO_WINDOW: Final = np.uint64(0)


def is_refilled(a: Words, b: Words) -> bool:
    """Return whether one text is the other with other numbers or other names."""
    shorter, longer = (a, b) if len(a) <= len(b) else (b, a)
    if len(shorter) < max(SHINGLE_WORDS, len(longer) * MIN_LENGTH):
        return False
    return any(_has_other_values(shorter, longer, slots) for slots in ((Kind.NUMBER,), (Kind.NUMBER, Kind.NAME)))


def _has_other_values(text: Words, other: Words, slots: tuple[Kind, ...]) -> bool:
    """Return whether enough slots of the last kind are refilled, with all of these kinds taken for slots."""
    frames, values = _windows(text, slots)
    other_frames, other_values = _windows(other, slots)
    framed = (frames != _NO_WINDOW) & np.isin(frames, other_frames)
    kept = framed & np.isin(values, other_values)
    asked = kinds_of(text) == slots[-1]
    is_framed = framed.any(axis=0) & asked
    refilled = is_framed & ~kept.any(axis=0)
    places = int(np.count_nonzero(refilled[1:] & ~refilled[:-1])) + int(refilled[0])
    if int(np.count_nonzero(refilled)) >= int(np.count_nonzero(is_framed)) * REFILLED_SHARE:
        return places * WORDS_PER_PLACE >= len(text)
    return places * WORDS_PER_PLACE_IF_DENSE >= len(text)


def _windows(text: Words, slots: tuple[Kind, ...]) -> tuple[Shingles, Shingles]:
    """Return the hashes of the four windows each word stands in, with all slots open and with only its own filled.

    Both of shape (4, words); _NO_WINDOW where the word is no slot, or the window has too little frame.
    """
    is_slot: NDArray[np.bool_] = np.isin(kinds_of(text), slots)
    spelling = spelling_of(text)
    opened = np.where(is_slot, _ANY_VALUE, spelling)
    sums = gram_sums(opened)
    count = len(sums)
    frame_words = sum((~is_slot[place : place + count]).astype(np.int8) for place in range(SHINGLE_WORDS))
    frames = np.full((SHINGLE_WORDS, len(text)), _NO_WINDOW, dtype=np.uint64)
    values = frames.copy()
    for place in range(SHINGLE_WORDS):
        here = slice(place, place + count)
        usable = is_slot[here] & (frame_words >= _FRAME_WORDS)
        filled = sums + (spelling[here] - _ANY_VALUE) * GRAM_WEIGHTS[place]
        frames[place, here] = np.where(usable, sums, _NO_WINDOW)
        values[place, here] = np.where(usable, filled, _NO_WINDOW)
    return frames, values
