"""How many reprints are found, whole and partial, and how fast, beside MinHash LSH and FracMinHash in the same run.

    python -m benchmarks.dedup --texts DIR

DIR holds text files at any depth, one article each: lines 1–4 id, language, date and address, line 5 the title, then
the text (the layout of the BSNLP shared tasks). What is true is computed by brute force, on sets of word 4-grams
(tuples of strings, `\\w+`, case folded; nothing of worker.dedup): a reprint is a pair with at least half of the
smaller set in the other, a partial one has jaccard below one half. Recall is of the pairs that become links, after
exact comparison of what each index proposes. Speed is CPU time on one core, the best of three.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from worker.dedup.compare import is_link, resemblance
from worker.dedup.fingerprint import Fingerprint, fingerprint
from worker.dedup.index import MemoryIndex
from worker.dedup.shingles import Shingles, distinct, hash_words

Pair = tuple[int, int]
ENOUGH_SHARED = 20
PERMUTATIONS = 128
WORDS = 600


@dataclass(frozen=True, slots=True)
class ExactResemblances:
    """By pair of articles: shingles shared, containment, jaccard."""

    pairs: dict[Pair, tuple[int, float, float]]

    def kinds(self) -> dict[str, set[Pair]]:
        """Return the pairs that each column of the table is about."""
        enough = {pair: scores for pair, scores in self.pairs.items() if scores[0] >= ENOUGH_SHARED}
        return {
            "all": set(enough),
            "whole": {pair for pair, scores in enough.items() if scores[2] >= 0.5},
            "partial": {pair for pair, scores in enough.items() if scores[2] < 0.5},
        }


@dataclass(frozen=True, slots=True)
class Method:
    """A way to propose candidates: the keys an article is stored under, and how many two must share."""

    name: str
    keys: Callable[[Fingerprint], Sequence[int]]


def read_texts(folder: Path) -> list[str]:
    """Return the texts, without head lines and titles, in the order of their paths."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return ["\n".join(path.read_text("utf-8", "replace").splitlines()[5:]) for path in paths]


def brute_force(texts: Iterable[str]) -> ExactResemblances:
    """Compare every text with every other that shares a 4-gram."""
    grams: list[set[tuple[str, ...]]] = []
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    shared: Counter[Pair] = Counter()
    for number, text in enumerate(texts):
        words = re.findall(r"\w+", text.casefold())
        grams.append({tuple(words[at : at + 4]) for at in range(len(words) - 3)})
        for gram in grams[-1]:
            shared.update((other, number) for other in holders[gram])
            holders[gram].append(number)
    pairs = {}
    for (a, b), count in shared.items():
        smaller, together = min(len(grams[a]), len(grams[b])), len(grams[a]) + len(grams[b]) - count
        if count >= smaller / 2:
            pairs[a, b] = (count, count / smaller, count / together)
    return ExactResemblances(pairs)


def proposed_by_index(marks: Sequence[Fingerprint]) -> set[Pair]:
    """Return what worker.dedup would compare, adding article after article."""
    index: MemoryIndex[int] = MemoryIndex()
    pairs: set[Pair] = set()
    for number, mark in enumerate(marks):
        pairs.update((other, number) for other in index.candidates(mark))
        index.add(number, mark)
    return pairs


def proposed_by_keys(marks: Sequence[Fingerprint], keys: Callable[[Fingerprint], Sequence[int]]) -> set[Pair]:
    """Return every pair that shares a key."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    pairs: set[Pair] = set()
    for number, mark in enumerate(marks):
        for key in keys(mark):
            pairs.update((other, number) for other in holders[key])
            holders[key].append(number)
    return pairs


_RANDOM = np.random.default_rng(1)
_MULTIPLIERS = _RANDOM.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_ADDENDS = _RANDOM.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64)


def minhash(shingles: Shingles) -> Shingles:
    """Return the MinHash signature (multiply-add hashing, the upper half of the product)."""
    if not len(shingles):
        return np.zeros(PERMUTATIONS, dtype=np.uint64)
    hashed = (shingles[:, None] * _MULTIPLIERS + _ADDENDS) >> np.uint64(32)
    return np.asarray(hashed.min(axis=0))


def bands(count: int) -> Callable[[Fingerprint], Sequence[int]]:
    """Return the function that cuts a signature into so many bands, a key each."""

    def keys(mark: Fingerprint) -> Sequence[int]:
        rows = minhash(mark.shingles).reshape(count, -1)
        return [hash((band, row.tobytes())) for band, row in enumerate(rows)] if mark.size else []

    return keys


def below(rate: int) -> Callable[[Fingerprint], Sequence[int]]:
    """Return the function that keeps one shingle hash in `rate` (FracMinHash, as sourmash does)."""
    limit = np.uint64(2**64 // rate)
    return lambda mark: list(mark.shingles[mark.shingles < limit].tolist())


METHODS = (
    Method("MinHash LSH, 16 bands of 8", bands(16)),
    Method("MinHash LSH, 32 bands of 4", bands(32)),
    Method("FracMinHash 1/8", below(8)),
    Method("FracMinHash 1/16", below(16)),
)


def linked(marks: Sequence[Fingerprint], proposed: Iterable[Pair]) -> set[Pair]:
    """Return the proposed pairs that hold in exact comparison."""
    return {(a, b) for a, b in proposed if is_link(resemblance(marks[a].shingles, marks[b].shingles))}


def print_quality(texts: Sequence[str], marks: Sequence[Fingerprint], truth: ExactResemblances) -> None:
    """Print recall and cost of each method."""
    kinds = truth.kinds()
    counts = ", ".join(f"{len(pairs)} {name}" for name, pairs in kinds.items())
    print(f"{len(texts)} texts; pairs with containment >= .5 and >= {ENOUGH_SHARED} shared shingles: {counts}")
    print(f"{'':30}{'recall: all':>12}{'whole':>8}{'partial':>9}{'precision':>11}{'candidates':>12}{'keys':>7}")
    proposals = {"worker.dedup": (proposed_by_index(marks), sum(len(mark.sample) for mark in marks))}
    for method in METHODS:
        stored = sum(len(method.keys(mark)) for mark in marks)
        proposals[method.name] = (proposed_by_keys(marks, method.keys), stored)
    for name, (proposed, stored) in proposals.items():
        found = linked(marks, proposed)
        recall = {kind: len(found & pairs) / max(len(pairs), 1) for kind, pairs in kinds.items()}
        precision = len(found & truth.pairs.keys()) / max(len(found), 1)
        print(
            f"{name:30}{recall['all']:12.4f}{recall['whole']:8.4f}{recall['partial']:9.4f}{precision:11.4f}"
            f"{len(proposed) / len(texts):12.2f}{stored / len(texts):7.1f}"
        )


def per_second(deed: Callable[[], object], count: int) -> float:
    """Return how many of `count` are done in a second of CPU time, the best of three runs."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        deed()
        best = min(best, time.process_time() - began)
    return count / best


def print_speed(texts: Sequence[str]) -> None:
    """Print articles a second on texts of 600 words made of the texts' words."""
    words = [word for text in texts for word in text.split()]
    long = [" ".join(words[at : at + WORDS]) for at in range(0, min(len(words), 1000 * WORDS), WORDS)]
    hash_words("")  # builds the table of code points
    marks = [fingerprint(text) for text in long]
    stored = [mark.to_bytes() for mark in marks]
    sets = [mark.shingles for mark in marks]

    def look_up_and_insert() -> None:
        index: MemoryIndex[int] = MemoryIndex()
        for number, mark in enumerate(marks):
            index.candidates(mark)
            index.add(number, mark)

    print(f"\narticles a second, {len(long)} texts of {WORDS} words ({len(stored[0])} bytes stored each)")
    for name, deed in (
        ("fingerprint", lambda: [fingerprint(text) for text in long]),
        ("look up and insert in memory", look_up_and_insert),
        ("read a stored fingerprint", lambda: [Fingerprint.from_bytes(row) for row in stored]),
        ("compare two exactly", lambda: [resemblance(a, b) for a, b in pairwise(sets)]),
        ("fingerprint + MinHash instead", lambda: [minhash(distinct(fingerprint(t).shingles)) for t in long]),
    ):
        print(f"{name:32}{per_second(deed, len(long)):10.0f}")


def main() -> None:
    """Read the texts, print both tables."""
    parser = argparse.ArgumentParser(description="Recall and speed of near-duplicate detection")
    parser.add_argument("--texts", type=Path, required=True, metavar="DIR")
    texts = read_texts(parser.parse_args().texts)
    if not texts:
        parser.error("no text files in that folder")
    print_quality(texts, [fingerprint(text) for text in texts], brute_force(texts))
    print_speed(texts)


if __name__ == "__main__":
    main()
