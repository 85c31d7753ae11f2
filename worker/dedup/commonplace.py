"""Commonplaces, passages that an outlet repeats, do not count towards a resemblance: the rest decides.

A sample that stands in the current texts of MANY articles of one outlet is a *commonplace*: a header, a footer, a
licence. Between the samples of a text every shingle belongs to the nearest one. A wire report that fifty outlets
reprint is none, since it stands once in each; a text that an outlet has under many addresses is one, but then neither
side has any other text, and the verdict on the whole stands.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.dedup.compare import MIN_SHARED, is_link, resemblance
from worker.dedup.fingerprint import Fingerprint
from worker.dedup.lead import are_among
from worker.dedup.shingles import Shingles, distinct, hash_grams

MANY: Final = 5
"""Articles of one outlet. `db.stories.commonplaces` counts them in a database."""


def share_commonplaces_only(a: Fingerprint, b: Fingerprint, common: Set[int]) -> bool:
    """Return whether two texts are no reprints without their common commonplaces."""
    shared = [value for value in np.intersect1d(a.sample, b.sample, assume_unique=True).tolist() if value in common]
    if not shared:
        return False
    hashes = np.array(shared, dtype=np.int64).view(np.uint64)
    left, right = _own(a, hashes), _own(b, hashes)
    if max(len(left), len(right)) < MIN_SHARED:
        return False  # hardly any other text in either: the verdict on the whole stands
    return not is_link(resemblance(left, right))


def _own(mark: Fingerprint, common: Shingles) -> Shingles:
    """Return the distinct shingles of a text whose nearest sample is no commonplace."""
    grams = hash_grams(mark.sequence)
    places = np.flatnonzero(are_among(grams, mark.sample.view(np.uint64)))
    return distinct(grams[~are_among(grams[places], common)[_nearest(places, len(grams))]])


def _nearest(places: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return for each position the nearest of the given places, in ascending order."""
    at = np.arange(count)
    after = np.minimum(places.searchsorted(at), len(places) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(at - places[before]) <= np.abs(places[after] - at), before, after)
