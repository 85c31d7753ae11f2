"""Checks of distances, numbers and sentences of a query, beyond their form."""

from __future__ import annotations

from worker.query.errors import QueryError
from worker.query.nodes import (
    And,
    DateRange,
    EntityNode,
    Filter,
    Near,
    Or,
    Phrase,
    Query,
    QueryField,
    Saved,
    Score,
    Sentence,
    Word,
    get_parts,
)


def check_places(query: Query, operator: str, position: int) -> None:
    """Raise QueryError unless a query has positions in a text, as distances and numbers require."""
    match query:
        case Word() | Phrase() | EntityNode():
            return
        case Or() | Near() | Saved():
            for part in get_parts(query):
                check_places(part, operator, position)
            return
    name = operator.partition("/")[0]
    is_distance = name != "atleast"
    if isinstance(query, And):
        example = f"(a {operator} b) AND (a {operator} c)" if is_distance else f"{operator} a AND {operator} b"
        hint = f"repeat {name} for each: {example}"
    else:
        hint = f"join the rest with AND: {f'(a {operator} b)' if is_distance else f'{operator} a'} AND ({query})"
    raise QueryError(f"{name} takes words, phrases, entities and groups of them with OR", position, hint)


def check_sentence(query: Query, position: int) -> None:
    """Raise QueryError for a part that stands in no sentence."""
    match query:
        case Filter() | DateRange() | Score() | Sentence():
            raise QueryError(
                f"{query} is about the whole article, not about a sentence",
                position,
                "write it outside SENT(…), joined with AND",
            )
        case Word() | Phrase() | EntityNode() if query.field == QueryField.AUTHOR:
            raise QueryError(f"{query} stands in no sentence", position, "write it outside SENT(…), joined with AND")
    for part in get_parts(query):
        check_sentence(part, position)
