"""A vocabulary → tables of stems and automata, one for each language of texts: all data for tagging.

Tables are arrays, automata are bytes: they are read from a file at once, cost nothing for each alias, and forked
processes share them. The readable forms are made when a stem is first met in a text.
"""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from worker.tagging.aliases.forms import rank_language
from worker.tagging.aliases.inflect import stems
from worker.tagging.aliases.stems import Stem
from worker.tagging.context import list_vetoing_terms
from worker.tagging.search import Search
from worker.text.fold import BLANK, encoded, fold
from worker.text.letters import UNSEEN
from worker.vocabulary.entities import LANGUAGES, Alias, Entity, Vocabulary

HAN = "\u3400"  # from here on scripts are written without spaces between words
KINDS: tuple[str | None, ...] = (None, "other", *LANGUAGES)
"""The languages with an automaton of their own: unknown, one without aliases, each other."""

Numbers = Sequence[int]
"""Unsigned integers of four bytes: an array, or a part of a file."""

_LATER: frozenset[str] = frozenset()


class FollowingEndings(NamedTuple):
    """The endings that may follow a stem, by their bytes, and the bytes that may follow it, including a space."""

    endings: Mapping[bytes, str]
    begins: frozenset[int]
    others: frozenset[str]  # endings with a letter that has no byte


class Endings:
    """Sets of endings, each stored once under a number; all plain sets come before the first union."""

    def __init__(self, sets: Iterable[frozenset[str]] = (), unions: Iterable[tuple[int, ...]] = ()) -> None:
        self.plain = list(sets)
        self.unions = list(unions)
        self.sets = [*self.plain, *(_LATER for _ in self.unions)]
        self._following: dict[int, FollowingEndings] = {}
        self._bytes: dict[str, bytes | None] = {}
        self._numbers = {one: number for number, one in enumerate(self.plain)}
        self._union_numbers = {one: len(self.plain) + number for number, one in enumerate(self.unions)}

    def number(self, endings: frozenset[str]) -> int:
        """Return the number of a set."""
        if endings not in self._numbers:
            self._numbers[endings] = len(self.plain)
            self.plain.append(endings)
            self.sets.append(endings)
        return self._numbers[endings]

    def union(self, members: tuple[int, ...]) -> int:
        """Return the number of the union of sets."""
        if len(members) == 1:
            return members[0]
        if members not in self._union_numbers:
            self._union_numbers[members] = len(self.sets)
            self.unions.append(members)
            self.sets.append(_LATER)
        return self._union_numbers[members]

    def following(self, number: int) -> FollowingEndings:
        """Return the possible successors of a stem with the endings of a number, made on first use."""
        if number not in self._following:
            endings = self._united(number)
            by_bytes = {coded: ending for ending in endings if (coded := self._coded(ending)) is not None}
            begins = frozenset(coded[0] if coded else BLANK for coded in by_bytes)
            self._following[number] = FollowingEndings(by_bytes, begins, endings.difference(by_bytes.values()))
        return self._following[number]

    def _united(self, number: int) -> frozenset[str]:
        if number < len(self.plain):
            return self.plain[number]
        return frozenset().union(*(self.plain[member] for member in self.unions[number - len(self.plain)]))

    def _coded(self, ending: str) -> bytes | None:
        """Return an ending in bytes, the same object for all its sets."""
        if ending not in self._bytes:
            self._bytes[ending] = encoded((ending,))[0]
        return self._bytes[ending]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stems:
    """The stems of all aliases: of each its alias, its text, and the numbers of its endings."""

    aliases: Numbers
    endings: Numbers
    derived: Numbers
    ends: Numbers  # where each text ends in `texts`
    texts: bytes  # UTF-8

    def text(self, row: int) -> str:
        """Return a stem as written."""
        return self.texts[self.ends[row - 1] if row else 0 : self.ends[row]].decode()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Table:
    """The patterns for texts of one language: an automaton, and the stems of each pattern."""

    automaton: bytes
    endings: Numbers  # for each pattern the number of the union of its endings
    ends: Numbers  # where the stems of each pattern end in `rows`
    rows: Numbers
    against: Numbers  # the patterns that are terms of a `context_none`; most of them have no stems


class Compiled:
    """The tables of a vocabulary; those of a language are made on first use."""

    def __init__(self, vocabulary: Vocabulary, endings: Endings, stems: Stems, tables: dict[str | None, Table]) -> None:
        self.endings = endings
        self.stems = stems
        self.tables = tables
        self._entities = vocabulary.entities
        self._starts = [0, *accumulate(len(one.aliases) + len(one.decoys) for one in vocabulary.entities)]
        self._folded: list[str] | None = None
        self._by_aliases: dict[tuple[bytes, bool], Table] = {}

    def spelling(self, number: int) -> tuple[Entity, Alias]:
        """Return an alias, decoys included, and its entity."""
        at = bisect_right(self._starts, number) - 1
        entity = self._entities[at]
        within = number - self._starts[at]
        return entity, (entity.aliases[within : within + 1] or entity.decoys[within - len(entity.aliases) :])[0]

    def stem(self, row: int) -> Stem:
        """Return a stem with its endings."""
        sets = self.endings.sets
        return Stem(self.stems.text(row), sets[self.stems.endings[row]], sets[self.stems.derived[row]])

    def table(self, language: str | None) -> Table:
        """Return the table for texts of a language, one of KINDS."""
        if language not in self.tables:
            self.tables[language] = self._table(language)
        return self.tables[language]

    def _table(self, language: str | None) -> Table:
        if self._folded is None:
            self._folded = _folded([self.stems.text(row) for row in range(len(self.stems.aliases))])
        spellings = (alias for entity in self._entities for alias in (*entity.aliases, *entity.decoys))
        counts = bytes(rank_language(alias, language) is not None for alias in spellings)
        key = counts, language == "zh"
        if key not in self._by_aliases:  # in both scripts of a language the same aliases count
            self._by_aliases[key] = self._made(counts, language)
        return self._by_aliases[key]

    def _made(self, counts: bytes, language: str | None) -> Table:
        """Return the table of the aliases that count."""
        assert self._folded is not None
        by_pattern: dict[str, list[int]] = {}
        for row, (alias, stem) in enumerate(zip(self.stems.aliases, self._folded, strict=True)):
            if counts[alias]:
                by_pattern.setdefault(build_pattern(stem, language), []).append(row)
        against = list_vetoing_terms(self._entities)
        for term in against:
            by_pattern.setdefault(term, [])
        by_pattern = {pattern: by_pattern[pattern] for pattern in Search.ordered(by_pattern)}
        unions = array("I")
        for rows in by_pattern.values():
            sets = {number for row in rows for number in (self.stems.endings[row], self.stems.derived[row])}
            unions.append(self.endings.union(tuple(sorted(sets))))
        return Table(
            automaton=Search(list(by_pattern)).to_bytes(),
            endings=unions,
            ends=array("I", accumulate(map(len, by_pattern.values()))),
            rows=array("I", (row for rows in by_pattern.values() for row in rows)),
            against=array("I", (at for at, pattern in enumerate(by_pattern) if pattern in against)),
        )


def build_pattern(stem: str, language: str | None) -> str:
    """Return the pattern for the automaton: a folded stem at the beginning of a word, in Chinese anywhere."""
    return stem if language == "zh" or stem[0] >= HAN else " " + stem


def compiled(vocabulary: Vocabulary) -> Compiled:
    """Return the tables of a vocabulary, as yet without any language's."""
    endings = Endings()
    aliases, of_stems, of_derived, ends = (array("I") for _ in range(4))
    texts = bytearray()
    number = 0
    for entity in vocabulary.entities:
        for alias in (*entity.aliases, *entity.decoys):
            for stem in stems(entity, alias, vocabulary.inflection):
                aliases.append(number)
                of_stems.append(endings.number(stem.endings))
                of_derived.append(endings.number(stem.derived))
                texts += stem.text.encode()
                ends.append(len(texts))
            number += 1
    return Compiled(
        vocabulary,
        endings,
        Stems(aliases=aliases, endings=of_stems, derived=of_derived, ends=ends, texts=bytes(texts)),
        {},
    )


def _folded(texts: Sequence[str]) -> list[str]:
    """Return the folded words of many texts, all at once: folding keeps lengths."""
    composed = [unicodedata.normalize("NFC", text) for text in texts]
    whole = fold("".join(composed))
    folded: list[str] = []
    start = 0
    for text in composed:
        end = start + len(text)
        folded.append(" ".join(whole[start:end].replace(UNSEEN, "").split()))
        start = end
    return folded
