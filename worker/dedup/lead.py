"""Detection of different news above a common passage: a footer, a reading list, a licence, the background.

News stand at the beginning. A reprint cuts the end, adds to it, or has a lead of its own before the whole; then the
common words reach up to the beginning of one of the two. If *both* begin with words of their own, which have almost
nothing in common, they are two reports, followed by an outlet's standing text or by known background. How often a
passage stands elsewhere does not matter for that: two notes with one footer are enough.

Stronger evidence to the contrary: matching headlines; a lead that is short compared with the common part (an outlet's
own line above a long report); leads of two outlets with the same names (one of them was rewritten).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.dedup.fingerprint import Fingerprint
from worker.dedup.headline import SAME_HEADLINE, SIMILAR_HEADLINE, have_similar_headlines, shared_words
from worker.dedup.marks import is_marked_below
from worker.dedup.shingles import (
    SHINGLE_WORDS,
    Shingles,
    TextKind,
    Words,
    count_words,
    get_kinds,
    get_spellings,
    hash_grams,
)

MIN_LEAD: Final = 6  # words
MIN_RUN: Final = 10  # words in a row in both: fewer are a turn of phrase
LEAD_SHARE: Final = 1 / 10  # of the text
LEAD_SHARE_PER_WORD: Final = 1 / 600  # more, the more words are shared: no footer is long, and few backgrounds
SAME_WORDS: Final = 1 / 3  # of the shorter lead: it is the other, rewritten
MIN_OWN: Final = 4  # words of a lead outside of common rows
SAME_OWN_WORDS: Final = 0.6
_IS_NAME: Final = np.array([kind in (TextKind.NAME, TextKind.NUMBER) for kind in TextKind])


def has_other_lead(a: Fingerprint, b: Fingerprint, *, of_one_outlet: bool) -> bool:
    """Return whether both texts begin with news of their own, and share only a passage below.

    An outlet begins many notes with the same names, so there the rest of the leads is compared; also above a mark.
    """
    one, other = _find_lead(a, b), _find_lead(b, a)
    if min(count_words(one.words), count_words(other.words)) < MIN_LEAD:
        return False
    is_marked = is_marked_below(a.sequence, len(one.words)) or is_marked_below(b.sequence, len(other.words))
    is_likely = of_one_outlet or is_marked
    if have_similar_headlines(a, b, SAME_HEADLINE if is_likely else SIMILAR_HEADLINE) or not _differ(
        one, other, is_likely
    ):
        return False
    if is_marked:
        return True
    share = min(len(one.words) / a.words, len(other.words) / b.words)
    shared = min(a.words - len(one.words), b.words - len(other.words))
    return share >= max(LEAD_SHARE, shared * LEAD_SHARE_PER_WORD)


@dataclass(frozen=True, slots=True)
class _Lead:
    """The words before the first longer common row, and those of them in no common row at all."""

    words: Words
    own: Words


def _differ(one: _Lead, other: _Lead, is_likely: bool) -> bool:
    """Return whether two leads are of different news; `is_likely`: common names are no evidence."""
    if is_likely:
        own = min(count_words(one.own), count_words(other.own))
        return own >= MIN_OWN and shared_words(get_spellings(one.own), get_spellings(other.own)) < SAME_OWN_WORDS
    same_words = shared_words(get_spellings(one.words), get_spellings(other.words))
    return same_words < SAME_WORDS and not _share_a_name(one.words, other.words)


def covered(text: Words, shingles: Shingles) -> NDArray[np.bool_]:
    """Return a flag for each word of a text that stands in one of these shingles."""
    shared = are_among(hash_grams(text), shingles)
    words = np.zeros(len(text), dtype=bool)
    for place in range(SHINGLE_WORDS):
        words[place : place + len(shared)] |= shared
    return words


def are_among(hashes: Shingles, others: Shingles) -> NDArray[np.bool_]:
    """Return a flag for each hash that occurs among the others (np.isin without its overhead on short arrays)."""
    known = np.sort(others, axis=None)
    if not len(known):
        return np.zeros(hashes.shape, dtype=bool)
    at = known.searchsorted(hashes)
    at[at == len(known)] = 0
    return np.asarray(known[at] == hashes)


def _find_lead(text: Fingerprint, other: Fingerprint) -> _Lead:
    """Return the lead of a text; an empty one if the texts have no longer common row."""
    is_shared = covered(text.sequence, other.shingles)
    bounds = np.flatnonzero(np.diff(np.concatenate(([0], is_shared, [0])))).tolist()
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        if end - start >= MIN_RUN and count_words(text.sequence[start:end]) >= MIN_RUN:
            return _Lead(text.sequence[:start], text.sequence[:start][~is_shared[:start]])
    return _Lead(text.sequence[:0], text.sequence[:0])


def _share_a_name(one: Words, other: Words) -> bool:
    """Return whether two leads share a name or a number; the first word of each has a capital in any case."""
    left, right = (get_spellings(lead[1:][_IS_NAME[get_kinds(lead[1:])]]) for lead in (one, other))
    return bool(np.isin(left, right).any())
