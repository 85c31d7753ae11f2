"""Parameters of addresses, as people and forms write them: an empty one counts as missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from db.articles.counting_day import day_at
from db.articles.filters import Filters, Lack
from db.enums.vocabulary import MentionLevel
from web.shared.store import Store
from worker.query.errors import QueryError
from worker.search.days import NoDay, parse_days
from worker.search.filters import InvalidFilter, build_filters
from worker.search.lookup import UnknownName, find_entity_ids, find_source_ids
from worker.search.scope import ScopeFilter

_NAMES_MAX, _NAME_MAX = 50, 300
Names = Annotated[list[Annotated[str, Field(max_length=_NAME_MAX)]], Field(max_length=_NAMES_MAX)]
"""Names in a repeated parameter."""


class UnknownPage(HTTPException):
    """A page of something unknown; `similar` are the addresses of pages that may be meant, by what they show."""

    def __init__(self, message: str, similar: Mapping[str, str]) -> None:
        super().__init__(404, message[:1].upper() + message[1:])
        self.similar = similar


class InvalidParameter(ValueError):
    """A parameter with a value that cannot be used; `hint` says what to do, `candidates` are values that were meant.

    `position` counts the characters before the fault in a query.
    """

    def __init__(
        self, name: str, message: str, hint: str = "", candidates: Sequence[str] = (), *, position: int | None = None
    ) -> None:
        super().__init__(message)
        self.name, self.message, self.hint, self.candidates = name, message, hint, candidates
        self.position = position


QueryText = Annotated[
    str,
    Query(
        max_length=2_000,
        description="Only articles that match this query, in the language of alerts.",
        examples=["csto AND drill*"],
    ),
]


@contextmanager
def reading_query() -> Iterator[None]:
    """Refuse a `query` that cannot be read as a parameter. Raises InvalidParameter."""
    try:
        yield
    except QueryError as error:
        raise InvalidParameter("query", error.message, error.hint, position=error.position) from None


def _unless_empty(written: object) -> object:
    return None if written == "" else written


def _may_be_empty(schema: dict[str, Any]) -> None:
    """Say in the description of the API that an empty value counts as missing."""
    schema["anyOf"].append({"const": ""})


SourceName = Annotated[
    str,
    Query(max_length=_NAME_MAX, description="Only of this outlet (id, name or domain).", examples=["eurasianet"]),
]


class FilterParameters(BaseModel):
    """The filters of articles in an address; they are those of the commands."""

    since: str = Field(
        "",
        max_length=40,
        examples=["2022-01"],
        description="First day: 2022-01-05, 2022-01, 2022, today, yesterday or 90d.",
    )
    until: str = Field(
        "", max_length=40, examples=["2022-01-31"], description="Last day, in the same ways: 2022 ends in December."
    )
    entity: Names = Field([], examples=[["csto"]], description="Only of this entity (id, label or alias); repeatable.")
    source: Names = Field(
        [], examples=[["eurasianet"]], description="Only of this outlet (id, name or domain); repeatable."
    )
    lang: Names = Field([], examples=[["ru"]], description="Only articles in this language; repeatable.")
    genre: Names = Field([], examples=[["news"]], description="Only of this genre; repeatable.")
    scope: Annotated[ScopeFilter | None, BeforeValidator(_unless_empty)] = Field(
        None,
        examples=["in"],
        description="Only articles in or out of the vocabulary's scope.",
        json_schema_extra=_may_be_empty,
    )
    level: Annotated[MentionLevel | None, BeforeValidator(_unless_empty)] = Field(
        None,
        examples=["name"],
        description="Only articles that mention the entity, or any, at this level; of mentions only those.",
        json_schema_extra=_may_be_empty,
    )
    reprints_of: Names = Field(
        [],
        examples=[["eurasianet"]],
        description="Only reprints of articles of this outlet, or of `any`, in others; repeatable.",
    )
    reprinted_by: Names = Field(
        [],
        examples=[["any"]],
        description="Only originals that this other outlet, or `any`, has reprinted; repeatable.",
    )


def _list_parameters(parameters: Annotated[FilterParameters, Query()]) -> FilterParameters:
    return parameters


ArticleParameters = Annotated[FilterParameters, Depends(_list_parameters)]
"""A parameter of a view: the filters in its address."""


class SearchParameters(FilterParameters):
    """The filters of the search: also those that only the numbers of other pages lead to."""

    together: Names = Field([], description="Only articles that count as naming these entities together; repeatable.")
    country: Names = Field([], description="Only of outlets of exactly this country; repeatable.")
    lacks: Annotated[list[Lack], Field(max_length=len(Lack))] = Field(
        [], description="Only articles without a date, a day on which they count, a language, genre or country."
    )


def _search_parameters(parameters: Annotated[SearchParameters, Query()]) -> SearchParameters:
    return parameters


AskedFilters = Annotated[SearchParameters, Depends(_search_parameters)]
"""A parameter of a view: the filters of the search in its address."""


def read_filters(conn: Connection, parameters: FilterParameters, *, store: Store) -> Filters:
    """Return the filters of an address. Raises InvalidParameter."""
    first, last = read_days(conn, parameters.since, parameters.until, store=store)
    try:
        filters = build_filters(
            conn,
            since=first,
            until=last,
            entities=_written(parameters.entity),
            sources=_written(parameters.source),
            languages=_written(parameters.lang),
            genres=_written(parameters.genre),
            scope=parameters.scope or ScopeFilter.all,
            level=parameters.level,
            reprints_of=_written(parameters.reprints_of),
            reprinted_by=_written(parameters.reprinted_by),
            together=_written(parameters.together) if isinstance(parameters, SearchParameters) else (),
        )
    except UnknownName as error:
        raise InvalidParameter(error.kind, error.message, error.hint, error.candidates) from None
    except InvalidFilter as error:
        raise InvalidParameter(error.field, str(error)) from None
    if isinstance(parameters, SearchParameters):
        return replace(filters, countries=_written(parameters.country), lacks=parameters.lacks)
    return filters


def _written(names: Sequence[str]) -> list[str]:
    return [name for name in names if name.strip()]


def read_days(conn: Connection, since: str, until: str, *, store: Store) -> tuple[date | None, date | None]:
    """Return the first and the last day of a range; None for an open end. Raises InvalidParameter."""

    def today() -> date:
        return day_at(conn, store.now())

    first = _day("since", since, today)
    last = _day("until", until, today)
    days = first and first[0], last and last[1]
    if days[0] and days[1] and days[0] > days[1]:
        raise InvalidParameter("since", f"{days[0]} is after {days[1]}: no day lies between them")
    return days


def _day(name: str, written: str, today: Callable[[], date]) -> tuple[date, date] | None:
    if not written.strip():
        return None
    try:
        return parse_days(written, today)
    except NoDay as error:
        raise InvalidParameter(name, str(error)) from None


def get_entity(conn: Connection, name: str) -> str:
    """Return the id of the entity with this id, label or alias. Raises InvalidParameter."""
    try:
        return find_entity_ids(conn, [name])[0]
    except UnknownName as error:
        raise InvalidParameter("entity", error.message, error.hint, error.candidates) from None


def get_source(conn: Connection, name: str) -> str:
    """Return the id of the outlet with this id, name or domain. Raises InvalidParameter."""
    try:
        return find_source_ids(conn, [name])[0]
    except UnknownName as error:
        raise InvalidParameter("source", error.message, error.hint, error.candidates) from None
