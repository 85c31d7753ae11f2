"""Which articles of the store answer a query of the alert language: judged one by one, as alerts judge them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from db import exports
from db.exports import Filters
from db.subscriptions import saved_queries
from db.texts import TextRow
from worker.alerts.evaluate import evaluate
from worker.alerts.query import parse, parse_stored
from worker.delivery.indexed import need_of
from worker.delivery.known import names_of
from worker.delivery.views import read_articles

_PAGE = 100


def matching(conn: Connection, filters: Filters, text: str, *, is_stored: bool = False) -> Iterator[TextRow]:
    """Yield the articles that pass the filters and answer the query, by day. Raises QueryError.

    One that `is_stored` was checked then: it keeps its meaning, whatever is refused by now.
    """
    saved, names = saved_queries(conn), names_of(conn)
    query = parse_stored(text, saved, names)[0] if is_stored else parse(text, saved, names)
    candidates = exports.find_candidates(conn, need_of(query), filters)
    pages = (candidates[start : start + _PAGE] for start in range(0, len(candidates), _PAGE))
    judged = ((row, evaluate(query, article)) for page in pages for row, article in read_articles(conn, page))
    return (row for row, verdict in judged if verdict.matched)
