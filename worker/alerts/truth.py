"""Is a query true of an article, or of a part of it?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

from worker.alerts.locate import EVERYWHERE, are_near, spans, without_overlaps
from worker.alerts.nodes import (
    And,
    AtLeast,
    Dated,
    Filter,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Saved,
    Score,
    Sentence,
    Tagged,
    Word,
    leaves_of,
)
from worker.alerts.reading import Reading, Span, name_key
from worker.alerts.words import is_like


def holds(query: Query, reading: Reading, within: Span = EVERYWHERE) -> bool:
    """Return whether a query is true of the words from `within[0]` up to, not including, `within[1]`."""
    return _HOLDS[type(query)](query, reading, within)


def _located(query: Query, reading: Reading, within: Span) -> bool:
    return bool(spans(query, reading, within))


def _word(query: Word, reading: Reading, within: Span) -> bool:
    if query.plain and within is EVERYWHERE:
        return query.plain in reading.vocabulary
    return _located(query, reading, within)


def _filter(query: Filter, reading: Reading, within: Span) -> bool:
    article = reading.article
    match query.kind:
        case "source":
            return _is_called(query.value, reading.source_names)
        case "lang":
            language = (article.language or "").lower()
            return language == query.value.lower() or language.partition("-")[0] == query.value.lower()
        case "country":
            country = article.source.country if article.source else None
            return query.value.lower() in (country or "").lower().split("/")
    return article.genre is not None and _is_called(query.value, frozenset((name_key(article.genre),)))


def _is_called(value: str, names: frozenset[str]) -> bool:
    key = name_key(value)
    return any(is_like(name, key) for name in names) if "*" in key else key in names


def _dated(query: Dated, reading: Reading, within: Span) -> bool:
    moment = reading.article.published_at
    if moment is None:
        return False
    day = moment.date()
    return (query.since is None or query.since <= day) and (query.until is None or day <= query.until)


def _not(query: Not, reading: Reading, within: Span) -> bool:
    return not holds(query.part, reading, within)


def _and(query: And, reading: Reading, within: Span) -> bool:
    for part in query.parts:  # noqa: SIM110 - twice as fast as all(…)
        if not _HOLDS[type(part)](part, reading, within):
            return False
    return True


def _or(query: Or, reading: Reading, within: Span) -> bool:
    for part in query.parts:  # noqa: SIM110 - twice as fast as any(…)
        if _HOLDS[type(part)](part, reading, within):
            return True
    return False


def _near(query: Near, reading: Reading, within: Span) -> bool:
    left = spans(query.left, reading, within)
    right = spans(query.right, reading, within) if left else ()
    return are_near(left, right, query.distance, query.is_ordered)


def _at_least(query: AtLeast, reading: Reading, within: Span) -> bool:
    return len(without_overlaps(spans(query.part, reading, within))) >= query.count


def _score(query: Score, reading: Reading, within: Span) -> bool:
    # Sums of weights with two decimals, compared in hundredths: 0.1 + 0.2 is 0.3 here.
    total = sum(round(100 * weight) for term, weight in query.terms if holds(term, reading, within))
    return total >= round(100 * query.threshold)


def _saved(query: Saved, reading: Reading, within: Span) -> bool:
    return holds(query.part, reading, within)


def _sentence(query: Sentence, reading: Reading, within: Span) -> bool:
    return next(true_sentences(query, reading), None) is not None


def true_sentences(query: Sentence, reading: Reading) -> Iterator[Span]:
    """Yield the sentences that match. All without any of the query's words are alike: one stands for them."""
    begins = [*reading.sentences, len(reading.main.words)]
    named = {
        bisect_right(begins, first) - 1
        for leaf in leaves_of(query.part)
        for first, _ in spans(leaf, reading, EVERYWHERE)
    }
    bare = next((at for at in range(len(begins) - 1) if at not in named), None)
    for at in sorted(named if bare is None else named | {bare}):
        within = begins[at], begins[at + 1]
        if holds(query.part, reading, within):
            yield within


_HOLDS: dict[type[Query], Callable[[Any, Reading, Span], bool]] = {
    Word: _word,
    Phrase: _located,
    Tagged: _located,
    Near: _near,
    Filter: _filter,
    Dated: _dated,
    Not: _not,
    And: _and,
    Or: _or,
    AtLeast: _at_least,
    Score: _score,
    Saved: _saved,
    Sentence: _sentence,
}
