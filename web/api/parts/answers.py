"""Answers of the API: JSON with an ETag, lists with a link to their next page, and the documented problems."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from db.dialect import to_json
from web.answers.page import conditional
from web.api.parts.row_models import ApiModel, make_example
from web.shared.cursors import LONGEST, NoCursor, read_cursor
from web.shared.links import change_query
from web.shared.params import InvalidParameter

LIMIT, LIMIT_MAX = 100, 500
SEARCH_S = 0.12
"""Time after which a search for one page ends with what it has."""


class ProblemDetails(ApiModel):
    """A problem by RFC 9457."""

    type: str = Field(
        description="Always `about:blank`: the status says which problem it is.", examples=["about:blank"]
    )
    title: str = Field(description="The problem in a few words.", examples=["This value cannot be used"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="What is wrong, and what to do.", examples=["entity: no entity is called 'cstoo'"])
    parameter: str | None = Field(None, description="The parameter that cannot be used.", examples=["entity"])
    candidates: list[str] | None = Field(None, description="Values that may have been meant.", examples=[["csto"]])
    position: int | None = Field(None, description="Characters before the fault in a query.", examples=[6])


def _problem(about: str, **headers: str) -> dict[str, Any]:
    described = {name: {"description": text, "schema": {"type": "integer"}} for name, text in headers.items()}
    content = {"application/problem+json": {"schema": ProblemDetails.model_json_schema()}}
    return {"description": about, "content": content} | ({"headers": described} if described else {})


PROBLEMS: dict[int | str, dict[str, Any]] = {
    304: {"description": "Nothing has changed since the answer with the ETag in `If-None-Match`."},
    404: _problem("There is no such thing."),
    422: _problem("A parameter cannot be used."),
    503: {
        **_problem("The database does not respond, or not in time: try again, or ask for less."),
        "headers": {"Retry-After": {"description": "Seconds until a new try.", "schema": {"type": "integer"}}},
    },
}
"""The answers that every operation may give besides its own."""

Limit = Annotated[
    int, Query(ge=1, le=LIMIT_MAX, description="Maximum number of things in the answer.", examples=[LIMIT])
]
Cursor = Annotated[
    str, Query(max_length=LONGEST, description="Where to continue: from `next` of the page before.", examples=[""])
]
NAME: dict[str, Any] = {"min_length": 1, "max_length": 300}
"""The length of a name in an address."""
ArticleId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Number of the article in this store.", examples=[17])]


def check_parameters(request: Request) -> None:
    """Refuse a parameter that the operation does not have: a misspelt filter would select everything.

    Refuse also one that is given more than once without being repeatable: only the last would count. Raises
    InvalidParameter.
    """
    known = _query_parameters(request.app)[request.scope["route"].operation_id]
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in known:
            shown = f"this operation has {', '.join(known)}" if known else "this operation has none"
            raise InvalidParameter(name[:60], "there is no such parameter", shown)
        if times > 1 and not known[name]:
            raise InvalidParameter(name, f"it is given {times} times", "give it once")


def _query_parameters(app: FastAPI) -> Mapping[str, Mapping[str, bool]]:
    """Return the query parameters of each operation of the API by name, and whether they are repeatable."""
    operations = (operation for path in app.openapi()["paths"].values() for operation in path.values())
    return {
        operation["operationId"]: {
            one["name"]: one["schema"].get("type") == "array"
            for one in operation.get("parameters", ())
            if one["in"] == "query"
        }
        for operation in operations
    }


KNOWN_ONLY = [Depends(check_parameters)]
"""The dependencies of every router of the API."""


def read_place(name: str, cursor: str, types: Sequence[type]) -> tuple[Any, ...] | None:
    """Return the place that a cursor of the list of that name stands for; None without one. Raises InvalidParameter."""
    if not cursor:
        return None
    try:
        return read_cursor(name, cursor, types)
    except NoCursor:
        raise InvalidParameter("cursor", "this is no cursor of this list", "take `next` of the page before") from None


def start_search() -> Callable[[], bool]:
    """Return a function that tells whether the time of a search that begins now is over."""
    end = time.monotonic() + SEARCH_S
    return lambda: time.monotonic() >= end


def answer(request: Request, record: Mapping[str, Any]) -> Response:
    """Return a record as JSON with an ETag; 304 if the client has it already."""
    response = conditional(request, to_json(record).encode(), "application/json")
    if record.get("next"):
        response.headers["Link"] = f'<{record["next"]}>; rel="next"'
    return response


def next_address(request: Request, **changes: str | None) -> str:
    """Return the address of the next page: this one with some parameters changed."""
    return change_query(request.url.path, request.query_params.multi_items(), changes)


def not_found(what: str) -> HTTPException:
    """Return the error for a thing that does not exist."""
    return HTTPException(404, f"There is no {what}.")


def documented(model: type[BaseModel], *, without: Sequence[int] = ()) -> dict[str, Any]:
    """Return how a route describes its answers: the model with an example, and the problems."""
    content = {"application/json": {"example": make_example(model)}}
    problems = {status: about for status, about in PROBLEMS.items() if status not in without}
    return {"response_model": model, "responses": {200: {"content": content}, **problems}}
