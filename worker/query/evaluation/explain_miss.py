"""The reasons why a query does not match: its failing parts, and their counterparts in the article."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice
from typing import Any, NamedTuple

from worker.query.evaluation.explain import explain
from worker.query.evaluation.holds import holds
from worker.query.evaluation.locate import how_many_apart, nearest, places, spans
from worker.query.nodes import (
    TAG_FIELDS,
    And,
    AtLeast,
    DateRange,
    EntityNode,
    Filter,
    Leaf,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    QueryField,
    Saved,
    Score,
    Sentence,
    Word,
)
from worker.query.positions.article_text import TokenizedArticle
from worker.query.positions.zone import Span

MOST_FAILINGS = 20
_MOST_SHOWN = 3
_MOST_COMPARED = 5_000
"""Maximum of an article's words searched for one of similar spelling."""
_LONGEST_COMPARED = 60
"""Maximum length of a word searched for: comparison takes the square of it."""


class Failing(NamedTuple):
    """A part of a query that does not hold, with the reason."""

    part: str
    reason: str


def failings(query: Query, reading: TokenizedArticle) -> tuple[Failing, ...]:
    """Return the parts that keep a query from matching, in its order; none for one that matches."""
    if holds(query, reading):
        return ()
    return tuple(dict.fromkeys(islice(_failings(query, reading), MOST_FAILINGS)))


def _failings(query: Query, reading: TokenizedArticle) -> Iterator[Failing]:
    return _FAILINGS[type(query)](query, reading)


def _all(query: And, reading: TokenizedArticle) -> Iterator[Failing]:
    for part in query.parts:
        if not holds(part, reading):
            yield from _failings(part, reading)


def _any(query: Or, reading: TokenizedArticle) -> Iterator[Failing]:
    yield Failing(str(query), f"none of these {len(query.parts)} holds")
    for part in query.parts:
        if not isinstance(part, Word | Phrase | EntityNode):
            yield from _failings(part, reading)


def _not(query: Not, reading: TokenizedArticle) -> Iterator[Failing]:
    shown = dict.fromkeys(f"“{fired.surface}” ({fired.field})" for fired in explain(query.part, reading))
    there = ", ".join(islice(shown, _MOST_SHOWN))
    yield Failing(str(query), f"excluded, and there: {there}" if there else "what is excluded holds")


def _leaf(query: Leaf, reading: TokenizedArticle) -> Iterator[Failing]:
    yield Failing(str(query), _why_not_there(query, reading))


def _why_not_there(query: Leaf, reading: TokenizedArticle) -> str:
    if query.field:
        elsewhere = spans(places(replace(query, field=""), reading), 1)
        if elsewhere:
            return f"not in {query.field}, but in {_place(elsewhere[0], reading)}"
    if isinstance(query, EntityNode):
        return _why_not_named(query, reading)
    if query.case and (otherwise := spans(places(replace(query, case=""), reading), 1)):
        return f"only with other capitals: “{reading.zone(query.field).surface(otherwise[0])}”"
    where = f"in {query.field}" if query.field else "in title or text"
    words = query.variants[0]
    if len(words) > 1:
        missing = [word for word in words if "*" not in word and word not in reading.zone(query.field).positions]
        return f"no “{missing[0]}” {where}" if missing else f"its words stand {where}, but not side by side"
    near = _alike(words[0], reading) if query.field != QueryField.AUTHOR else []
    return f"not {where}" + (f"; spelled alike: {', '.join(f'“{word}”' for word in near)}" if near else "")


def _alike(word: str, reading: TokenizedArticle) -> list[str]:
    if len(word) > _LONGEST_COMPARED:
        return []
    return get_close_matches(word.strip("*"), sorted(reading.vocabulary)[:_MOST_COMPARED], n=_MOST_SHOWN, cutoff=0.75)


def _why_not_named(query: EntityNode, reading: TokenizedArticle) -> str:
    others = {
        mention.level
        for mention in reading.article.mentions
        if query.value in (mention.entity, mention.type) and query.kind in TAG_FIELDS
    }
    where = f" in {query.field}" if query.field else ""
    return f"only as {', '.join(sorted(others))}" if others and not where else f"not mentioned{where}"


def _place(span: Span, reading: TokenizedArticle) -> str:
    field, start, _ = reading.main.place(span)
    return f"{field} (character {start + 1})"


def _filter(query: Filter, reading: TokenizedArticle) -> Iterator[Failing]:
    article = reading.article
    outlet = article.source
    has: Mapping[str, str] = {
        QueryField.SOURCE: f"the outlet is {outlet.id}" if outlet else "its outlet is unknown",
        QueryField.LANG: f"the text is in {article.language}" if article.language else "its language is unknown",
        QueryField.COUNTRY: f"the outlet is of {outlet.country}"
        if outlet and outlet.country
        else "the country of its outlet is unknown",
        QueryField.GENRE: f"the genre is {article.genre}" if article.genre else "its genre is unknown",
    }
    yield Failing(str(query), has[query.kind])


def _dated(query: DateRange, reading: TokenizedArticle) -> Iterator[Failing]:
    moment = reading.article.published_at
    yield Failing(str(query), f"it was published on {moment.date()}" if moment else "it has no date")


def _near(query: Near, reading: TokenizedArticle) -> Iterator[Failing]:
    sides = [(side, places(side, reading)) for side in (query.left, query.right)]
    missing = [side for side, found in sides if not found]
    for side in missing:
        yield from _failings(side, reading)
    if not missing:
        apart = nearest(sides[0][1], sides[1][1])
        turned = query.is_ordered and apart <= query.distance
        how = "but in the other order" if turned else f"the nearest are {apart} words apart"
        yield Failing(str(query), f"both are there, {how}")


def _sentence(query: Sentence, reading: TokenizedArticle) -> Iterator[Failing]:
    if holds(query.part, reading):
        yield Failing(str(query), "all of it is there, but in no one sentence")
    else:
        yield from _failings(query.part, reading)


def _at_least(query: AtLeast, reading: TokenizedArticle) -> Iterator[Failing]:
    found = how_many_apart(places(query.part, reading))
    yield Failing(str(query), f"{found} times, not {query.count}")


def _score(query: Score, reading: TokenizedArticle) -> Iterator[Failing]:
    holding = [(term, weight) for term, weight in query.terms if holds(term, reading)]
    reached = ", ".join(f"{term} {weight:+g}" for term, weight in holding[:MOST_FAILINGS])
    total = sum(weight for _, weight in holding)
    yield Failing(str(query), f"reaches {total:g} of {query.threshold:g}" + (f": {reached}" if reached else ""))


def _saved(query: Saved, reading: TokenizedArticle) -> Iterator[Failing]:
    return _failings(query.part, reading)


_FAILINGS: dict[type[Query], Callable[[Any, TokenizedArticle], Iterator[Failing]]] = {
    And: _all,
    Or: _any,
    Not: _not,
    Word: _leaf,
    Phrase: _leaf,
    EntityNode: _leaf,
    Filter: _filter,
    DateRange: _dated,
    Near: _near,
    Sentence: _sentence,
    AtLeast: _at_least,
    Score: _score,
    Saved: _saved,
}
