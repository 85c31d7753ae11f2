"""A stem of an alias, with the endings that may follow."""

from __future__ import annotations

from typing import NamedTuple

NO_ENDINGS: frozenset[str] = frozenset()


class Stem(NamedTuple):
    """The part of an alias that stays, as written, and the folded endings one of which must follow.

    An ending of `derived` makes a demonym out of a place's name.
    """

    text: str
    endings: frozenset[str]
    derived: frozenset[str] = NO_ENDINGS
