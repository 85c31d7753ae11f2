"""Query and article → whether it matches, and by which words. The one evaluator, for arrival and archive."""

from __future__ import annotations

from worker.query.article import QueryArticle
from worker.query.evaluation.explain import MatchedTerm, explain
from worker.query.evaluation.holds import holds
from worker.query.nodes import Query
from worker.query.positions.article_text import TokenizedArticle

__all__ = ["MatchedTerm", "Verdict", "evaluate", "judge"]


class Verdict:
    """The result of a query for an article, with the reason."""

    __slots__ = ("_asked", "_because", "matched")

    def __init__(self, matched: bool, query: Query, reading: TokenizedArticle) -> None:
        self.matched = matched
        self._asked = query, reading
        self._because: tuple[MatchedTerm, ...] | None = None

    @property
    def because(self) -> tuple[MatchedTerm, ...]:
        """The matched words in reading order, computed on first use; a query that only excludes has none."""
        if self._because is None:
            self._because = explain(*self._asked) if self.matched else ()
        return self._because


def evaluate(query: Query, article: QueryArticle) -> Verdict:
    """Return whether the article matches, with the reason."""
    return judge(query, TokenizedArticle(article))


def judge(query: Query, reading: TokenizedArticle) -> Verdict:
    """Return the verdict of `evaluate` for a tokenized article."""
    return Verdict(holds(query, reading), query, reading)
