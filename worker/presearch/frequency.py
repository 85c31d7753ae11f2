"""Share of articles with an atom: counted if texts are at hand, else guessed by its length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from worker.presearch.atoms import Atom, AtomKind
from worker.query.article import QueryArticle
from worker.query.nodes import QueryField
from worker.query.positions.article_text import TokenizedArticle

_BY_LENGTH = (1.0, 0.6, 0.6, 0.4, 0.2, 0.12, 0.08, 0.05, 0.04, 0.03, 0.02)
"""Share of articles with an average word of this length; longer ones are like the last."""
_BY_KIND = {
    AtomKind.ENTITY: 0.03,
    AtomKind.TYPE: 0.6,
    AtomKind.SOURCE: 0.02,
    AtomKind.COUNTRY: 0.1,
    AtomKind.LANG: 0.3,
    AtomKind.GENRE: 0.2,
}
_IN_FIELD: Mapping[str, float] = {QueryField.TITLE: 0.1, QueryField.AUTHOR: 0.01}


class Frequencies:
    """Estimates of the share of articles that have an atom, from 0 to 1. They decide speed, never results."""

    def __init__(self, words: Mapping[str, float] | None = None, tags: Mapping[str, float] | None = None) -> None:
        """`words` and `tags` (entities) hold counted shares; without them all is guessed."""
        self._words = words or {}
        self._tags = tags or {}
        self._unseen = min(self._words.values(), default=0.0) / 2

    @staticmethod
    def counted(articles: Iterable[QueryArticle]) -> Frequencies:
        """Return the shares in a sample of articles; a few hundred recent ones suffice."""
        words: Counter[str] = Counter()
        tags: Counter[str] = Counter()
        total = 0
        for article in articles:
            words.update(TokenizedArticle(article).vocabulary)
            tags.update({mention.entity for mention in article.mentions})
            total += 1
        return Frequencies(
            {word: count / total for word, count in words.items()}, {tag: count / total for tag, count in tags.items()}
        )

    def of(self, atom: Atom) -> float:
        """Return the share of articles that have an atom."""
        kind, value, field = atom
        if kind == AtomKind.WORD:
            share = self._of_word(value)
        elif kind == AtomKind.PHRASE:
            share = 0.2 * min(map(self._of_word, value.split()))
        elif kind == AtomKind.LIKE:
            share = min(1.0, 3 * _guess(len(value.replace("*", ""))))
        elif kind == AtomKind.WITHIN:
            share = min(1.0, 3 * self._of_word(value.partition("~")[0]))
        elif kind == AtomKind.ENTITY and self._tags:
            share = self._tags.get(value, self._unseen)
        else:
            share = _BY_KIND[kind]
        return share * _IN_FIELD.get(field, 1.0)

    def of_any(self, atoms: Iterable[Atom]) -> float:
        """Return the approximate share of articles with any of some atoms."""
        return sum(map(self.of, atoms))

    def _of_word(self, word: str) -> float:
        return self._words.get(word, self._unseen) if self._words else _guess(len(word))


def _guess(length: int) -> float:
    return _BY_LENGTH[min(length, len(_BY_LENGTH) - 1)]
