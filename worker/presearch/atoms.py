"""The smallest things that an index can tell of an article."""

from __future__ import annotations

from typing import NamedTuple


class Atom(NamedTuple):
    """Something that an article has or has not.

    | kind | value | true of an article |
    |---|---|---|
    | word | a folded word | that holds it |
    | phrase | folded words, joined by spaces | where they stand side by side |
    | like | a folded word with `*` | that holds such a word |
    | within | a folded word, ~, a number | that holds a word so many edits away |
    | entity, type | an id, a type | that mentions it, at whatever level |
    | source, country, lang, genre | a value | that has this property |

    `field` is "title" or "author" for words that must stand there, else "": in title or text.
    """

    kind: str
    value: str
    field: str = ""


Group = tuple[Atom, ...]
"""Any of these."""
