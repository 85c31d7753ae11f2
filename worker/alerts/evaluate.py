"""Query and article → does it match, and because of which words. The one evaluator, for arrival and archive."""

from __future__ import annotations

from dataclasses import dataclass

from worker.alerts.article import Article
from worker.alerts.because import Fired, reasons
from worker.alerts.nodes import Query
from worker.alerts.reading import Reading
from worker.alerts.truth import holds

__all__ = ["Fired", "Verdict", "evaluate", "judge"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an article matches, and why; a query that only excludes has no reasons."""

    matched: bool
    because: tuple[Fired, ...] = ()


NO = Verdict(False)


def evaluate(query: Query, article: Article) -> Verdict:
    """Return whether the article matches, with the words that fired in reading order."""
    return judge(query, Reading(article))


def judge(query: Query, reading: Reading) -> Verdict:
    """Do what `evaluate` does with an article that is read already."""
    return Verdict(True, reasons(query, reading)) if holds(query, reading) else NO
