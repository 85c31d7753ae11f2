"""The sentences in which a query is true. All are computed at once, so that many sentences and matches take no
longer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.query.evaluation.locate import get_begins, places, stand_apart
from worker.query.nodes import And, AtLeast, EntityNode, Near, Not, Or, Phrase, Query, Saved, Word
from worker.query.positions.article_text import TokenizedArticle
from worker.query.positions.bits import Bits, to_flags

Flags = NDArray[np.bool_]
"""Of each sentence of an article, in order."""


def true_in(query: Query, reading: TokenizedArticle) -> Flags:
    """Return the sentences in which a query about sentences is true (see `build`)."""
    return _TRUE_IN[type(query)](query, reading)


class SentenceMatches:
    """Some sentences of an article."""

    def __init__(self, flags: Flags, reading: TokenizedArticle) -> None:
        self.flags = flags
        self._reading = reading

    @cached_property
    def words(self) -> Bits:
        """The positions of their words."""
        begins, ends = self._reading.stretches
        flags = np.zeros(len(self._reading.main.words), dtype=np.bool_)
        if len(begins):
            flags[begins[0] :] = np.repeat(self.flags, np.subtract(ends, begins))
        return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


def _located(query: Word | Phrase | EntityNode | Near, reading: TokenizedArticle) -> Flags:
    found = get_begins(places(query, reading, reading.fences))
    begins, ends = reading.stretches
    if not found or not begins:
        return np.zeros(len(begins), dtype=np.bool_)
    flags: Flags = np.logical_or.reduceat(to_flags(found, ends[-1]), begins)
    return flags


def _not(query: Not, reading: TokenizedArticle) -> Flags:
    return ~true_in(query.part, reading)


def _and(query: And, reading: TokenizedArticle) -> Flags:
    found = true_in(query.parts[0], reading)
    for part in dict.fromkeys(query.parts[1:]):
        if not found.any():
            break
        found = found & true_in(part, reading)
    return found


def _or(query: Or, reading: TokenizedArticle) -> Flags:
    found = true_in(query.parts[0], reading)
    for part in dict.fromkeys(query.parts[1:]):
        found = found | true_in(part, reading)
    return found


def _at_least(query: AtLeast, reading: TokenizedArticle) -> Flags:
    found = places(query.part, reading, reading.fences)
    return stand_apart(found, query.count, *reading.stretches)


def _saved(query: Saved, reading: TokenizedArticle) -> Flags:
    return true_in(query.part, reading)


_TRUE_IN: dict[type[Query], Callable[[Any, TokenizedArticle], Flags]] = {
    Word: _located,
    Phrase: _located,
    EntityNode: _located,
    Near: _located,
    Not: _not,
    And: _and,
    Or: _or,
    AtLeast: _at_least,
    Saved: _saved,
}
