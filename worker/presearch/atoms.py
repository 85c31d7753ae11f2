"""Atoms: the smallest properties of an article that an index covers."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from worker.query.nodes import QueryField


class AtomKind(StrEnum):
    """The kind of an atom: its value, and the articles that have it.

    | kind | value | true of an article |
    |---|---|---|
    | word | a folded word | with this word |
    | phrase | folded words, joined by spaces | with these words side by side |
    | like | a folded word with `*` | with such a word |
    | within | a folded word, ~, a number | with a word that many edits away |
    | entity, type | an id, a type | that mentions it, at any level |
    | source, country, lang, genre | a value | with this property |
    """

    WORD = "word"
    PHRASE = "phrase"
    LIKE = "like"
    WITHIN = "within"
    ENTITY = "entity"
    TYPE = "type"
    SOURCE = "source"
    COUNTRY = "country"
    LANG = "lang"
    GENRE = "genre"


class Atom(NamedTuple):
    """A single property that an article has or lacks.

    `field` is one of `ATOM_FIELDS`, where words must stand, or "": in title or text.
    """

    kind: AtomKind
    value: str
    field: str = ""


ATOM_FIELDS = (QueryField.TITLE, QueryField.AUTHOR)
"""The fields that indexes distinguish."""

Group = tuple[Atom, ...]
"""Any of these."""
