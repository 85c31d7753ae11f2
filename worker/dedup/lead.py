"""Whether two texts are different news above the same words: a footer, a list to read on, a licence, the background.

News stand at the beginning. Who reprints cuts the end, adds to it, or puts a lead of his own before the whole; then the
words in common reach up to the beginning of one of the two. Where *both* begin with words of their own, which have next
to nothing in common, two things were reported, and what follows is what an outlet prints below everything, or what was
known before. How often a passage stands elsewhere need not be known for that: two notes with one footer are enough.

What speaks against it is stronger: headlines that agree; a lead that is short beside what is shared (an outlet's own
line above a long report); leads of two outlets that name the same (one of them was rewritten).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.dedup.fingerprint import Fingerprint
from worker.dedup.headline import SAME_HEADLINE, SIMILAR_HEADLINE, say_the_same, shared_words
from worker.dedup.marks import is_marked_below
from worker.dedup.shingles import (
    SHINGLE_WORDS,
    Kind,
    Shingles,
    Words,
    grams_of,
    kinds_of,
    length_of,
    spelling_of,
)

MIN_LEAD: Final = 6  # words
MIN_RUN: Final = 10  # words in a row that both have: fewer are a turn of phrase
LEAD_SHARE: Final = 1 / 10  # of the text
LEAD_SHARE_PER_WORD: Final = 1 / 600  # more, the more words are shared: no footer is long, and few backgrounds
SAME_WORDS: Final = 1 / 3  # of the shorter lead: it is the other, rewritten
SAME_WORDS_IN_PRINCIPLE: Final = 1 / 2
_IS_NAME: Final = np.array([kind in (Kind.NAME, Kind.NUMBER) for kind in Kind])


def has_other_lead(a: Fingerprint, b: Fingerprint, *, of_one_outlet: bool) -> bool:
    """Return whether both texts begin with news of their own, and share only what stands below.

    An outlet names the same people in all its notes: there only leads or headlines that are nearly the same speak
    against it.
    """
    ends = [_lead_of(one, other) for one, other in ((a, b), (b, a))]
    leads = [mark.sequence[:end] for mark, end in zip((a, b), ends, strict=True)]
    if min(map(length_of, leads)) < MIN_LEAD:
        return False
    is_marked = any(is_marked_below(mark.sequence, end) for mark, end in zip((a, b), ends, strict=True))
    least = SAME_WORDS_IN_PRINCIPLE if of_one_outlet or is_marked else SAME_WORDS
    same_words = shared_words(spelling_of(leads[0]), spelling_of(leads[1]))
    if same_words >= least or say_the_same(a, b, SAME_HEADLINE if least > SAME_WORDS else SIMILAR_HEADLINE):
        return False
    if is_marked:
        return True
    own = min(end / mark.words for mark, end in zip((a, b), ends, strict=True))
    shared = min(mark.words - end for mark, end in zip((a, b), ends, strict=True))
    if own < max(LEAD_SHARE, shared * LEAD_SHARE_PER_WORD):
        return False
    return of_one_outlet or not _share_a_name(leads[0], leads[1])


def covered(text: Words, shingles: Shingles) -> NDArray[np.bool_]:
    """Return which words of a text stand in one of these shingles."""
    shared = are_among(grams_of(text), shingles)
    words = np.zeros(len(text), dtype=bool)
    for place in range(SHINGLE_WORDS):
        words[place : place + len(shared)] |= shared
    return words


def are_among(hashes: Shingles, others: Shingles) -> NDArray[np.bool_]:
    """Return which hashes occur among the others (np.isin without its overhead on short arrays)."""
    known = np.sort(others, axis=None)
    if not len(known):
        return np.zeros(hashes.shape, dtype=bool)
    at = known.searchsorted(hashes)
    at[at == len(known)] = 0
    return np.asarray(known[at] == hashes)


def _lead_of(text: Fingerprint, other: Fingerprint) -> int:
    """Return how many words stand before the first longer row that both texts have; 0 when there is no such row."""
    bounds = np.flatnonzero(np.diff(np.concatenate(([0], covered(text.sequence, other.shingles), [0]))))
    starts, ends = bounds[::2], bounds[1::2]
    long = np.flatnonzero(ends - starts >= MIN_RUN)
    return int(starts[long[0]]) if len(long) else 0


def _share_a_name(one: Words, other: Words) -> bool:
    """Return whether two leads share a name or a number; the first word of each has a capital in any case."""
    left, right = (spelling_of(lead[1:][_IS_NAME[kinds_of(lead[1:])]]) for lead in (one, other))
    return bool(np.isin(left, right).any())
