"""Query → a condition that every answer fulfils, for the index of words. Pure.

It may be weaker than the query, never stronger: `NOT`, dates, misspellings and the like ask for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from db.wordindex import AllOf, AnyOf, HasEntity, HasWord, Need
from worker.alerts.nodes import And, AtLeast, Near, Or, Phrase, Query, Saved, Score, Sentence, Tagged, Word
from worker.alerts.words import Words, is_uzbek


def need_of(query: Query) -> Need | None:
    """Return what every answer has; None if anything may be one."""
    match query:
        case Word(field="author") | Phrase(field="author"):
            return None  # authors are not indexed
        case Word(edits=0, variants=variants) | Phrase(variants=variants):
            return _any(_all(map(_word, words)) for words in variants)
        case Tagged("entity", value):
            return HasEntity(value)
        case And(parts):
            return _all(map(need_of, parts))
        case Or(parts):
            return _any(map(need_of, parts))
        case Near(left, right):
            return _all([need_of(left), need_of(right)])
        case Sentence(part) | AtLeast(_, part) | Saved(_, part):
            return need_of(part)
        case Score(threshold, terms) if threshold > 0:
            return _any(need_of(term) for term, weight in terms if weight > 0)
    return None


def words_of(title: str | None, text: str, language: str | None) -> set[str]:
    """Return the words of an article as queries see them: what is indexed."""
    joins_uzbek = is_uzbek(language)
    return {word for part in (title or "", text) for word in Words(part, joins_uzbek=joins_uzbek).words}


def _word(pattern: str) -> Need | None:
    prefix, star, _ = pattern.partition("*")
    return HasWord(prefix, is_prefix=bool(star)) if prefix else None


def _all(needs: Iterable[Need | None]) -> Need | None:
    known = tuple(need for need in needs if need is not None)
    return AllOf(known) if len(known) > 1 else known[0] if known else None


def _any(needs: Iterable[Need | None]) -> Need | None:
    """Return that one of these holds; None if one of them asks for nothing, or if there is none."""
    known = []
    for need in needs:
        if need is None:
            return None
        known.append(need)
    return AnyOf(tuple(known)) if len(known) > 1 else known[0] if known else None
