"""Exact resemblance of two texts, and the threshold for a link.

Broder's two measures on sets of shingles: *containment* is the share of the smaller set in the larger one (a reprinted
half of an article is contained whole in it), *jaccard* (“resemblance”) the share of common shingles in all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from worker.dedup.shingles import Shingles

METHOD: Final = "word-4-grams"
VERSION: Final = 6  # stored beside each link; raise it when a rule here or in relation.py changes
MIN_CONTAINMENT: Final = 0.5
MIN_SHARED: Final = 10  # 13 words in a row: less in common between two short texts is a turn of phrase


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Number of common shingles; containment of the smaller in the larger, and jaccard, both 0 to 1."""

    shared: int
    containment: float
    jaccard: float


def resemblance(a: Shingles, b: Shingles) -> Resemblance:
    """Return the exact resemblance of two ascending sets of shingles. A text without words resembles nothing."""
    smaller, larger = (a, b) if len(a) <= len(b) else (b, a)
    if not len(smaller):
        return Resemblance(0, 0.0, 0.0)
    places = larger.searchsorted(smaller)
    places[places == len(larger)] = 0
    shared = int((larger[places] == smaller).sum())
    return Resemblance(shared, shared / len(smaller), shared / (len(a) + len(b) - shared))


def is_link(found: Resemblance) -> bool:
    """Return whether one text is a reprint of the other, whole or in part. An equal text is, however short."""
    if found.jaccard == 1.0:
        return True
    return found.containment >= MIN_CONTAINMENT and found.shared >= MIN_SHARED
