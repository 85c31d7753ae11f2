"""Invented queries over given texts: words and phrases that stand in them, joined in every way the language has."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cache

from worker.query.errors import QueryError
from worker.query.query import parse

_WORD = re.compile(r"[^\W\d_]{3,20}|\d{1,3}(?:[ .,\u00a0]\d{3})+\b|\d{4,9}\b|\b(?:[^\W\d_]\.){2,4}")
"""Words, numbers, abbreviations with dots."""


class Writer:
    """Writes queries; the same for the same texts, entities and seed."""

    def __init__(self, texts: Sequence[str], entities: Sequence[str], seed: int) -> None:
        self._draw = random.Random(seed)
        self._texts = [words for text in texts if len(words := self._words(text)) > 8]
        self._entities = list(entities)

    def query(self) -> str:
        """Return a query: two to four groups joined by AND, or a form of its own."""
        form = self._draw.random()
        if form < 0.08:
            return f"score>=6({self._term()}^5 {self._term()}^4 {self._term()}^2 {self._term()}^-3)"
        if form < 0.14:
            return f"SENT({self._word()} AND {self._word()})"
        if form < 0.2:
            return f"atleast/2({self._group()})"
        parts = [self._group() for _ in range(self._draw.randint(1, 3))]
        if self._draw.random() < 0.25:
            parts.append(f"NOT {self._group()}")
        if self._draw.random() < 0.2:
            parts.append(
                f"{self._word()} {self._draw.choice(('NEAR', 'ONEAR'))}/{self._draw.randint(2, 30)} {self._word()}"
            )
        if self._draw.random() < 0.1:
            parts.append(self._draw.choice(("lang:ru", "lang:en", "NOT lang:ky", "date:2019-01-01..")))
        return " AND ".join(parts)

    def _group(self) -> str:
        terms = [self._term() for _ in range(self._draw.randint(1, 4))]
        return f"({' OR '.join(terms)})" if len(terms) > 1 else terms[0]

    def _term(self) -> str:
        form = self._draw.random()
        if form < 0.15 and self._entities:
            return f"entity:{self._draw.choice(self._entities)}"
        if form < 0.35:
            return f'"{self._phrase()}"' + ("~2" if form < 0.2 else "")
        word = self._word()
        if form < 0.5 and len(word) > 4 and word.isalpha():
            return f"{word[: self._draw.randint(3, len(word) - 1)]}*"
        if form < 0.54 and len(word) > 4 and word.isalpha():
            return f"{word}~1"
        if form < 0.6:
            return f"{self._draw.choice(('title', 'lead', 'body'))}:{word}"
        return word

    def _word(self) -> str:
        return self._draw.choice(self._draw.choice(self._texts))

    def _phrase(self) -> str:
        words = self._draw.choice(self._texts)
        at = self._draw.randrange(len(words) - 3)
        return " ".join(words[at : at + self._draw.randint(2, 3)])

    @staticmethod
    def _words(text: str) -> list[str]:
        return [word for word in _WORD.findall(text[:4_000]) if _is_plain(word)]


@cache
def _is_plain(word: str) -> bool:
    """Return whether a word is no operator, here or in another tool; those are refused without quotes."""
    try:
        parse(word)
    except QueryError:
        return False
    return True
