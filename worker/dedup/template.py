"""Detection of two texts from one template: daily rates, weather, results, notices.

A *slot* is a number, or a name (a word with a capital). It is *framed* if the words around it stand around a slot of
the other text too, and *refilled* if no such place of the other text has its value. So a paragraph missing in one text
is no evidence, and a reprint keeps the values in its slots; in tomorrow's edition, or in the notice about the next
earthquake, they are refilled.

Two texts are editions of a template if at least REFILLED_SHARE of their framed numbers, or names, are refilled, in at
least one place for every hundred words; or any share, in one place for every twenty-five. A figure or two corrected in
an article stay below that; a short notice about another day or another person does not. On one day changed numbers may
be an update (“14 dead, 30 hurt”, no longer 12 and 25): there it takes NUMBERS_ON_ONE_DAY of them, or a name.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.dedup.fingerprint import Fingerprint
from worker.dedup.lead import are_among, covered
from worker.dedup.shingles import (
    GRAM_WEIGHTS,
    SHINGLE_WORDS,
    Shingles,
    TextKind,
    Words,
    get_kinds,
    get_spellings,
    gram_sums,
)

MIN_LENGTH: Final = 2 / 3  # of the longer text: a template is filled in to about the same length
REFILLED_SHARE: Final = 1 / 3
WORDS_PER_PLACE: Final = 100
WORDS_PER_PLACE_IF_DENSE: Final = 25
NUMBERS_ON_ONE_DAY: Final = 3  # a decimal is two

_FRAME_WORDS: Final = 2  # of the four in a window: with fewer, “# # and #” would be a frame
_ANY_VALUE: Final = np.uint64(1)  # no word is spelled so: spellings are multiples of four
_NO_WINDOW: Final = np.uint64(0)
_IS_SLOT: Final[dict[tuple[TextKind, ...], NDArray[np.bool_]]] = {
    slots: np.array([kind in slots for kind in TextKind])
    for slots in ((TextKind.NUMBER,), (TextKind.NUMBER, TextKind.NAME))
}


def is_refilled(a: Fingerprint, b: Fingerprint, *, on_one_day: bool) -> bool:
    """Return whether one text is the other with other numbers or other names."""
    shorter, longer = (a, b) if a.words <= b.words else (b, a)
    if shorter.words < max(SHINGLE_WORDS, longer.words * MIN_LENGTH) or not _may_be_refilled(shorter, longer):
        return False
    return any(
        _has_other_values(shorter.sequence, longer.sequence, slots, least)
        for slots, least in zip(_IS_SLOT, (NUMBERS_ON_ONE_DAY if on_one_day else 1, 1), strict=True)
    )


def _may_be_refilled(text: Fingerprint, other: Fingerprint) -> bool:
    """Return whether enough slots stand in no shared shingle: most reprints need no further check."""
    own = ~covered(text.sequence, other.shingles)
    suspects = np.flatnonzero(own & _IS_SLOT[TextKind.NUMBER, TextKind.NAME][get_kinds(text.sequence)])
    return len(suspects) * WORDS_PER_PLACE >= text.words


def _has_other_values(text: Words, other: Words, slots: tuple[TextKind, ...], least: int) -> bool:
    """Return whether enough slots of the last kind are refilled, with all of these kinds taken for slots.

    That is in `least` words, and in enough places for the length of the text.
    """
    places, frames, values = _windows(text, slots)
    _, other_frames, other_values = _windows(other, slots)
    framed = (frames != _NO_WINDOW) & are_among(frames, other_frames)
    kept = framed & are_among(values, other_values)
    is_wanted = get_kinds(text[places]) == slots[-1]
    is_framed = framed.any(axis=0) & is_wanted
    refilled = places[is_framed & ~kept.any(axis=0)]
    if len(refilled) < least:
        return False
    stretches = int(np.count_nonzero(np.diff(refilled) > 1)) + 1 if len(refilled) else 0
    if len(refilled) >= int(np.count_nonzero(is_framed)) * REFILLED_SHARE:
        return stretches > 0 and stretches * WORDS_PER_PLACE >= len(text)
    return stretches * WORDS_PER_PLACE_IF_DENSE >= len(text)


def _windows(text: Words, slots: tuple[TextKind, ...]) -> tuple[NDArray[np.int64], Shingles, Shingles]:
    """Return the positions of the slots, and the hashes of the four windows around each: all slots open, only it
    filled.

    Both of shape (4, slots); _NO_WINDOW where the text ends first or the window has too little frame.
    """
    is_slot = _IS_SLOT[slots][get_kinds(text)]
    places = np.flatnonzero(is_slot)
    spelling = get_spellings(text)
    sums = gram_sums(np.where(is_slot, _ANY_VALUE, spelling))
    frame_words = np.cumsum(np.concatenate(([0], ~is_slot)))
    enough = frame_words[SHINGLE_WORDS:] - frame_words[:-SHINGLE_WORDS] >= _FRAME_WORDS
    begins = places - np.arange(SHINGLE_WORDS)[:, None]
    inside = np.clip(begins, 0, len(sums) - 1)
    usable = (begins == inside) & enough[inside]
    frames = np.where(usable, sums[inside], _NO_WINDOW)
    filled = sums[inside] + (spelling[places] - _ANY_VALUE) * GRAM_WEIGHTS[:, None]
    return places, frames, np.where(usable, filled, _NO_WINDOW)
