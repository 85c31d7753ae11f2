"""The cost of a query for its author: too many articles, too few, or too much work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from worker.presearch.frequency import Frequencies
from worker.presearch.narrow import narrow
from worker.query.names import QueryNames
from worker.query.nodes import Filter, LetterCase, Near, Not, Or, Query, QueryField, Word, get_parts, iter_leaves

FEWEST_LETTERS = 4
"""Before a `*`; with fewer, words of every kind match."""
MOST_WILDCARDS = 5
MOST_ALTERNATIVES = 50
MOST_EXCLUDED = 20
FARTHEST = 30
"""Words apart; beyond, NEAR means little more than AND."""
_SMALL_WORDS = frozenset(("us", "it", "who", "is", "aid", "am", "as", "at", "in", "or", "be", "un"))
"""Common words that equal an abbreviation in capitals if letter case is ignored."""
TOO_BROAD = 0.25
"""Share of all articles."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on a query before it is saved: the part of it, the problem, and the advice."""

    term: str
    message: str
    hint: str


def lint_query(query: Query, frequencies: Frequencies | None = None, known: QueryNames | None = None) -> list[Remark]:
    """Return remarks on a query, those on the whole first; none for a good one.

    `frequencies` of a sample of the archive improve the estimate of matching articles. With `known`, unknown outlets
    are remarked on: they may yet appear, so they are no error.
    """
    remarks = [*_breadth(query, frequencies or Frequencies()), *_wildcards(query)]
    for part in _all_parts(query):
        match part:
            case Near():
                remarks += _near(part)
            case Or(parts) if len(parts) > MOST_ALTERNATIVES:
                hint = "an entity: covers all spellings in all languages; lists are kept best as saved queries"
                remarks.append(Remark(_short(part), f"{len(parts)} alternatives", hint))
            case Not(inner) if (count := sum(1 for _ in iter_leaves(inner))) > MOST_EXCLUDED:
                remarks.append(Remark(_short(part), f"excludes {count} terms", "say what is wanted instead"))
            case Word(text, _, LetterCase.NAME):
                hint = f"write case:{text} for just this spelling, {text.lower()} for any"
                remarks.append(Remark(str(part), f"a name: {text.lower()} without a capital does not count", hint))
            case Word(text, _, "") if text.isupper() and text.lower() in _SMALL_WORDS:
                hint = f"write case:{text} for capitals only"
                remarks.append(Remark(str(part), f"“{text.lower()}” is found, too", hint))
            case Filter(QueryField.SOURCE, value) if known and known.sources and not known.has_source(value):
                remarks.append(Remark(str(part), "no outlet is called so yet", known.like_source(value)))
    return list(dict.fromkeys(remarks))


def _breadth(query: Query, frequencies: Frequencies) -> Iterator[Remark]:
    groups = narrow(query, frequencies)
    if not groups:
        hint = "add a word, an outlet or an entity that must be there"
        yield Remark(_short(query), "only says what must not be there: nearly every article matches", hint)
        return
    share = min(map(frequencies.of_any, groups))
    if share >= TOO_BROAD:
        hint = "add a rarer word with AND"
        yield Remark(_short(query), f"may match {min(share, 1):.0%} of all articles", hint)


def _wildcards(query: Query) -> Iterator[Remark]:
    found = [leaf for leaf in iter_leaves(query) if isinstance(leaf, Word) and "*" in leaf.text]
    for word in found:
        longest = max(len(piece) for piece in word.text.split("*"))
        if longest < FEWEST_LETTERS:
            hint = f"put at least {FEWEST_LETTERS} letters before *, or list the words with OR"
            letters = {0: "no letters", 1: "only one letter"}.get(longest, f"only {longest} letters")
            yield Remark(str(word), f"{letters} beside *: too many words are like it", hint)
    if len(found) > MOST_WILDCARDS:
        hint = "an entity: finds the forms of a name in every language"
        yield Remark(_short(query), f"{len(found)} wildcards", hint)


def _near(query: Near) -> Iterator[Remark]:
    for leaf in iter_leaves(query):
        if isinstance(leaf, Word) and "*" in leaf.text:
            yield Remark(str(leaf), "a wildcard inside NEAR: chance neighbours count", "list the words with OR")
    if query.distance > FARTHEST:
        yield Remark(_short(query), f"{query.distance} words are about a paragraph", "use SENT(…), or AND")


def _all_parts(query: Query) -> Iterator[Query]:
    yield query
    for part in get_parts(query):
        yield from _all_parts(part)


def _short(query: Query) -> str:
    text = str(query)
    return text if len(text) <= 80 else text[:79] + "…"
