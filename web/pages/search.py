"""The search: articles by a query of the alert language and by filters, with counts of what they have."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from db.articles.filters import ANY_OUTLET, Filters, Lack
from db.articles.lists.facets import FacetCount, Facets, count_facets
from db.articles.lists.positions import Position
from db.collection.sources.sources import find_names
from db.vocabulary.versions import find_labels
from web.answers.page import Format, PageFormat, respond
from web.answers.tables import PageTable
from web.shared.cursors import NoCursor, read_cursor, write_cursor
from web.shared.links import change_query
from web.shared.names import find_named
from web.shared.params import AskedFilters, InvalidParameter, SearchParameters, read_filters
from web.shared.store import Reading, Store
from web.statistics.series import LEVEL_NAMES
from worker.export.by_query import read_query
from worker.query.errors import QueryError
from worker.search.hits import FoundArticle
from worker.search.query_check import check_query
from worker.search.records import list_record
from worker.search.result_pages import PageLimits, ResultPage, list_page, search_page
from worker.subscriptions.suggestion import join_filters, suggest_command

_COUNTED = 2_000
"""Number of articles behind the counts."""
_VALUES = 8
"""Values of a property in the list of counts."""
_COUNTING_S, _SEARCHING_S = 0.08, 0.12
"""Time since the request after which no more articles are counted, and after which a search shows what it has."""
_QUERY_MAX = 2_000
_TITLES = {
    "entity": "Entities",
    "source": "Outlets",
    "lang": "Languages",
    "country": "Countries",
    "genre": "Genres",
    "scope": "Scope",
    "reprints_of": "Reprints",
    "reprinted_by": "Originals",
}

_FILTERS: Mapping[str, str] = {
    "since": "from",
    "until": "to",
    "entity": "entity",
    "together": "named together",
    "level": "mentioned",
    "source": "outlet",
    "reprints_of": "reprints of",
    "reprinted_by": "reprinted by",
    "lang": "language",
    "country": "country",
    "genre": "genre",
    "scope": "scope",
    "lacks": "without",
}
"""The parameters that are filters, in the order of their chips, with their names there."""

router = APIRouter(include_in_schema=False)


class SortOrder(StrEnum):
    """The order of a list of articles."""

    NEWEST = "newest"
    OLDEST = "oldest"


QueryText = Annotated[str, Query(max_length=_QUERY_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """The question of a reader."""

    q: str
    parameters: SearchParameters
    sort: SortOrder = SortOrder.NEWEST
    after: str = ""
    limit: int = 25


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address without it."""

    name: str
    label: str
    address: str

    @property
    def filter(self) -> str:
        """The name of the filter on screen."""
        return _FILTERS[self.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchProblem:
    """The reason why a search is not possible."""

    field: str
    message: str
    hint: str = ""
    pointed: str = ""
    """The query with a caret under the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The content of the page of a search."""

    asked: SearchRequest
    now: datetime
    path: str
    pairs: Sequence[tuple[str, str]]
    """The parameters of its address."""
    filters: Filters = field(default_factory=Filters)
    results: ResultPage = field(default_factory=lambda: ResultPage(found=(), counted=(), is_all=True, after=None))
    facets: Facets = field(default_factory=dict)
    canonical: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    """The labels of the entities of which the query is a name."""
    problem: SearchProblem | None = None

    template = "search.html"

    @property
    def title(self) -> str:
        """The title of the page."""
        return f"Search: {' '.join(self.asked.q.split())[:80]}" if self.asked.q.strip() else "Search"

    @property
    def next_address(self) -> str | None:
        """The address of the next page."""
        if self.results.after is None:
            return None
        return change_query(self.path, self.pairs, {"after": write_position(self.results.after)})

    @property
    def next_json(self) -> str | None:
        """The address of the next page as JSON."""
        return f"{self.next_address}&format=json" if self.next_address else None

    @property
    def searched_to(self) -> date | None:
        """The day up to which the search came before its time was over."""
        return self.results.after.counts_on if self.results.is_cut and self.results.after else None

    @property
    def shown_facets(self) -> Sequence[tuple[str, str, Sequence[FacetCount]]]:
        """The counts: (parameter, title, values), without the values that are filters already."""
        in_force = set(self.pairs)
        shown = [
            (name, title, [one for one in self.facets.get(name, ()) if (name, one.value) not in in_force])
            for name, title in _TITLES.items()
        ]
        return [facet for facet in shown if facet[2]]

    def add(self, name: str, value: str) -> str:
        """Return the address of the search with one more filter."""
        present = [] if name == "scope" else [known for key, known in self.pairs if key == name and known != value]
        return change_query(self.path, self.pairs, {name: [*present, value], "after": None})

    @property
    def chips(self) -> Sequence[Chip]:
        """The filters in force."""
        outlets = {ANY_OUTLET: "any other outlet", **self.names}
        known: Mapping[str, Mapping[str, str]] = {
            "entity": self.labels,
            "together": self.labels,
            "source": self.names,
            "reprints_of": outlets,
            "reprinted_by": outlets,
        }
        found = []
        for name in _FILTERS:
            values = [value for key, value in self.pairs if key == name and value.strip()]
            for value in values:
                rest = [other for other in values if other != value]
                address = change_query(self.path, self.pairs, {name: rest, "after": None})
                found.append(Chip(name, _describe(known.get(name, {}), name, value), address))
        return found

    @property
    def hidden(self) -> Sequence[str]:
        """The filters that the form has no fields for."""
        return [name for name in _FILTERS if name not in ("since", "until")]

    @property
    def unsaid(self) -> Sequence[str]:
        """The filters in force that no alert can have, by their names on screen."""
        names = ("together", "level", "reprints_of", "reprinted_by", "country", "lacks")
        return [_FILTERS[name] for name in names if getattr(self.asked.parameters, name)]

    @property
    def command(self) -> str | None:
        """The command that subscribes to this search."""
        joined = join_filters(self.asked.q, self.filters)
        return suggest_command(joined) if joined.strip() and self.problem is None else None

    def articles(self) -> Sequence[FoundArticle]:
        """Return the articles found, the newest first."""
        found = self.results.found
        return found if self.asked.sort is SortOrder.NEWEST else found[::-1]

    def record(self) -> dict[str, Any]:
        """Return the articles found with snippets, the counts, and the address of the next page."""
        return {
            "query": self.asked.q,
            "canonical": self.canonical,
            "articles": [self._article(found) for found in self.results.found],
            "counted": len(self.results.counted),
            "counted_all": self.results.is_all,
            "facets": {
                name: [{"value": one.value, "label": one.label, "articles": one.articles} for one in values]
                for name, values in self.facets.items()
            },
            "searched_to": self.searched_to and self.searched_to.isoformat(),
            "next": self.next_json,
        }

    def table(self) -> PageTable:
        """Return the articles found."""
        columns = ("article_id", "counts_on", "published_at", "source", "title", "language", "genre", "url", "snippet")
        return PageTable.of_records(columns, [self._article(found) for found in self.results.found])

    @staticmethod
    def _article(found: FoundArticle) -> dict[str, Any]:
        return list_record(found.article) | {"snippet": "".join(piece.text for piece in found.words) or None}


def _describe(names: Mapping[str, str], name: str, value: str) -> str:
    """Return a filter's value in words."""
    if name == "lacks":
        return Lack.from_value(value).meaning
    return dict[str, str](LEVEL_NAMES).get(value, value) if name == "level" else names.get(value, value)


def write_position(position: Position) -> str:
    """Return the cursor of a place in a list by date."""
    return write_cursor("articles", [position.counts_on, position.dated_at.isoformat(), position.article_id])


def read_position(cursor: str) -> Position | None:
    """Return the place of a cursor; None for an empty one. Raises InvalidParameter."""
    if not cursor.strip():
        return None
    try:
        counts_on, dated_at, article_id = read_cursor("articles", cursor, (date, str, int))
        return Position(counts_on, datetime.fromisoformat(dated_at).astimezone(UTC), article_id)
    except (NoCursor, ValueError, OverflowError):
        raise InvalidParameter("after", "this is no place in a list", "begin at the first page") from None


@router.get("/search")
def show_search(
    request: Request,
    store: Reading,
    format: Format,
    parameters: AskedFilters,
    q: QueryText = "",
    sort: SortOrder = SortOrder.NEWEST,
    after: Annotated[str, Query(max_length=300)] = "",
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
    after = read_position(asked.after)
    query = read_query(conn, asked.q) if asked.q.strip() else None
    limits = PageLimits(
        articles=asked.limit,
        counted=_COUNTED,
        is_counting_over=lambda: time.monotonic() > begun + _COUNTING_S,
        is_over=lambda: time.monotonic() > begun + _SEARCHING_S,
    )
    oldest_first = asked.sort is SortOrder.OLDEST
    if query is not None:
        results = search_page(conn, filters, query, limits, after=after, oldest_first=oldest_first)
    else:
        results = list_page(conn, filters, limits, after=after, oldest_first=oldest_first)
    return replace(
        page,
        filters=filters,
        results=results,
        facets=count_facets(conn, results.counted, limit=_VALUES),
        canonical="" if query is None else str(query),
        names=find_names(conn),
        labels=find_labels(conn) if filters.entities or filters.together else {},
        named=find_named(conn, asked.q) if query is not None and after is None else {},
    )


@router.get("/search/check")
def show_check(store: Reading, q: QueryText = "") -> Response:
    """Return whether a query is valid, and what it means, for the field of the search."""
    with store.reading() as conn:
        return JSONResponse(check_query(conn, q).record())
