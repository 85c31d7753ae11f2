"""Necessary conditions for a match that an index can answer. They never exclude a match.

The condition is a sequence of groups; an article that matches has at least one atom of every group. An index that
cannot answer for an atom leaves its group out. No groups: any article may match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from worker.presearch.atoms import ATOM_FIELDS, Atom, AtomKind, Group
from worker.presearch.frequency import Frequencies
from worker.query.nodes import (
    And,
    AtLeast,
    DateRange,
    EntityNode,
    Filter,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Saved,
    Score,
    Sentence,
    Word,
    get_parts,
)
from worker.query.positions.article_text import name_key

MOST_GROUPS = 3
"""Maximum of groups made of the alternatives of one OR."""

Groups = tuple[Group, ...]
_GUESSED = Frequencies()


def narrow(query: Query, frequencies: Frequencies = _GUESSED) -> Groups:
    """Return the groups of atoms that an article must have; `frequencies` choose among possible ones."""
    return _NARROW[type(query)](query, frequencies)


def excluded(query: Query) -> Group:
    """Return the atoms that rule out a match of the query."""
    match query:
        case Not(part) if is_told(part):
            return tuple(atom for group in narrow(part) for atom in group)
        case And(parts):
            return _union(map(excluded, parts))
        case Saved(_, part):
            return excluded(part)
    return ()


def nears(query: Query) -> tuple[Near, ...]:
    """Return the NEAR conditions that must hold, if the positions of single atoms decide them."""
    match query:
        case And(parts):
            return tuple(near for part in parts for near in nears(part))
        case Saved(_, part):
            return nears(part)
        case Near(left, right) if all(map(_is_placed, (*alternatives(left), *alternatives(right)))):
            return (query,)
    return ()


def alternatives(query: Query) -> tuple[Query, ...]:
    """Return the parts of an OR; of another query, itself."""
    return query.parts if isinstance(query, Or) else (query,)


def _is_placed(query: Query) -> bool:
    return isinstance(query, Word | Phrase | EntityNode) and not query.field and is_told(query)


def remainder(query: Query) -> Query | None:
    """Return the rest to evaluate for an article with every group, nothing excluded, and `nears`; None: nothing."""
    match query:
        case And(parts):
            rest = tuple(part for part in parts if not _is_settled(part))
            return (And(rest) if len(rest) > 1 else rest[0]) if rest else None
        case Saved(_, part):
            return remainder(part)
    return None if _is_settled(query) else query


def _is_settled(query: Query) -> bool:
    return is_told(query) or (isinstance(query, Not) and is_told(query.part)) or nears(query) == (query,)


def is_told(query: Query) -> bool:
    """Return whether an atom of a query's only group is equivalent to a match."""
    match query:
        case Word(_, field, "", edits):
            plain = len(query.variants) == 1 and field in ("", *ATOM_FIELDS)
            return plain and (bool(edits) or _is_one_atom(query.variants[0], field))
        case Phrase(_, field, "", 0):
            plain = len(query.variants) == 1 and field in ("", *ATOM_FIELDS) and "*" not in query.text
            return plain and _is_one_atom(query.variants[0], field)
        case EntityNode():
            return not query.field
        case Filter():
            return "*" not in query.value
        case Or(parts):
            return all(map(is_told, parts))
    return False


def _is_one_atom(words: Sequence[str], field: str) -> bool:
    # In a field, indexes only know that the words of a phrase stand there.
    return len(words) == 1 or (not field and not any("*" in word for word in words))


def _word(query: Word, frequencies: Frequencies) -> Groups:
    if query.edits:
        return ((Atom(AtomKind.WITHIN, f"{query.variants[0][0]}~{query.edits}", _field(query)),),)
    return _either([_sequence(words, _field(query)) for words in query.variants], frequencies)


def _phrase(query: Phrase, frequencies: Frequencies) -> Groups:
    field = _field(query)
    if query.slop:
        apart = [[_sequence((word,), field) for word in words] for words in query.variants]
        return _either([tuple(group for groups in each for group in groups) for each in apart], frequencies)
    return _either([_sequence(words, field) for words in query.variants], frequencies)


def _field(query: Word | Phrase) -> str:
    return query.field if query.field in ATOM_FIELDS else ""


def _sequence(words: Sequence[str], field: str) -> Groups:
    """Return a group for each run of plain words, and for each pattern, of a phrase."""
    found: list[Group] = []
    for is_pattern, run in groupby(words, lambda word: "*" in word):
        if is_pattern:
            found += [(Atom(AtomKind.LIKE, word, field),) for word in run if word != "*"]
        else:
            together = tuple(run)
            found.append((Atom(AtomKind.PHRASE if len(together) > 1 else AtomKind.WORD, " ".join(together), field),))
    return tuple(found)


def _tagged(query: EntityNode, frequencies: Frequencies) -> Groups:
    return ((Atom(AtomKind(query.kind), query.value),),)


def _filter(query: Filter, frequencies: Frequencies) -> Groups:
    if "*" in query.value:
        return ()
    return ((Atom(AtomKind(query.kind), property_key(query.kind, query.value)),),)


def property_key(kind: str, value: str) -> str:
    """Return a property's value in the spelling of atoms."""
    return name_key(value) if kind in (AtomKind.SOURCE, AtomKind.GENRE) else value.lower()


def _nothing(query: Not | DateRange, frequencies: Frequencies) -> Groups:
    return ()


def _all(query: Query, frequencies: Frequencies) -> Groups:
    return tuple(group for part in get_parts(query) for group in narrow(part, frequencies))


def _or(query: Or, frequencies: Frequencies) -> Groups:
    return _either([narrow(part, frequencies) for part in query.parts], frequencies)


def _either(alternatives: Sequence[Groups], frequencies: Frequencies) -> Groups:
    """Return groups that hold for every alternative: the rarest of each together, the second rarest …"""
    if len(alternatives) == 1:
        return alternatives[0]
    if not all(alternatives):
        return ()
    ranked = [sorted(groups, key=frequencies.of_any) for groups in alternatives]
    depth = min(max(map(len, ranked), default=0), MOST_GROUPS)
    return tuple(_union(groups[min(rank, len(groups) - 1)] for groups in ranked) for rank in range(depth))


def _union(groups: Iterable[Group]) -> Group:
    return tuple(dict.fromkeys(atom for group in groups for atom in group))


def _score(query: Score, frequencies: Frequencies) -> Groups:
    """Return the groups without those terms that do not reach the threshold by themselves.

    One of the rest must be there; the most frequent ones are removed first.
    """
    positive = [(narrow(term, frequencies), round(100 * weight)) for term, weight in query.terms if weight > 0]
    spare = round(100 * query.threshold) - 1
    needed: list[Groups] = []
    for groups, weight in sorted(positive, key=lambda one: -_share(one[0], frequencies)):
        if weight <= spare:
            spare -= weight
        else:
            needed.append(groups)
    return _either(needed, frequencies)


def _share(groups: Groups, frequencies: Frequencies) -> float:
    return min(map(frequencies.of_any, groups), default=float("inf"))


_NARROW: dict[type[Query], Callable[[Any, Frequencies], Groups]] = {
    Word: _word,
    Phrase: _phrase,
    EntityNode: _tagged,
    Filter: _filter,
    DateRange: _nothing,
    Not: _nothing,
    And: _all,
    Or: _or,
    Near: _all,
    Sentence: _all,
    AtLeast: _all,
    Saved: _all,
    Score: _score,
}
