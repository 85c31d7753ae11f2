"""Selection of articles by a query of the alert language: judged one by one, as alerts judge them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from db.alerts.subscriptions import saved_queries
from db.articles.lists.candidates import iter_candidates
from db.articles.lists.holders import select_done
from db.articles.lists.positions import Position, find_position
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
_FIRST_PAGE = 30


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
    query = read_query(conn, text)
    place = None if after is None else find_position(conn, after)
    return (judged.hit for judged in iter_judged(conn, filters, query, after=place) if judged.hit is not None)


@dataclass(frozen=True, slots=True)
class Judged:
    """A place in a list by date, and the article there if it matches; all before it are judged."""

    to: Position
    hit: BacktestHit | None = None
    ends_batch: bool = False
    """True at the end of some hundred places, of which few or none were candidates."""


def iter_judged(
    conn: Connection, filters: Filters, query: Query, *, after: Position | None = None, oldest_first: bool = False
) -> Iterator[Judged]:
    """Yield the candidates of a query after a place, and places between which none matches."""
    need = required_terms(query)
    for batch in iter_candidates(conn, filters, need, after=after, oldest_first=oldest_first):
        size = _FIRST_PAGE
        start = 0
        while start < len(batch.found):
            page = batch.found[start : start + size]
            places = dict(page)
            done = select_done(conn, list(places))
            articles = read_articles(conn, [revision_id for revision_id in places if revision_id in done])
            for row, article in articles:
                verdict = evaluate(query, article)
                yield Judged(places[row.revision_id], BacktestHit(row, verdict) if verdict.matched else None)
            start += size
            size = _PAGE
        yield Judged(batch.to, ends_batch=True)


def read_query(conn: Connection, text: str) -> Query:
    """Return the query of a text, with the saved queries and names of the store. Raises QueryError."""
    return _read(conn, text)


def match_revisions(conn: Connection, query: Query, revision_ids: Collection[int]) -> set[int]:
    """Return those of a few current revisions that are processed completely and match the query."""
    done = sorted(select_done(conn, revision_ids), reverse=True)
    return {found.row.revision_id for found in _judged(conn, query, done)}


def _read(conn: Connection, text: str, *, is_stored: bool = False) -> Query:
    saved, names = saved_queries(conn), load_query_names(conn)
    return parse_stored(text, saved, names)[0] if is_stored else parse(text, saved, names)


def _judged(conn: Connection, query: Query, candidates: Sequence[int]) -> Iterator[BacktestHit]:
    for start in range(0, len(candidates), _PAGE):
        for row, article in read_articles(conn, candidates[start : start + _PAGE]):
            verdict = evaluate(query, article)
            if verdict.matched:
                yield BacktestHit(row, verdict)
