"""Pre-search over all subscriptions: article → the queries that match it.

Lucene Monitor's idea: a query is considered only if the article has one of the rarest atoms that it needs (its
*anchor*). Its other needs are checked for all those queries together, by numbers in arrays. The few remaining ones are
evaluated exactly, so the result is that of evaluating every query.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from worker.presearch.atoms import Atom, AtomKind, Group
from worker.presearch.frequency import Frequencies
from worker.presearch.lexicon import NEVER
from worker.presearch.narrow import alternatives, excluded, narrow, nears, remainder
from worker.presearch.nearby import Nearby, WordPlaces
from worker.presearch.sharing import Sharing
from worker.presearch.terms import ALWAYS, AtomTerms
from worker.query.article import QueryArticle
from worker.query.evaluate import Verdict
from worker.query.evaluation.holds import holds
from worker.query.nodes import Near, Query
from worker.query.positions.article_text import TokenizedArticle

Key = TypeVar("Key", bound=Hashable)

CHECKED: Final = 3
"""Groups of a query that are checked besides its anchor, the rarest first."""
WIDTH: Final = 8
"""Maximum of atoms in a checked group; larger ones are left to the evaluation. Eight, because eight flags are one
word.
"""


@dataclass(frozen=True, slots=True)
class _Entry(Generic[Key]):
    """A query, and the part of it that the index cannot decide."""

    key: Key
    query: Query
    nears: tuple[Nearby, ...]
    rest: Query | None


class Presearcher(Generic[Key]):
    """Queries by key, which may be added, changed and removed at any time. Not shared between threads."""

    def __init__(self, queries: Mapping[Key, Query] | None = None, frequencies: Frequencies | None = None) -> None:
        """`frequencies`, of a sample of the expected articles, make it faster; they change no result."""
        self._frequencies = frequencies or Frequencies()
        self._sharing = Sharing()
        self._terms = AtomTerms()
        self._rows: dict[Key, int] = {}
        self._stored: list[_Entry[Key] | None] = []
        self._anchors: list[array[int]] = []
        self._anchored: dict[int, array[int]] = {}
        self._second = np.zeros((0, WIDTH), dtype=np.int32)
        self._others = np.zeros((0, CHECKED, WIDTH), dtype=np.int32)  # excluded atoms, then groups
        self._always: set[int] = set()
        self._free: list[int] = []
        self._is_anchor = np.zeros(1024, dtype=np.bool_)
        self._has = np.zeros(1024, dtype=np.bool_)
        self._has[ALWAYS] = True
        for key, query in (queries or {}).items():
            self.add(key, query)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, key: Key, query: Query) -> None:
        """Add a query under a key; an existing one is replaced."""
        self.remove(key)
        row = self._rows[key] = self._free.pop() if self._free else self._new_row()
        query = self._sharing.shared(query)
        groups = sorted(self._indexable(narrow(query, self._frequencies)), key=self._frequencies.of_any)
        self._anchor(row, groups[0] if groups else ())
        checked = [group for group in groups[1:] if len(group) <= WIDTH][:CHECKED]
        barred = excluded(query)
        is_all_checked = len(checked) >= len(groups) - 1 and len(barred) <= WIDTH
        near = tuple(map(self._nearby, nears(query))) if is_all_checked else ()
        self._stored[row] = _Entry(key, query, near, remainder(query) if is_all_checked else query)
        checked += [()] * (CHECKED - len(checked))
        self._second[row] = self._filled(checked[0], otherwise=ALWAYS)
        self._others[row, 0] = self._filled(self._indexable([barred])[0] if is_all_checked else (), otherwise=NEVER)
        self._others[row, 1:] = [self._filled(group, otherwise=ALWAYS) for group in checked[1:]]

    def remove(self, key: Key) -> None:
        """Remove the query under a key; repeating it changes nothing."""
        row = self._rows.pop(key, None)
        if row is None:
            return
        for number in self._anchors[row]:
            self._anchored[number].remove(row)
            if not self._anchored[number]:
                del self._anchored[number]
                self._is_anchor[number] = False
            self._terms.leave(number)
        for number in (*self._second[row].tolist(), *self._others[row].ravel().tolist()):
            if number not in (NEVER, ALWAYS):
                self._terms.leave(number)
        entry = self._stored[row]
        assert entry is not None
        for near in entry.nears:
            for number in (*near.left, *near.right):
                self._terms.leave(number)
        self._always.discard(row)
        self._stored[row] = None
        self._free.append(row)

    def matches(self, article: QueryArticle) -> dict[Key, Verdict]:
        """Return the verdicts of the queries that match an article, by key; their reasons are computed on demand."""
        reading = TokenizedArticle(article)
        found = self._terms.of(reading)
        with self._flagged(found.numbers) as has:
            places = WordPlaces(reading, found, self._terms, has)
            return {
                entry.key: Verdict(True, entry.query, reading)
                for entry in self._candidates(found.numbers)
                if (not entry.nears or all(map(places.are_near, entry.nears)))
                and (entry.rest is None or holds(entry.rest, reading))
            }

    def candidates(self, article: QueryArticle) -> list[Key]:
        """Return the keys of the queries that the index cannot rule out for an article."""
        numbers = self._terms.of(TokenizedArticle(article)).numbers
        with self._flagged(numbers):
            return [entry.key for entry in self._candidates(numbers)]

    @contextmanager
    def _flagged(self, numbers: NDArray[np.int32]) -> Iterator[NDArray[np.bool_]]:
        """Set the flags of these numbers while the block runs."""
        has = self._has
        has[numbers] = True
        has[NEVER] = False
        try:
            yield has
        finally:
            has[numbers] = False
            has[ALWAYS] = True

    def _candidates(self, numbers: NDArray[np.int32]) -> list[_Entry[Key]]:
        """Return the queries with groups that an article with these numbers has, and no excluded atom."""
        anchors = set(numbers.compress(self._is_anchor.take(numbers)).tolist())
        rows = np.frombuffer(b"".join([self._anchored[number] for number in anchors]), dtype=np.intc)
        if self._always:
            rows = np.concatenate((rows, np.fromiter(self._always, dtype=np.intc)))
        rows = rows.compress(_any(self._has, self._second, rows))
        barred, *checked = _any(self._has, self._others, rows).T
        rows = rows.compress(np.logical_and.reduce(checked) & ~barred)
        stored = self._stored
        return [entry for row in set(rows.tolist()) if (entry := stored[row]) is not None]

    def _filled(self, group: Group, otherwise: int) -> list[int]:
        numbers = self._numbers(group) or [otherwise]
        return numbers + [NEVER] * (WIDTH - len(numbers))

    def _nearby(self, near: Near) -> Nearby:
        return Nearby(self._side(near.left), self._side(near.right), near.distance, near.is_ordered)

    def _side(self, query: Query) -> tuple[int, ...]:
        atoms = [atom for leaf in alternatives(query) for group in narrow(leaf) for atom in group]
        return tuple(self._numbers(atoms))

    def _numbers(self, group: Sequence[Atom]) -> list[int]:
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
        if row == len(self._second):
            self._second, self._others = map(_grown, (self._second, self._others))
        return row

    def _indexable(self, groups: Iterable[Group]) -> list[Group]:
        """Return the groups in atoms that `AtomTerms` supports: for a phrase in a field, its rarest word there."""
        return list(dict.fromkeys(tuple(dict.fromkeys(map(self._term, group))) for group in groups))

    def _term(self, atom: Atom) -> Atom:
        if atom.kind != AtomKind.PHRASE or not atom.field:
            return atom
        words = [Atom(AtomKind.WORD, word, atom.field) for word in atom.value.split(" ")]
        return min(words, key=self._frequencies.of)


def _grown(table: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.concatenate((table, np.zeros((max(len(table), 64), *table.shape[1:]), dtype=np.int32)))


def _any(has: NDArray[np.bool_], table: NDArray[np.int32], rows: NDArray[np.intc]) -> NDArray[np.bool_]:
    """Return for each group of some rows whether one of its numbers is set: eight flags are read as one number."""
    found: NDArray[np.bool_] = has.take(table.take(rows, axis=0)).view(np.uint64)[..., 0] != 0
    return found
