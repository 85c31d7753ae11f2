"""The search: articles by a query of the alert language and by filters, with counts of what they have."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from db.articles.lists.facets import count_facets
from db.collection.feeds.feeds import count_feeds, find_network_problem
from db.collection.sources.sources import find_names
from db.totals import has_articles
from db.vocabulary.versions import find_labels
from web.answers.page import Format, PageFormat, respond
from web.pages.results import Beginning, SearchPage, SearchProblem, SearchRequest, SortOrder
from web.shared.cursors import LONGEST
from web.shared.names import find_named
from web.shared.params import AskedFilters, InvalidParameter, read_filters
from web.shared.positions import read_best_place, read_position
from web.shared.store import Reading, Store
from worker.export.by_query import read_query
from worker.query.errors import QueryError
from worker.search.pages.best import BestPlace, best_page
from worker.search.pages.results import PageLimits, list_page, search_page
from worker.search.query_check import check_query

_COUNTED = 2_000
"""Number of articles behind the counts."""
_VALUES = 8
"""Values of a property in the list of counts."""
_COUNTING_S, _SEARCHING_S = 0.08, 0.12
"""Time since the request after which no more articles are counted, and after which a search shows what it has."""
_QUERY_MAX = 2_000
router = APIRouter(include_in_schema=False)
QueryText = Annotated[str, Query(max_length=_QUERY_MAX)]


@router.get("/search")
def show_search(
    request: Request,
    store: Reading,
    format: Format,
    parameters: AskedFilters,
    q: QueryText = "",
    sort: SortOrder = SortOrder.NEWEST,
    after: Annotated[str, Query(max_length=LONGEST)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 25,
) -> Response:
    """Return the page of a search; 422 with the reason if it is not possible."""
    begun = time.monotonic()
    asked = SearchRequest(q=q, parameters=parameters, sort=sort, after=after, limit=limit)
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "format"]
    page = SearchPage(asked=asked, now=store.now(), path=request.url.path, pairs=pairs)
    try:
        with store.reading() as conn:
            return respond(request, _search(conn, store, page, begun), format)
    except QueryError as error:
        problem = SearchProblem(field="q", message=error.message, hint=error.hint, pointed=error.pointed(q))
        failure: Exception = InvalidParameter("q", error.message, error.hint, position=error.position)
    except InvalidParameter as error:
        problem, failure = SearchProblem(field=error.name, message=error.message, hint=error.hint), error
    if format is not PageFormat.HTML:
        raise failure
    return respond(request, replace(page, problem=problem), format, 422)


def _search(conn: Connection, store: Store, page: SearchPage, begun: float) -> SearchPage:
    asked = page.asked
    filters = read_filters(conn, asked.parameters, store=store)
    query = read_query(conn, asked.q) if asked.q.strip() else None
    limits = PageLimits(
        articles=asked.limit,
        counted=_COUNTED,
        is_counting_over=lambda: time.monotonic() > begun + _COUNTING_S,
        is_over=lambda: time.monotonic() > begun + _SEARCHING_S,
    )
    oldest_first = asked.sort is SortOrder.OLDEST
    following: BestPlace | None = None
    after = None if page.is_ranked else read_position(asked.after)
    if query is not None and page.is_ranked:
        results, following = best_page(conn, filters, query, limits, at=read_best_place(asked.after))
    elif query is not None:
        results = search_page(conn, filters, query, limits, after=after, oldest_first=oldest_first)
    else:
        results = list_page(conn, filters, limits, after=after, oldest_first=oldest_first)
    return replace(
        page,
        filters=filters,
        results=results,
        following=following,
        beginning=None if results.found else _find_beginning(conn),
        facets=count_facets(conn, results.counted, limit=_VALUES),
        canonical="" if query is None else str(query),
        names=find_names(conn),
        labels=find_labels(conn) if filters.entities or filters.together else {},
        named=find_named(conn, asked.q) if query is not None and not asked.after.strip() else {},
    )


def _find_beginning(conn: Connection) -> Beginning | None:
    if has_articles(conn):
        return None
    return Beginning(count_feeds(conn)["active"], find_network_problem(conn))


@router.get("/search/check")
def show_check(store: Reading, q: QueryText = "") -> Response:
    """Return whether a query is valid, and what it means, for the field of the search."""
    with store.reading() as conn:
        return JSONResponse(check_query(conn, q).record())
