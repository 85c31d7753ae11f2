"""Atoms under small numbers, and which of the numbered ones an article has."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from itertools import repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.alerts.atoms import Atom
from worker.alerts.narrow import property_key
from worker.alerts.patterns import Patterns
from worker.alerts.reading import LEVELS, Reading

NEVER: Final = 0
"""The number that no article has."""
ALWAYS: Final = 1
"""The number that every article has."""
_SHIFT = 32
_NO_PHRASES: dict[int, list[int]] = {}
_PROPERTIES = frozenset(("entity", "type", "source", "country", "lang", "genre"))


class Terms:
    """Numbers for atoms, kept while they are in use; the number of an atom that nobody uses any more is given again.

    A phrase is found by its first two words, then the numbers of the rest are compared.
    """

    def __init__(self) -> None:
        self._tables: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        self._words = self._tables["word", ""]
        self._atoms: list[Atom | None] = [None, None]
        self._uses = array("l", [1, 1])
        self._free: list[int] = []
        self._pairs: dict[int, int] = {}
        self._longer: dict[int, dict[int, list[int]]] = {}
        self._begins_pair = np.zeros(1024, dtype=np.bool_)
        self._ends_pair = np.zeros(1024, dtype=np.bool_)
        self._patterns: defaultdict[str, Patterns] = defaultdict(Patterns)

    def __len__(self) -> int:
        """Return one more than the highest number ever given."""
        return len(self._atoms)

    def use(self, atom: Atom) -> int:
        """Return the number of an atom, which is in use once more."""
        number = self._tables[atom.kind, atom.field].get(atom.value)
        if number is None:
            number = self._new(atom)
        self._uses[number] += 1
        return number

    def leave(self, number: int) -> None:
        """Say that a use has ended."""
        self._uses[number] -= 1
        atom = self._atoms[number]
        if self._uses[number] or atom is None:
            return
        if atom.kind == "phrase":
            self._part(atom)
        elif atom.kind in ("like", "within"):
            self._patterns[atom.field].remove(number, atom)
        del self._tables[atom.kind, atom.field][atom.value]
        self._atoms[number] = None
        self._free.append(number)

    def _new(self, atom: Atom) -> int:
        if atom.kind == "phrase":
            self._join(atom)
        if self._free:
            number = self._free.pop()
            self._atoms[number] = atom
        else:
            number = len(self._atoms)
            self._atoms.append(atom)
            self._uses.append(0)
            if number >= len(self._begins_pair):
                self._begins_pair, self._ends_pair = map(_doubled, (self._begins_pair, self._ends_pair))
        self._tables[atom.kind, atom.field][atom.value] = number
        if atom.kind == "phrase":
            code, rest = self._code(atom)
            if rest:
                self._longer.setdefault(code, {})[number] = rest
            else:
                self._pairs[code] = number
        elif atom.kind in ("like", "within"):
            self._patterns[atom.field].add(number, atom)
        return number

    def _join(self, atom: Atom) -> None:
        first, second, *_ = (self.use(Atom("word", word)) for word in atom.value.split(" "))
        self._begins_pair[first] = True
        self._ends_pair[second] = True

    def _part(self, atom: Atom) -> None:
        number = self._tables["phrase", ""][atom.value]
        code, rest = self._code(atom)
        if rest:
            del self._longer[code][number]
            if not self._longer[code]:
                del self._longer[code]
        else:
            del self._pairs[code]
        for word in atom.value.split(" "):
            self.leave(self._words[word])

    def _code(self, atom: Atom) -> tuple[int, list[int]]:
        """Return one number for the first two words of a phrase, and those of the rest."""
        first, second, *rest = (self._words[word] for word in atom.value.split(" "))
        return first << _SHIFT | second, rest

    def of(self, reading: Reading) -> NDArray[np.int64]:
        """Return the numbers of what an article has, some of them more than once, NEVER perhaps among them."""
        number_of = self._words.get
        # NEVER between them keeps the last word of the title from making a pair with the first of the text.
        row = [*map(number_of, reading.title.words, repeat(NEVER)), NEVER]
        row += map(number_of, reading.body.words, repeat(NEVER))
        words = np.array(row, dtype=np.int64)
        others = self._phrases_in(words, row) if self._pairs or self._longer else []
        for field, patterns in self._patterns.items():
            others += patterns.of_any(_words_in(field, reading))
        for (kind, field), table in self._tables.items():
            if table and (kind in _PROPERTIES or (kind == "word" and field)):
                others += map(table.get, _values(kind, field, reading), repeat(NEVER))
        return np.concatenate((words, np.array(others, dtype=np.int64)))

    def _phrases_in(self, words: NDArray[np.int64], row: list[int]) -> list[int]:
        at = np.flatnonzero(self._begins_pair[words[:-1]] & self._ends_pair[words[1:]])
        codes = (words[at] << _SHIFT | words[at + 1]).tolist()
        found = list(map(self._pairs.get, codes, repeat(NEVER)))
        for begin, code in zip(at.tolist(), codes, strict=True):
            for number, rest in self._longer.get(code, _NO_PHRASES).items():
                if row[begin + 2 : begin + 2 + len(rest)] == rest:
                    found.append(number)
        return found


def _words_in(field: str, reading: Reading) -> set[str]:
    if not field:
        return reading.vocabulary
    return set(reading.title.words if field == "title" else reading.author.words)


def _values(kind: str, field: str, reading: Reading) -> Iterable[str]:
    """Return the values that an article has of a kind of atoms; of words, those in a field."""
    article = reading.article
    match kind:
        case "entity":
            return {mention.entity for mention in article.mentions if mention.level in LEVELS}
        case "type":
            return {mention.type for mention in article.mentions if mention.level in LEVELS}
        case "source":
            return reading.source_names
        case "country":
            return (article.source.country or "").lower().split("/") if article.source else ()
        case "lang":
            language = (article.language or "").lower()
            return language, language.partition("-")[0]
        case "genre":
            return (property_key("genre", article.genre),) if article.genre else ()
    return _words_in(field, reading)


def _doubled(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.concatenate((flags, np.zeros_like(flags)))
