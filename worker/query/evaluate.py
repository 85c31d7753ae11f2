"""Query and article → does it match, and because of which words. The one evaluator, for arrival and archive."""

from __future__ import annotations

from worker.query.article import Article
from worker.query.article_text import Reading
from worker.query.explain import Fired, reasons
from worker.query.holds import holds
from worker.query.nodes import Query

__all__ = ["Fired", "Verdict", "evaluate", "judge"]


class Verdict:
    """Whether an article matches, and why."""

    __slots__ = ("_asked", "_because", "matched")

    def __init__(self, matched: bool, query: Query, reading: Reading) -> None:
        self.matched = matched
        self._asked = query, reading
        self._because: tuple[Fired, ...] | None = None

    @property
    def because(self) -> tuple[Fired, ...]:
        """The words that fired, in reading order, found when first asked for; a query that only excludes has none."""
        if self._because is None:
            self._because = reasons(*self._asked) if self.matched else ()
        return self._because


def evaluate(query: Query, article: Article) -> Verdict:
    """Return whether the article matches, and why."""
    return judge(query, Reading(article))


def judge(query: Query, reading: Reading) -> Verdict:
    """Do what `evaluate` does with an article that is read already."""
    return Verdict(holds(query, reading), query, reading)
