"""The context of a hit: the paragraph, its letter case, and the terms for or against an entity."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from worker.tagging.search import Search
from worker.text.fold import Folded, encoded, words
from worker.vocabulary.entities import Entity
from worker.vocabulary.offices import Office

NEAR_WORDS = 40
"""A term counts in the paragraph of a hit, or at most this many words from it."""


class TermUse(StrEnum):
    """The use of a context term: of `context_any`, `context_none` or `office`."""

    FOR = "for"
    AGAINST = "against"
    OFFICE = "office"


FOR, AGAINST, OFFICE = TermUse

_BREAK = re.compile("\n")
_NEAR_CHARS = 2_000  # maximum length of the context, whatever its words and paragraphs
_MOST_OFFSETS = 5_000  # of one term in one article; later ones are no evidence
_MANY = 6  # terms, which an automaton finds faster than separate searches
_STEM = 3  # a term of more letters than this also stands for the words that begin with it
_HAN = "\u3400"  # from here on scripts are written without spaces between words
_NEAR_LINE = 1_000  # characters in which the ends of a line are searched first
_TITLE_CHARS = 200  # and a longer one is a paragraph
_TITLE_WORDS = 4  # a line of fewer words is too short to recognise a headline
_SMALL = 4  # words up to this length may be small in a headline: and, with


class Field(NamedTuple):
    """A part of an article, such as its title, with its offset in the concatenated parts."""

    name: str
    text: str
    folded: Folded
    offset: int


class Terms:
    """The context terms of all entities."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._wanted: dict[tuple[str, str], list[tuple[str, bool]]] = {}
        self._finders: dict[str, _Finder] = {}
        self._offices: dict[str, list[tuple[Office, list[tuple[str, bool]]]]] = {}
        for entity in entities:
            for sort, terms in ((FOR, entity.context_any), (AGAINST, entity.context_none), (OFFICE, entity.office)):
                if terms:
                    self._wanted[entity.id, sort] = _wanted(terms)
            if entity.offices:
                self._offices[entity.id] = [(office, _wanted(office.terms)) for office in entity.offices]

    def offsets(
        self, entity: str, sort: str, fields: Sequence[Field], against: Container[str], day: date | None = None
    ) -> list[int]:
        """Return the offsets of an entity's terms in an article; a term with a capital must have it there.

        An article rarely has more than one entity that needs its terms: each is searched separately, which takes a
        fraction of a pass for the terms of all. Terms against it are known to be there or not: most articles have none.
        Of a person's offices only those held on `day` count.
        """
        wanted = self._wanted.get((entity, sort), [])
        if sort == OFFICE and entity in self._offices:
            held = (terms for office, terms in self._offices[entity] if office.was_held(day))
            wanted = sorted({*wanted, *chain.from_iterable(held)})
        elif sort == FOR and len(wanted) > _MANY:
            return sorted(self._finder(entity, wanted).offsets(fields))
        return sorted(_offsets([one for one in wanted if sort != AGAINST or one[0] in against], fields))

    def _finder(self, entity: str, wanted: Sequence[tuple[str, bool]]) -> _Finder:
        """Return the finder of an entity's terms, made on first use."""
        if entity not in self._finders:
            self._finders[entity] = _Finder(wanted)
        return self._finders[entity]


class _Finder:
    """A joint search for many terms."""

    def __init__(self, wanted: Sequence[tuple[str, bool]]) -> None:
        needs_capital: dict[str, bool] = {}
        for stem, needs in wanted:
            needs_capital[stem] = needs and needs_capital.get(stem, True)
        stems = Search.ordered(needs_capital)
        self._terms = [(int(stem[0] == " "), needs_capital[stem]) for stem in stems]
        self._search = Search(stems)

    def offsets(self, fields: Sequence[Field]) -> Iterator[int]:
        """Yield the offsets of terms in the fields of an article, not in order."""
        counts = [0] * len(self._terms)
        for part in fields:
            origins = part.folded.origins
            for first, _, at in self._search.find(part.folded):
                skip, needs_capital = self._terms[at]
                origin = origins[first + skip]
                if counts[at] < _MOST_OFFSETS and (not needs_capital or part.text[origin].isupper()):
                    counts[at] += 1
                    yield part.offset + origin


def _offsets(wanted: Iterable[tuple[str, bool]], fields: Sequence[Field]) -> Iterator[int]:
    """Yield where terms begin in the fields of an article, not in order."""
    for stem, needs_capital in wanted:
        skip = int(stem[0] == " ")
        count = 0
        for part in fields:
            origins = part.folded.origins
            at = _find(part.folded, stem, 0)
            while at >= 0 and count < _MOST_OFFSETS:
                origin = origins[at + skip]
                if not needs_capital or part.text[origin].isupper():
                    count += 1
                    yield part.offset + origin
                at = _find(part.folded, stem, at + 1)


def _find(folded: Folded, stem: str, start: int) -> int:
    """Return the position of a stem in a folded text, -1 without one from `start` on."""
    coded = _encoded(stem)
    return folded.text.find(stem, start) if coded is None else folded.coded.find(coded, start)


@lru_cache(maxsize=10_000)
def _encoded(stem: str) -> bytes | None:
    return encoded((stem,))[0]


def list_vetoing_terms(entities: Iterable[Entity]) -> set[str]:
    """Return the terms against any of the entities, in the form for a folded text."""
    return {_stem(term) for entity in entities for term in entity.context_none}


def _wanted(terms: Iterable[str]) -> list[tuple[str, bool]]:
    """Return the search forms of terms, and whether each must begin with a capital."""
    return sorted({(_stem(term), term[0].isupper()) for term in terms})


def _stem(term: str) -> str:
    """Return the search form of a term in a folded text: a word or phrase, and, unless it is short, a prefix."""
    folded = words(term)
    if folded[0] >= _HAN:
        return folded
    return f" {folded}" if len(folded) > _STEM else f" {folded} "


class ArticleContext:
    """The fields of one article, with cached data for several hits.

    Positions count in the concatenated fields, with one line break between two.
    """

    def __init__(self, fields: Sequence[Field], terms: Terms, against: Container[str], day: date | None = None) -> None:
        """`against` are the terms against entities that occur in the article."""
        self.fields = fields
        self.text = "\n".join([part.text for part in fields])
        self._terms = terms
        self.against = against
        self.day = day
        self._offsets: dict[tuple[str, str], list[int]] = {}
        self._are_capitals: dict[int, bool] = {}
        self._are_small: dict[int, bool] = {}
        self._are_titles: dict[int, bool] = {}
        self._breaks: list[int] | None = None

    def is_near(self, entity: Entity, sort: str, start: int, end: int) -> bool:
        """Return whether a term of an entity stands in the paragraph of a hit or within NEAR_WORDS of it.

        A term against an entity must do both; for an entity with a window of its own only its words count.
        """
        offsets = self._asked(entity.id, sort)
        if not offsets:
            return False
        at = bisect_left(offsets, start)
        return any(
            self._is_close(entity, sort, min(start, one), max(end, one)) for one in offsets[max(at - 1, 0) : at + 2]
        )

    def _asked(self, entity: str, sort: str) -> list[int]:
        key = (entity, sort)
        if key not in self._offsets:
            self._offsets[key] = self._terms.offsets(entity, sort, self.fields, self.against, self.day)
        return self._offsets[key]

    def _is_close(self, entity: Entity, sort: str, start: int, end: int) -> bool:
        if end - start > _NEAR_CHARS:
            return False
        text = self.text
        distance = text.count(" ", start, end)
        if entity.context_words:
            return distance <= entity.context_words
        if sort == AGAINST:
            return distance <= NEAR_WORDS and text.find("\n", start, end) < 0
        return distance <= NEAR_WORDS or text.find("\n", start, end) < 0

    def is_capitals(self, position: int) -> bool:
        """Return whether all words of the line around a position are in capitals, and it is more than a name."""
        return self._is_line(position, self._are_capitals, _is_capitals)

    def is_small(self, position: int) -> bool:
        """Return whether the line around a position has no capital, and more than one word."""
        return self._is_line(position, self._are_small, _is_small)

    def is_title(self, position: int) -> bool:
        """Return whether every word of the line around a position begins with a capital, as in an English headline."""
        return self._is_line(position, self._are_titles, _is_title)

    def _is_line(self, position: int, known: dict[int, bool], judge: Callable[[str], bool]) -> bool:
        first, last = self._line(position)
        if first not in known:
            known[first] = judge(self.text[first:last])
        return known[first]

    def _line(self, position: int) -> tuple[int, int]:
        """Return the beginning and the end of the line around a position."""
        near = max(0, position - _NEAR_LINE), position + _NEAR_LINE
        first, last = self.text.rfind("\n", near[0], position) + 1, self.text.find("\n", position, near[1])
        if (first or not near[0]) and (last >= 0 or near[1] >= len(self.text)):
            return first, last if last >= 0 else len(self.text)
        if self._breaks is None:  # searched once: a line may be as long as the text, and full of names
            self._breaks = [found.start() for found in _BREAK.finditer(self.text)]
        at = bisect_left(self._breaks, position)
        first = self._breaks[at - 1] + 1 if at else 0
        return first, self._breaks[at] if at < len(self._breaks) else len(self.text)


def _is_capitals(line: str) -> bool:
    return line.isupper() and len(line.split()) > 1


def _is_small(line: str) -> bool:
    return line.islower() and len(line.split()) > 1


def _is_title(line: str) -> bool:
    if len(line) > _TITLE_CHARS or line.rstrip().endswith("."):
        return False
    found = [word for word in line.split() if word[0].isalpha()]
    if len(found) < _TITLE_WORDS:
        return False
    return found[0][0].isupper() and all(word[0].isupper() for word in found if len(word) > _SMALL)
