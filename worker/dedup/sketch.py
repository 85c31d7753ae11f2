"""Shingles → a small sample of them, by which reprints are found among millions of articles.

The sample is *winnowed* (Schleimer, Wilkerson, Aiken, “Winnowing: local algorithms for document
fingerprinting”, 2003): of every WINDOW shingles in a row the one with the smallest hash is taken, 2 / (WINDOW
+ 1) of all on average. Shorter texts get a smaller window, so that some 24 shingles are taken of any text
that has as many. The samples of a wide window are also samples of a narrower one, so the samples of a short and a long
text fit together, and

    two texts with WINDOW shingles in a row in common (23 words) share a sample: always, whatever their lengths.

docs/explanation/reprints.md has the arithmetic for scattered changes, and a comparison with other samples.

**Contract of an index** (`index.MemoryIndex`; a table of (hash, article) in a database: the same semantics)

* An article is stored under every hash of its `sample` (signed 64 bits, SQL BIGINT), with its `size`
  (distinct shingles) beside it. One of the hashes is that of its headline, if it has one of HEADLINE_WORDS: two
  items next to which no text stands have nothing else in common.
* A lookup reads, for every hash of the new article's sample, the newest POSTINGS articles stored under it.
  That bounds the cost of a phrase that stands in every article of an outlet.
* An article found under n of the hashes is a candidate when n >= `needed(its size, the new one's size)`.
* At most MAX_CANDIDATES are compared, those found under the most hashes first.

The bounds may leave something out when more than POSTINGS articles share a text. `archive.py` shows how the
rest is reached: through the originals of the articles that were found.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.dedup.letters import mix
from worker.dedup.shingles import Shingles, Words, distinct, get_spellings

Sample = NDArray[np.int64]

WINDOW: Final = 20
SAMPLES_WANTED: Final = 24
POSTINGS: Final = 128
MAX_CANDIDATES: Final = 64
HEADLINE_WORDS: Final = 4  # a headline of fewer is a rubric: “Exchange rates”
_SAMPLES_PER_NEEDED: Final = 10
_HEADLINE_BASE: Final = 0x9E3779B97F4A7C15


def window_for(grams: int) -> int:
    """Return the number of consecutive shingles for one sample, in a text of `grams` shingles (1 to WINDOW)."""
    return min(max(2 * grams // SAMPLES_WANTED - 1, 1), WINDOW)


def choose_sample(grams: Shingles) -> Sample:
    """Return the distinct samples of a text, ascending, given its shingles in text order."""
    return distinct(_window_minima(grams, window_for(len(grams)))).view(np.int64)


def sample_of_headline(headline: Words) -> Sample:
    """Return the sample of a whole headline, in any case; none for one of few words."""
    if len(headline) < HEADLINE_WORDS:
        return np.zeros(0, dtype=np.int64)
    powers = np.cumprod(np.full(len(headline), _HEADLINE_BASE, dtype=np.uint64))
    return mix((get_spellings(headline) * powers).sum(keepdims=True)).view(np.int64)


def needed(size: int, other_size: int) -> int:
    """Return the number of common samples required for a comparison, given the numbers of distinct shingles.

    A tenth (rounded up) of the samples that the smaller one would have at the larger one's rate: a fifth of those left
    in one piece by a copied half, a third of those left after every eighth word was changed.
    """
    smaller, larger = sorted((size, other_size))
    return max(-(-2 * smaller // (_SAMPLES_PER_NEEDED * (window_for(larger) + 1))), 1)


def _window_minima(values: Shingles, window: int) -> Shingles:
    """Return the minimum of every `window` values in a row (of all of them, when there are fewer)."""
    if len(values) <= window:
        return values.min(keepdims=True) if len(values) else values
    minima, span = values, 1
    while span * 2 <= window:  # minima over 2, 4, 8 … values, then two overlapping spans make the window
        minima = np.minimum(minima[:-span], minima[span:])
        span *= 2
    rest = window - span
    return np.minimum(minima[:-rest], minima[rest:]) if rest else minima
