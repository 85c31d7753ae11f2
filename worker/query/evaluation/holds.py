"""Evaluation of a query on an article."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from worker.query.evaluation.locate import places, stand_apart
from worker.query.evaluation.sentences import true_in
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
    QueryField,
    Saved,
    Score,
    Sentence,
    Word,
)
from worker.query.positions.article_text import TokenizedArticle, name_key
from worker.query.words import is_like

_EVERYTHING = 1 << 60


def holds(query: Query, reading: TokenizedArticle) -> bool:
    """Return whether a query is true of an article."""
    return _HOLDS[type(query)](query, reading)


def _located(query: Query, reading: TokenizedArticle) -> bool:
    return bool(places(query, reading))


def _word(query: Word, reading: TokenizedArticle) -> bool:
    if query.plain:
        return query.plain in reading.vocabulary
    return _located(query, reading)


def _filter(query: Filter, reading: TokenizedArticle) -> bool:
    article = reading.article
    match query.kind:
        case QueryField.SOURCE:
            return _is_called(query.value, reading.source_names)
        case QueryField.LANG:
            language = (article.language or "").lower()
            return language == query.value.lower() or language.partition("-")[0] == query.value.lower()
        case QueryField.COUNTRY:
            country = article.source.country if article.source else None
            return query.value.lower() in (country or "").lower().split("/")
    return article.genre is not None and _is_called(query.value, frozenset((name_key(article.genre),)))


def _is_called(value: str, names: frozenset[str]) -> bool:
    key = name_key(value)
    return any(is_like(name, key) for name in names) if "*" in key else key in names


def _dated(query: DateRange, reading: TokenizedArticle) -> bool:
    moment = reading.article.published_at
    if moment is None:
        return False
    day = moment.date()
    return (query.since is None or query.since <= day) and (query.until is None or day <= query.until)


def _not(query: Not, reading: TokenizedArticle) -> bool:
    return not holds(query.part, reading)


def _and(query: And, reading: TokenizedArticle) -> bool:
    for part in query.parts:  # noqa: SIM110 - twice as fast as all(…)
        if not _HOLDS[type(part)](part, reading):
            return False
    return True


def _or(query: Or, reading: TokenizedArticle) -> bool:
    for part in query.parts:  # noqa: SIM110 - twice as fast as any(…)
        if _HOLDS[type(part)](part, reading):
            return True
    return False


def _at_least(query: AtLeast, reading: TokenizedArticle) -> bool:
    found = places(query.part, reading)
    if query.count == 1:
        return bool(found)
    return bool(stand_apart(found, query.count, (0,), (_EVERYTHING,))[0])


def _score(query: Score, reading: TokenizedArticle) -> bool:
    # Sums of weights with two decimals, compared in hundredths: 0.1 + 0.2 is 0.3 here.
    total = sum(round(100 * weight) for term, weight in query.terms if holds(term, reading))
    return total >= round(100 * query.threshold)


def _saved(query: Saved, reading: TokenizedArticle) -> bool:
    return holds(query.part, reading)


def _sentence(query: Sentence, reading: TokenizedArticle) -> bool:
    return bool(true_in(query.part, reading).any())


_HOLDS: dict[type[Query], Callable[[Any, TokenizedArticle], bool]] = {
    Word: _word,
    Phrase: _located,
    EntityNode: _located,
    Near: _located,
    Filter: _filter,
    DateRange: _dated,
    Not: _not,
    And: _and,
    Or: _or,
    AtLeast: _at_least,
    Score: _score,
    Saved: _saved,
    Sentence: _sentence,
}
