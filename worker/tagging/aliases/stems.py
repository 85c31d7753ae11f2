"""Stems of aliases, with their possible endings."""

from __future__ import annotations

from typing import NamedTuple

NO_ENDINGS: frozenset[str] = frozenset()


class Stem(NamedTuple):
    """The constant part of an alias, as written, and the folded endings one of which must follow.

    An ending of `derived` makes a demonym of a place's name.
    """

    text: str
    endings: frozenset[str]
    derived: frozenset[str] = NO_ENDINGS
