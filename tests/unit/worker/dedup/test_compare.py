"""Exact resemblance, and what makes a link. All texts are invented."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.dedup.compare import MIN_SHARED, Resemblance, is_link, resemblance
from worker.dedup.shingles import distinct, hash_shingles, hash_words

SETS = st.sets(st.integers(0, 2**64 - 1), max_size=30)


@given(SETS, SETS, SETS)
@settings(max_examples=80, deadline=None)
def test_resemblance_is_that_of_sets(left: set[int], right: set[int], both: set[int]) -> None:
    a, b = left | both, right | both
    found = resemblance(*(distinct(np.array(sorted(side), dtype=np.uint64)) for side in (a, b)))
    assert found.shared == (len(a & b) if a and b else 0)
    assert found.containment == (len(a & b) / min(len(a), len(b)) if a and b else 0)
    assert found.jaccard == (len(a & b) / len(a | b) if a and b else 0)


def test_a_part_is_contained_whole() -> None:
    words = [f"w{n}" for n in range(100)]
    whole, part = (hash_shingles(hash_words(" ".join(side))) for side in (words, words[20:60]))
    assert resemblance(whole, part) == resemblance(part, whole) == Resemblance(37, 1.0, 37 / 97)


@pytest.mark.parametrize(
    ("found", "linked"),
    [
        pytest.param(Resemblance(300, 0.5, 0.2), True, id="half of the smaller"),
        pytest.param(Resemblance(300, 0.499, 0.4), False, id="less than half"),
        pytest.param(Resemblance(MIN_SHARED, 0.5, 0.3), True, id="a sentence"),
        pytest.param(Resemblance(MIN_SHARED - 1, 0.9, 0.8), False, id="a turn of phrase"),
        pytest.param(Resemblance(1, 1.0, 1.0), True, id="the same few words"),
        pytest.param(Resemblance(0, 0.0, 0.0), False, id="nothing"),
    ],
)
def test_what_is_a_link(found: Resemblance, linked: bool) -> None:
    assert is_link(found) is linked


def test_texts_without_words_are_not_alike() -> None:
    nothing = hash_shingles(hash_words("…"))
    assert not is_link(resemblance(nothing, nothing))
