"""Atoms: the smallest properties of an article that an index covers."""

from __future__ import annotations

from typing import NamedTuple


class Atom(NamedTuple):
    """A single property that an article has or lacks.

    | kind | value | true of an article |
    |---|---|---|
    | word | a folded word | with this word |
    | phrase | folded words, joined by spaces | with these words side by side |
    | like | a folded word with `*` | with such a word |
    | within | a folded word, ~, a number | with a word that many edits away |
    | entity, type | an id, a type | that mentions it, at any level |
    | source, country, lang, genre | a value | with this property |

    `field` is "title" or "author" for words that must stand there, else "": in title or text.
    """

    kind: str
    value: str
    field: str = ""


Group = tuple[Atom, ...]
"""Any of these."""
