"""Selection of articles by a query of the alert language: judged one by one, as alerts judge them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from db.alerts.subscriptions import saved_queries
from db.articles.listings import newest_candidates
from db.articles.texts import TextRow
from db.exports import read
from db.exports.read import Filters
from worker.matching.article_view import read_articles
from worker.matching.backtest import BacktestHit
from worker.matching.word_index import required_terms
from worker.query.evaluate import evaluate
from worker.query.query import Query, parse, parse_stored
from worker.subscriptions.references import load_query_names

_PAGE = 100


def matching(conn: Connection, filters: Filters, text: str, *, is_stored: bool = False) -> Iterator[TextRow]:
    """Yield the articles that pass the filters and match the query, by day. Raises QueryError.

    A query that `is_stored` was checked when it was saved: it keeps its meaning under later rules.
    """
    query = _read(conn, text, is_stored=is_stored)
    candidates = read.find_candidates(conn, required_terms(query), filters)
    return (found.row for found in _judged(conn, query, candidates))


def newest(conn: Connection, filters: Filters, text: str, after: int | None = None) -> Iterator[BacktestHit]:
    """Yield the articles that pass the filters and match the query, the newest first. Raises QueryError.

    With `after` only those after that article; raises LookupError if it does not exist.
    """
    query = _read(conn, text)
    return _judged(conn, query, newest_candidates(conn, required_terms(query), filters, after=after))


def _read(conn: Connection, text: str, *, is_stored: bool = False) -> Query:
    saved, names = saved_queries(conn), load_query_names(conn)
    return parse_stored(text, saved, names)[0] if is_stored else parse(text, saved, names)


def _judged(conn: Connection, query: Query, candidates: Sequence[int]) -> Iterator[BacktestHit]:
    for start in range(0, len(candidates), _PAGE):
        for row, article in read_articles(conn, candidates[start : start + _PAGE]):
            verdict = evaluate(query, article)
            if verdict.matched:
                yield BacktestHit(row, verdict)
