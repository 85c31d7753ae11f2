"""The matched words of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from db.enums.vocabulary import MentionField
from worker.query.evaluation.holds import holds
from worker.query.evaluation.locate import Places, common, places, spans, within
from worker.query.evaluation.sentences import SentenceMatches, true_in
from worker.query.nodes import (
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
    get_parts,
    iter_leaves,
)
from worker.query.positions.article_text import TokenizedArticle

MOST_SHOWN = 20
"""Maximum of places listed for one term."""


class MatchedTerm(NamedTuple):
    """Words that made a query match: field, position and spelling, and the term of the query.

    For properties of the whole article (source, date …) `field` names the property and there are no offsets. A named
    tuple because a busy worker makes many.
    """

    field: str
    start: int | None
    end: int | None
    surface: str
    term: str


def explain(query: Query, reading: TokenizedArticle) -> tuple[MatchedTerm, ...]:
    """Return the matched terms of a query that holds, in reading order; none for one that only excludes."""
    return tuple(sorted(set(_fired(query, reading, None)), key=_in_reading_order))


def _in_reading_order(fired: MatchedTerm) -> tuple[bool, bool, int, int, str]:
    return (fired.start is None, fired.field != MentionField.TITLE, fired.start or 0, -(fired.end or 0), fired.term)


def _fired(query: Query, reading: TokenizedArticle, sentences: SentenceMatches | None) -> Iterator[MatchedTerm]:
    """Yield the matched terms of a query, in some sentences or everywhere."""
    return _FIRED[type(query)](query, reading, sentences)


def _leaf(query: Leaf, reading: TokenizedArticle, sentences: SentenceMatches | None) -> Iterator[MatchedTerm]:
    return _shown(query, _places(query, reading, sentences), reading)


def _property(
    query: Filter | DateRange, reading: TokenizedArticle, sentences: SentenceMatches | None
) -> Iterator[MatchedTerm]:
    yield MatchedTerm(*_named(query, reading), str(query))


def _none(query: Not, reading: TokenizedArticle, sentences: SentenceMatches | None) -> Iterator[MatchedTerm]:
    return iter(())


def _of_all(
    query: And | AtLeast | Saved, reading: TokenizedArticle, sentences: SentenceMatches | None
) -> Iterator[MatchedTerm]:
    for part in dict.fromkeys(get_parts(query)):
        yield from _fired(part, reading, sentences)


def _of_true(query: Or, reading: TokenizedArticle, sentences: SentenceMatches | None) -> Iterator[MatchedTerm]:
    for part in query.parts:
        if sentences is None:
            if holds(part, reading):
                yield from _fired(part, reading, None)
        elif (are_true := sentences.flags & true_in(part, reading)).any():
            yield from _fired(part, reading, SentenceMatches(are_true, reading))


def _of_near(query: Near, reading: TokenizedArticle, sentences: SentenceMatches | None) -> Iterator[MatchedTerm]:
    taking_part = _places(query, reading, sentences)
    for leaf in iter_leaves(query):
        yield from _shown(leaf, common(taking_part, _places(leaf, reading, sentences)), reading)


def _of_score(query: Score, reading: TokenizedArticle, sentences: SentenceMatches | None) -> Iterator[MatchedTerm]:
    for term, weight in query.terms:
        if weight > 0 and holds(term, reading):
            yield from _fired(term, reading, sentences)


def _of_sentence(
    query: Sentence, reading: TokenizedArticle, sentences: SentenceMatches | None
) -> Iterator[MatchedTerm]:
    return _fired(query.part, reading, SentenceMatches(true_in(query.part, reading), reading))


_FIRED: dict[type[Query], Callable[[Any, TokenizedArticle, SentenceMatches | None], Iterator[MatchedTerm]]] = {
    Word: _leaf,
    Phrase: _leaf,
    EntityNode: _leaf,
    Filter: _property,
    DateRange: _property,
    Not: _none,
    And: _of_all,
    AtLeast: _of_all,
    Saved: _of_all,
    Or: _of_true,
    Near: _of_near,
    Score: _of_score,
    Sentence: _of_sentence,
}


def _places(query: Query, reading: TokenizedArticle, sentences: SentenceMatches | None) -> Places:
    if sentences is None:
        return places(query, reading)
    return within(places(query, reading, reading.fences), sentences.words)


def _shown(leaf: Leaf, found: Places, reading: TokenizedArticle) -> Iterator[MatchedTerm]:
    zone = reading.zone(leaf.field)
    term = str(leaf)
    for span in spans(found, MOST_SHOWN):
        yield MatchedTerm(*zone.place(span), zone.surface(span), term)


def _named(query: Filter | DateRange, reading: TokenizedArticle) -> tuple[str, None, None, str]:
    article = reading.article
    if isinstance(query, DateRange):
        return "published_at", None, None, f"{article.published_at:%Y-%m-%d}"
    if query.kind == QueryField.GENRE:
        return QueryField.GENRE, None, None, article.genre or ""
    if query.kind == QueryField.LANG:
        return "language", None, None, article.language or ""
    source = article.source
    if query.kind == QueryField.COUNTRY:
        return QueryField.COUNTRY, None, None, (source.country if source else None) or ""
    return QueryField.SOURCE, None, None, source.id if source else article.url
