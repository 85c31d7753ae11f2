"""Samples, fingerprints and the index: what is found, and what may not be missed. All texts are invented."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.dedup.fingerprint import VERSION, Fingerprint, fingerprint
from worker.dedup.index import MemoryIndex
from worker.dedup.shingles import hash_grams, hash_words
from worker.dedup.sketch import MAX_CANDIDATES, POSTINGS, WINDOW, choose_sample, needed, window_for


def prose(words: int, seed: int) -> list[str]:
    """Words that no other seed repeats."""
    return [f"w{seed}x{n}" for n in range(words)]


@pytest.mark.parametrize(
    ("grams", "window"),
    [(0, 1), (1, 1), (24, 1), (35, 1), (36, 2), (120, 9), (251, 19), (252, 20), (600, 20), (50_000, 20)],
)
def test_window_grows_with_the_text(grams: int, window: int) -> None:
    assert window_for(grams) == window


@given(
    shared=st.integers(WINDOW, 200),
    before=st.tuples(st.integers(0, 300), st.integers(0, 1500)),
    after=st.tuples(st.integers(0, 300), st.integers(0, 1500)),
)
@settings(max_examples=60, deadline=None)
def test_texts_that_share_a_window_share_a_sample(shared: int, before: tuple[int, int], after: tuple[int, int]) -> None:
    passage = prose(shared + 3, seed=0)
    texts = [
        prose(lead, seed=1 + 2 * side) + passage + prose(tail, seed=2 + 2 * side)
        for side, (lead, tail) in enumerate(zip(before, after, strict=True))
    ]
    samples = [choose_sample(hash_grams(hash_words(" ".join(text)))) for text in texts]
    assert len(np.intersect1d(*samples)) >= 1


@given(st.integers(0, 400))
@settings(max_examples=40, deadline=None)
def test_a_sample_is_of_the_shingles_and_some_24_of_any_text(words: int) -> None:
    mark = fingerprint(" ".join(prose(words, seed=words)))
    assert set(mark.sample.view(np.uint64).tolist()) <= set(mark.shingles.tolist())
    assert min(mark.size, 14) <= len(mark.sample) <= 60


@pytest.mark.parametrize(
    ("size", "other", "count"),
    [(0, 900, 1), (1, 1, 1), (10, 10, 1), (40, 40, 3), (40, 900, 1), (105, 900, 1), (106, 900, 2), (900, 900, 9)],
)
def test_needed_follows_the_smaller_text_at_the_larger_one_s_rate(size: int, other: int, count: int) -> None:
    assert needed(size, other) == needed(other, size) == count


def test_a_fingerprint_reads_back_and_is_small() -> None:
    mark = fingerprint(" ".join(prose(600, seed=3)))
    stored = mark.to_bytes()
    again = Fingerprint.from_bytes(stored)
    assert len(stored) == 2408
    assert again.to_bytes() == stored
    assert again.shingles.tolist() == mark.shingles.tolist()
    assert again.sample.tolist() == mark.sample.tolist()
    assert (again.words, again.size) == (600, 597)
    assert all(-(2**63) <= key < 2**63 for key in again.sample.tolist())


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        pytest.param(b"", "not a fingerprint", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n" * 3, "not a fingerprint", id="something else"),
        pytest.param(b"SF" + bytes([VERSION + 1]) + bytes(5), "version", id="another version"),
        pytest.param(fingerprint("one two three").to_bytes()[:-1], "damaged", id="cut off"),
        pytest.param(b"SF" + bytes([VERSION]) + b"\0\xff\xff\xff\xff", "damaged", id="count that would fill memory"),
    ],
)
def test_damaged_fingerprints_are_refused(stored: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Fingerprint.from_bytes(stored)


def test_index_finds_the_whole_and_the_part_and_nothing_else() -> None:
    report = prose(300, seed=1)
    index: MemoryIndex[str] = MemoryIndex()
    index.add("whole", fingerprint(" ".join(report)))
    index.add("half, inside a longer text", fingerprint(" ".join(prose(900, 2) + report[100:260] + prose(900, 3))))
    index.add("one phrase", fingerprint(" ".join(prose(200, 4) + report[40:45] + prose(200, 5))))
    index.add("stranger", fingerprint(" ".join(prose(300, seed=6))))
    index.add("empty", fingerprint(""))
    found = index.candidates(fingerprint(" ".join(report)))
    assert found == ["whole", "half, inside a longer text"]
    assert index.candidates(fingerprint("")) == []
    assert len(index) == 5


def test_changes_everywhere_are_still_found() -> None:
    """Every eighth word differs: half of the shingles are gone, no passage is left in one piece."""
    rng = random.Random(5)
    index: MemoryIndex[int] = MemoryIndex()
    copies = []
    for number in range(200):
        text = prose(rng.randint(150, 800), seed=number)
        index.add(number, fingerprint(" ".join(text)))
        copies.append(fingerprint(" ".join(word if at % 8 else "changed" for at, word in enumerate(text))))
    missed = [number for number, copy in enumerate(copies) if number not in index.candidates(copy)]
    assert len(missed) <= 4


def test_a_phrase_that_all_have_costs_a_bounded_lookup() -> None:
    footer = prose(40, seed=0)
    index: MemoryIndex[int] = MemoryIndex()
    for number in range(POSTINGS * 3):
        index.add(number, fingerprint(" ".join(prose(30, seed=number + 1) + footer)))
    found = index.candidates(fingerprint(" ".join(prose(30, seed=99_999) + footer)))
    assert len(found) <= MAX_CANDIDATES
    assert all(number >= POSTINGS * 2 for number in found)  # the newest ones
