"""Back-tests: a query over the archive with the evaluator of arrivals, over candidates from the word index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from db.articles import texts, word_index
from db.articles.texts import TextRow
from db.engine import Database
from worker.matching.article_view import read_articles
from worker.matching.forecast import Forecast, count_weeks, forecast
from worker.matching.word_index import index_terms, required_terms
from worker.query.evaluate import Verdict, evaluate
from worker.query.query import Query

_PAGE = 100


@dataclass(frozen=True, slots=True)
class BacktestHit:
    """A matching article, with the reason."""

    row: TextRow
    verdict: Verdict


def index_missing(database: Database) -> int:
    """Index current revisions that are not in the index yet, such as older ones; return their number."""
    done = 0
    while waiting := database.read(lambda conn: word_index.find_unindexed(conn, limit=_PAGE)):
        rows = database.read(partial(texts.read_texts, revision_ids=waiting))
        words = {row.revision_id: index_terms(row.title, row.text, row.language) for row in rows}
        database.write(partial(word_index.record_words, words=words))
        done += len(waiting)
    return done


def search(
    database: Database, query: Query, *, since: date | None = None, until: date | None = None, narrowed: bool = True
) -> Iterator[BacktestHit]:
    """Yield the articles that match a query in their current form, by the day on which they count.

    `since` and `until` are inclusive. Without `narrowed` every article is checked: slower, with the same result.
    """
    need = required_terms(query) if narrowed else None
    candidates = database.read(lambda conn: word_index.find_candidates(conn, need, since=since, until=until))
    for start in range(0, len(candidates), _PAGE):
        page = candidates[start : start + _PAGE]
        for row, article in database.read(partial(read_articles, revision_ids=page)):
            verdict = evaluate(query, article)
            if verdict.matched:
                yield BacktestHit(row, verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The expected behaviour of a subscription in a past period."""

    articles: int
    items: int
    """One for each story: the number of alerts."""
    weeks: Sequence[tuple[date, int]]
    """(Monday, items)."""
    forecast: Forecast | None
    by_outlet: Sequence[tuple[str, int]]
    """Articles by outlet, most first."""
    by_language: Sequence[tuple[str, int]]


class BacktestTotals:
    """Counts the results of a search."""

    def __init__(self) -> None:
        self._articles = 0
        self._first: dict[int, date] = {}
        self._outlets: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()

    def add(self, row: TextRow) -> None:
        """Count an article; they arrive by day, so the first of a story is the one that would be sent."""
        self._articles += 1
        self._first.setdefault(row.cluster_id, row.counts_on)
        self._outlets[row.source_id] += 1
        self._languages[row.language or "unknown"] += 1

    def summary(self, since: date, until: date) -> Summary:
        """Return the counts of these days, both included."""
        weeks = count_weeks(list(self._first.values()), since, until)
        days = (until - since + timedelta(days=1)).days
        return Summary(
            articles=self._articles,
            items=len(self._first),
            weeks=weeks,
            forecast=forecast([count for _, count in weeks], days),
            by_outlet=self._outlets.most_common(),
            by_language=self._languages.most_common(),
        )
