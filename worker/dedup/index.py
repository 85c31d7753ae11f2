"""An in-memory index of samples, which finds the texts to compare with a new one. Its contract is in sketch.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import Generic, TypeVar

from worker.dedup.fingerprint import Fingerprint
from worker.dedup.sketch import MAX_CANDIDATES, POSTINGS, needed

Id = TypeVar("Id", bound=Hashable)


class MemoryIndex(Generic[Id]):
    """Samples of the texts added, newest last. Grows with the texts: some 5 KB for one of 600 words."""

    def __init__(self) -> None:
        self._ids: list[Id] = []
        self._sizes: list[int] = []
        self._postings: dict[int, int | list[int]] = {}  # most hashes stand in one text only: no list for them

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, id: Id, mark: Fingerprint) -> None:
        """Store a text under its samples."""
        number = len(self._ids)
        self._ids.append(id)
        self._sizes.append(mark.size)
        postings = self._postings
        for key in mark.sample.tolist():
            known = postings.setdefault(key, number)
            if isinstance(known, list):
                known.append(number)
            elif known != number:
                postings[key] = [known, number]

    def candidates(self, mark: Fingerprint) -> list[Id]:
        """Return the ids of the texts worth comparing with this one, those sharing the most samples first."""
        found: Counter[int] = Counter()
        for key in mark.sample.tolist():
            known = self._postings.get(key)
            if isinstance(known, list):
                found.update(known[-POSTINGS:])
            elif known is not None:
                found[known] += 1
        likely = [
            (shared, number) for number, shared in found.items() if shared >= needed(self._sizes[number], mark.size)
        ]
        return [self._ids[number] for _, number in sorted(likely, reverse=True)[:MAX_CANDIDATES]]
