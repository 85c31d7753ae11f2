"""Atoms under small numbers, and the numbers of an article's atoms."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from worker.presearch.atoms import ATOM_FIELDS, Atom, AtomKind
from worker.presearch.lexicon import NEVER, WordLexicon, WordRow
from worker.presearch.narrow import property_key
from worker.query.nodes import QueryField
from worker.query.positions.article_text import LEVELS, TokenizedArticle

ALWAYS: Final = 1
"""The number that every article has."""
_SHIFT = 32
_PAIR_FLAGS = 1 << 17
_IN_LEXICON = frozenset((AtomKind.WORD, AtomKind.LIKE, AtomKind.WITHIN))
_PROPERTIES = frozenset(AtomKind) - _IN_LEXICON - {AtomKind.PHRASE}
Numbers = TypeVar("Numbers", int, NDArray[np.int32])


@dataclass(frozen=True, slots=True)
class AtomsFound:
    """The numbered atoms of an article."""

    numbers: NDArray[np.int32]
    """May contain duplicates and NEVER."""
    row: WordRow
    """The words of title and text, by their positions."""
    phrases: list[tuple[int, int]]
    """(number, position of the first word)."""


class AtomTerms:
    """Numbers for atoms, kept while in use; the number of an unused atom is assigned again.

    A phrase is found by its first two words, then the numbers of the rest are compared. A table of flags rules out most
    pairs without a lookup.
    """

    def __init__(self) -> None:
        self._tables: defaultdict[tuple[AtomKind, str], dict[str, int]] = defaultdict(dict)
        self._lexicons = {field: WordLexicon(self._tables[AtomKind.WORD, field]) for field in ("", *ATOM_FIELDS)}
        self._atoms: list[Atom | None] = [None, None]
        self._uses = array("l", [1, 1])
        self._free: list[int] = []
        self._phrases: dict[int, dict[int, list[int]]] = {}
        self._may_begin = np.zeros(_PAIR_FLAGS, dtype=np.bool_)

    def __len__(self) -> int:
        """Return one more than the highest number ever assigned."""
        return len(self._atoms)

    def use(self, atom: Atom) -> int:
        """Return the number of an atom, and count one more use."""
        number = self._tables[atom.kind, atom.field].get(atom.value)
        if number is None:
            number = self._new(atom)
        self._uses[number] += 1
        return number

    def leave(self, number: int) -> None:
        """Count one use less of a number."""
        self._uses[number] -= 1
        atom = self._atoms[number]
        if self._uses[number] or atom is None:
            return
        if atom.kind == AtomKind.PHRASE:
            self._part(number, atom)
        elif atom.kind in _IN_LEXICON:
            self._lexicons[atom.field].remove(number, atom)
        del self._tables[atom.kind, atom.field][atom.value]
        self._atoms[number] = None
        self._free.append(number)

    def _new(self, atom: Atom) -> int:
        if self._free:
            number = self._free.pop()
            self._atoms[number] = atom
        else:
            number = len(self._atoms)
            self._atoms.append(atom)
            self._uses.append(0)
        self._tables[atom.kind, atom.field][atom.value] = number
        if atom.kind == AtomKind.PHRASE:
            self._join(number, atom)
        elif atom.kind in _IN_LEXICON:
            self._lexicons[atom.field].add(number, atom)
        return number

    def _join(self, number: int, atom: Atom) -> None:
        first, second, *rest = (self.use(Atom(AtomKind.WORD, word)) for word in atom.value.split(" "))
        self._phrases.setdefault(first << _SHIFT | second, {})[number] = rest
        self._may_begin[_flag(first, second)] = True

    def _part(self, number: int, atom: Atom) -> None:
        words = [self._tables[AtomKind.WORD, ""][word] for word in atom.value.split(" ")]
        code = words[0] << _SHIFT | words[1]
        del self._phrases[code][number]
        if not self._phrases[code]:
            del self._phrases[code]
        for word in words:
            self.leave(word)

    def atom(self, number: int) -> Atom:
        """Return the atom of a number in use."""
        atom = self._atoms[number]
        assert atom is not None
        return atom

    def of(self, reading: TokenizedArticle) -> AtomsFound:
        """Return the atoms of an article."""
        row = self._lexicons[""].read(reading.main.words)
        found = [row.numbers, row.patterns]
        phrases = self._phrases_in(row.numbers) if self._phrases else []
        others = [number for number, _ in phrases]
        for field, lexicon in self._lexicons.items():
            if field and lexicon:
                of_field = lexicon.read(_words_in(field, reading))
                found += of_field.numbers, of_field.patterns
        for (kind, _), table in self._tables.items():
            if table and kind in _PROPERTIES:
                others += map(table.get, _values(kind, reading), repeat(NEVER))
        found.append(np.array(others, dtype=np.int32))
        return AtomsFound(np.concatenate(found), row, phrases)

    def like(self, row: WordRow) -> NDArray[np.intp]:
        """Return for each of a row's patterns the index of the word that matches it."""
        return self._lexicons[""].like(row)

    def _phrases_in(self, words: NDArray[np.int32]) -> list[tuple[int, int]]:
        """Return the phrases in a row of words; false hits of the flags are removed by the codes."""
        at = np.flatnonzero(self._may_begin.take(_flag(words[:-1], words[1:])))
        codes = (words[at].astype(np.int64) << _SHIFT | words[at + 1]).tolist()
        found: list[tuple[int, int]] = []
        for begin, phrases in zip(at.tolist(), map(self._phrases.get, codes), strict=True):
            for number, rest in phrases.items() if phrases else ():
                if not rest or words[begin + 2 : begin + 2 + len(rest)].tolist() == rest:
                    found.append((number, begin))
        return found


def _flag(first: Numbers, second: Numbers) -> Numbers:
    """Return the index of the flag for a pair of words."""
    return (first * 31 + second) & (_PAIR_FLAGS - 1)


def _words_in(field: str, reading: TokenizedArticle) -> list[str]:
    return reading.title.words if field == QueryField.TITLE else reading.author.words


def _values(kind: AtomKind, reading: TokenizedArticle) -> Iterable[str]:
    """Return an article's values for a kind of property."""
    article = reading.article
    match kind:
        case AtomKind.ENTITY:
            return {mention.entity for mention in article.mentions if mention.level in LEVELS}
        case AtomKind.TYPE:
            return {mention.type for mention in article.mentions if mention.level in LEVELS}
        case AtomKind.SOURCE:
            return reading.source_names
        case AtomKind.COUNTRY:
            return (article.source.country or "").lower().split("/") if article.source else ()
        case AtomKind.LANG:
            language = (article.language or "").lower()
            return language, language.partition("-")[0]
    return (property_key(AtomKind.GENRE, article.genre),) if article.genre else ()
