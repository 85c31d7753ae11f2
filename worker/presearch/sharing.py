"""Deduplication of equal words in many queries: a hundred thousand queries have few different words."""

from __future__ import annotations

from dataclasses import replace

from worker.query.nodes import And, AtLeast, Near, Not, Or, Query, Saved, Score, Sentence

_MOST_KNOWN = 1_000_000
"""Size at which the cache is cleared; shared queries stay unchanged."""


class Sharing:
    """The leaves of queries, each once."""

    def __init__(self) -> None:
        self._known: dict[Query, Query] = {}

    def shared(self, query: Query) -> Query:
        """Return an equal query that shares its leaves with other queries where they are equal."""
        match query:
            case And(parts) | Or(parts):
                return type(query)(tuple(map(self.shared, parts)))
            case Not() | Sentence() | AtLeast() | Saved():
                return replace(query, part=self.shared(query.part))
            case Near(left, right):
                return replace(query, left=self.shared(left), right=self.shared(right))
            case Score(_, terms):
                return replace(query, terms=tuple((self.shared(term), weight) for term, weight in terms))
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        return self._known.setdefault(query, query)
