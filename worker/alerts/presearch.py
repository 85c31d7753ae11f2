"""All subscriptions at once: article → the queries that match it.

Lucene Monitor's idea: a query is looked at only when the article has one of the rarest atoms that it needs (its
*anchor*). What it needs besides is checked for all those queries together, by numbers in arrays. The few that are
left are evaluated exactly, so the result is that of evaluating every query.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from worker.alerts.article import Article
from worker.alerts.atoms import Atom, Group
from worker.alerts.evaluate import Verdict
from worker.alerts.frequency import Frequencies
from worker.alerts.narrow import excluded, narrow, remainder
from worker.alerts.nodes import Query
from worker.alerts.reading import Reading
from worker.alerts.sharing import Sharing
from worker.alerts.terms import ALWAYS, NEVER, Terms
from worker.alerts.truth import holds

Key = TypeVar("Key", bound=Hashable)

CHECKED: Final = 3
"""Groups of a query that are checked besides its anchor."""
WIDTH: Final = 8
"""Atoms of a group that is checked; larger ones are left to the evaluation. Eight, for eight flags are one word."""


@dataclass(frozen=True, slots=True)
class _Entry(Generic[Key]):
    """A query, and what of it the index cannot tell."""

    key: Key
    query: Query
    rest: Query | None


class Presearcher(Generic[Key]):
    """Queries under keys, which may be added, changed and removed at any time. Not shared between threads."""

    def __init__(self, queries: Mapping[Key, Query] | None = None, frequencies: Frequencies | None = None) -> None:
        """`frequencies`, of a sample of the articles to come, make it faster; they change no result."""
        self._frequencies = frequencies or Frequencies()
        self._sharing = Sharing()
        self._terms = Terms()
        self._rows: dict[Key, int] = {}
        self._stored: list[_Entry[Key] | None] = []
        self._anchors: list[array[int]] = []
        self._anchored: dict[int, array[int]] = {}
        self._checked = [np.zeros((0, WIDTH), dtype=np.int32) for _ in range(CHECKED)]
        self._always: set[int] = set()
        self._free: list[int] = []
        self._barred = np.zeros((0, WIDTH), dtype=np.int32)
        self._is_anchor = np.zeros(1024, dtype=np.bool_)
        self._has = np.zeros(1024, dtype=np.bool_)
        self._has[ALWAYS] = True
        for key, query in (queries or {}).items():
            self.add(key, query)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, key: Key, query: Query) -> None:
        """Have a query under a key; one that was there is replaced."""
        self.remove(key)
        row = self._rows[key] = self._free.pop() if self._free else self._new_row()
        query = self._sharing.shared(query)
        groups = sorted(self._indexable(narrow(query, self._frequencies)), key=self._frequencies.of_any)
        self._anchor(row, groups[0] if groups else ())
        checked = [group for group in groups[1:] if len(group) <= WIDTH][:CHECKED]
        barred = excluded(query)
        is_all_checked = len(checked) >= len(groups) - 1 and len(barred) <= WIDTH
        self._stored[row] = _Entry(key, query, remainder(query) if is_all_checked else query)
        self._fill(self._barred, row, self._indexable([barred])[0] if is_all_checked else (), otherwise=NEVER)
        for at, table in enumerate(self._checked):
            self._fill(table, row, checked[at] if at < len(checked) else (), otherwise=ALWAYS)

    def remove(self, key: Key) -> None:
        """Forget the query under a key; again changes nothing."""
        row = self._rows.pop(key, None)
        if row is None:
            return
        for number in self._anchors[row]:
            self._anchored[number].remove(row)
            if not self._anchored[number]:
                del self._anchored[number]
                self._is_anchor[number] = False
            self._terms.leave(number)
        for table in (self._barred, *self._checked):
            for number in table[row].tolist():
                if number not in (NEVER, ALWAYS):
                    self._terms.leave(number)
        self._always.discard(row)
        self._stored[row] = None
        self._free.append(row)

    def matches(self, article: Article) -> dict[Key, Verdict]:
        """Return the verdicts of the queries that match an article, by key; their reasons are found when asked for."""
        reading = Reading(article)
        return {
            entry.key: Verdict(True, entry.query, reading)
            for entry in self._entries(reading)
            if entry.rest is None or holds(entry.rest, reading)
        }

    def candidates(self, article: Article) -> list[Key]:
        """Return the keys of the queries that the index cannot rule out for an article."""
        return [entry.key for entry in self._entries(Reading(article))]

    def _entries(self, reading: Reading) -> Iterator[_Entry[Key]]:
        stored = (self._stored[row] for row in self._candidates(reading).tolist())
        return (entry for entry in stored if entry is not None)

    def _candidates(self, reading: Reading) -> NDArray[np.intc]:
        """Return the rows of the queries whose groups an article has."""
        numbers = self._terms.of(reading)
        has, is_anchor = self._has, self._is_anchor
        has[numbers] = True
        has[NEVER] = False
        anchors = set(numbers[is_anchor[numbers]].tolist())
        rows = np.frombuffer(b"".join([self._anchored[number] for number in anchors]), dtype=np.intc)
        if self._always:
            rows = np.concatenate((rows, np.fromiter(self._always, dtype=np.intc)))
        for table in self._checked:
            rows = rows[_any(has, table, rows)]
        rows = np.unique(rows[~_any(has, self._barred, rows)])
        has[numbers] = False
        has[ALWAYS] = True
        return rows

    def _fill(self, table: NDArray[np.int32], row: int, group: Group, otherwise: int) -> None:
        numbers = self._numbers(group) or [otherwise]
        table[row] = numbers + [NEVER] * (WIDTH - len(numbers))

    def _numbers(self, group: Group) -> list[int]:
        numbers = [self._terms.use(atom) for atom in group]
        if len(self._terms) > len(self._has):
            more = np.zeros(len(self._terms), dtype=np.bool_)
            self._has, self._is_anchor = (np.concatenate((flags, more)) for flags in (self._has, self._is_anchor))
        return numbers

    def _anchor(self, row: int, group: Group) -> None:
        numbers = self._numbers(group)
        for number in numbers:
            self._anchored.setdefault(number, array("i")).append(row)
            self._is_anchor[number] = True
        self._anchors[row] = array("i", numbers)
        if not numbers:
            self._always.add(row)

    def _new_row(self) -> int:
        row = len(self._stored)
        self._stored.append(None)
        self._anchors.append(array("i"))
        if row == len(self._barred):
            more = np.zeros((max(row, 64), WIDTH), dtype=np.int32)
            self._barred, *self._checked = (np.concatenate((table, more)) for table in (self._barred, *self._checked))
        return row

    def _indexable(self, groups: Iterable[Group]) -> list[Group]:
        """Return the groups in atoms that `Terms` knows: for a phrase in a field, its rarest word there."""
        return list(dict.fromkeys(tuple(dict.fromkeys(map(self._term, group))) for group in groups))

    def _term(self, atom: Atom) -> Atom:
        if atom.kind != "phrase" or not atom.field:
            return atom
        words = [Atom("word", word, atom.field) for word in atom.value.split(" ")]
        return min(words, key=self._frequencies.of)


def _any(has: NDArray[np.bool_], table: NDArray[np.int32], rows: NDArray[np.intc]) -> NDArray[np.bool_]:
    """Return for each row whether one of the numbers in it is set; eight flags, read as one number, tell."""
    found: NDArray[np.bool_] = has[table[rows]].view(np.uint64).ravel() != 0
    return found
