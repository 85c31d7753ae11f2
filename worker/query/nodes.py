"""Queries as values. `str` of one is its canonical text, which parses to an equal query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as derived
from datetime import date
from enum import StrEnum

from worker.query.words import list_variants


class QueryField(StrEnum):
    """A field of a query: the part of an article, or its property, that words before a colon name."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    AUTHOR = "author"
    ENTITY = "entity"
    TYPE = "type"
    SOURCE = "source"
    COUNTRY = "country"
    LANG = "lang"
    GENRE = "genre"
    SAVED = "saved"
    DATE = "date"


class LetterCase(StrEnum):
    """The spelling that a word of a query asks for."""

    EXACT = "exact"
    """Each letter as typed."""
    NAME = "name"
    """A capital at the beginning."""


TEXT_FIELDS = (QueryField.TITLE, QueryField.LEAD, QueryField.BODY, QueryField.AUTHOR)
"""Fields of words; without one, title and text are searched."""
TAG_FIELDS = (QueryField.ENTITY, QueryField.TYPE)
VALUE_FIELDS = (QueryField.SOURCE, QueryField.COUNTRY, QueryField.LANG, QueryField.GENRE)

_BARE = re.compile(r"[^\W_][^\s()\"^~:]*")
_OPERATORS = frozenset(("and", "or", "not", "near", "onear"))


class Query:
    """Any query. Compare with ==, print with str."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Word(Query):
    """A word as typed: it may have parts (Nagorno-Karabakh), contain `*`, and be misspelled by `edits` letters.

    `case` is a `LetterCase`, or "" for any.
    """

    text: str
    field: str = ""
    case: str = ""
    edits: int = 0
    variants: tuple[tuple[str, ...], ...] = derived(init=False, compare=False, repr=False)
    """Sequences of folded words; any of them matches."""
    plain: str = derived(init=False, compare=False, repr=False)
    """The single folded word to search for anywhere; "" for other queries."""

    def __post_init__(self) -> None:
        variants = list_variants(self.text)
        is_plain = variants == variants[:1] and len(variants[0]) == 1 and "*" not in variants[0][0]
        object.__setattr__(self, "variants", variants)
        is_plain = is_plain and not (self.field or self.case or self.edits)
        object.__setattr__(self, "plain", variants[0][0] if is_plain else "")

    def __str__(self) -> str:
        return _prefixed(self.field, self.case) + self.text + (f"~{self.edits}" if self.edits else "")


@dataclass(frozen=True, slots=True)
class Phrase(Query):
    """Words in this order, with at most `slop` others between them."""

    text: str
    field: str = ""
    case: str = ""
    slop: int = 0
    variants: tuple[tuple[str, ...], ...] = derived(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "variants", list_variants(self.text))

    def __str__(self) -> str:
        return _prefixed(self.field, self.case) + f'"{self.text}"' + (f"~{self.slop}" if self.slop else "")


@dataclass(frozen=True, slots=True)
class EntityNode(Query):
    """A mention of an entity, or of any entity of a type; `kind` is one of TAG_FIELDS."""

    kind: str
    value: str
    field: str = ""

    def __str__(self) -> str:
        return _prefixed(self.field, "") + f"{self.kind}:{_value(self.value)}"


@dataclass(frozen=True, slots=True)
class Filter(Query):
    """A property of the whole article; `kind` is one of VALUE_FIELDS."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{_value(self.value)}"


@dataclass(frozen=True, slots=True)
class DateRange(Query):
    """Published on one of these days in UTC, both included; None is open."""

    since: date | None
    until: date | None

    def __str__(self) -> str:
        return f"date:{self.since or ''}..{self.until or ''}"


@dataclass(frozen=True, slots=True)
class Not(Query):
    """True if the article does not match `part`."""

    part: Query

    def __str__(self) -> str:
        return f"NOT {_unit(self.part)}"


@dataclass(frozen=True, slots=True)
class And(Query):
    """True if the article matches all parts."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return _joined(" AND ", self.parts)


@dataclass(frozen=True, slots=True)
class Or(Query):
    """True if the article matches one of the parts."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return _joined(" OR ", self.parts)


@dataclass(frozen=True, slots=True)
class Near(Query):
    """A word of `left` and one of `right` at most `distance` words apart; the next word is 1 apart."""

    left: Query
    right: Query
    distance: int
    is_ordered: bool = False

    def __str__(self) -> str:
        left = str(self.left) if isinstance(self.left, Near) else _unit(self.left)
        return f"{left} {'ONEAR' if self.is_ordered else 'NEAR'}/{self.distance} {_unit(self.right)}"


@dataclass(frozen=True, slots=True)
class Sentence(Query):
    """True if one sentence matches all of `part`."""

    part: Query

    def __str__(self) -> str:
        return f"SENT({self.part})"


@dataclass(frozen=True, slots=True)
class AtLeast(Query):
    """True if `part` stands at least `count` times in the article."""

    count: int
    part: Query

    def __str__(self) -> str:
        return f"atleast/{self.count}({self.part})"


@dataclass(frozen=True, slots=True)
class Score(Query):
    """True if the weights of the matched terms add up to the threshold."""

    threshold: float
    terms: tuple[tuple[Query, float], ...]

    def __str__(self) -> str:
        terms = (f"{_unit(term)}^{weight:g}" for term, weight in self.terms)
        return f"score>={self.threshold:g}({' '.join(terms)})"


@dataclass(frozen=True, slots=True)
class Saved(Query):
    """A saved query, by name and content."""

    name: str
    part: Query

    def __str__(self) -> str:
        return f"saved:{_value(self.name)}"


def get_parts(query: Query) -> tuple[Query, ...]:
    """Return the direct parts of a query."""
    match query:
        case And(parts) | Or(parts):
            return parts
        case Not(part) | Sentence(part) | AtLeast(_, part) | Saved(_, part):
            return (part,)
        case Near(left, right):
            return (left, right)
        case Score(_, terms):
            return tuple(term for term, _ in terms)
    return ()


Leaf = Word | Phrase | EntityNode
"""A query with positions in a text."""


def iter_leaves(query: Query) -> Iterator[Leaf]:
    """Yield the words, phrases and entities anywhere in a query."""
    if isinstance(query, Leaf):
        yield query
    for part in get_parts(query):
        yield from iter_leaves(part)


_PREFIX_OF_CASE: Mapping[str, str] = {LetterCase.EXACT: "case:", LetterCase.NAME: "name:"}


def _prefixed(field: str, case: str) -> str:
    return (f"{field}:" if field else "") + (_PREFIX_OF_CASE.get(case, ""))


def _joined(operator: str, parts: Iterable[Query]) -> str:
    return operator.join(str(part) if isinstance(part, Not) else _unit(part) for part in parts)


def _unit(query: Query) -> str:
    """Return the text of a query in parentheses if operators beside it could take it apart."""
    return f"({query})" if isinstance(query, And | Or | Not | Near) else str(query)


def is_bare(text: str) -> bool:
    """Return whether a value needs no quotes."""
    return _BARE.fullmatch(text) is not None and text.lower() not in _OPERATORS


def _value(text: str) -> str:
    return text if is_bare(text) else f'"{text}"'
