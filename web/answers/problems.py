"""Errors as answers: a page for people, `application/problem+json` (RFC 9457) below /api/ and for other formats."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from web.answers.render import render
from web.shared.links import change_query
from web.shared.params import InvalidParameter, UnknownPage
from worker.query.errors import QueryError

_log = logging.getLogger(__name__)
_HINT = "The menu above leads to all pages."
_NOT_READY = (
    "It is empty, or was written by another version of Steppewatch. Run “steppewatch up” to fill it, or "
    "“steppewatch migrate” to bring it to this version; “steppewatch demo” shows an invented web. "
    "This page then appears by itself."
)
_API_HINT = "/api/v1/openapi.json describes all addresses."


def answer_problem(
    request: Request,
    status: int,
    title: str,
    text: str,
    *,
    again_after_s: int | None = None,
    links: Mapping[str, str] | None = None,
    **extra: Any,
) -> Response:
    """Return an error as a page or as JSON, whichever the request is for. `links` are addresses by their words."""
    headers = {"Retry-After": str(again_after_s)} if again_after_s else {}
    if request.url.path.startswith("/api/") or request.query_params.get("format", "html") != "html":
        body = {"type": "about:blank", "title": title, "status": status, "detail": text, **extra}
        return JSONResponse(body, status, headers, media_type="application/problem+json")
    values = {"again_after_s": again_after_s} if again_after_s else {}
    answer = render("message.html", status, title=title, text=text, links=links or {}, **values)
    answer.headers.update(headers)
    return answer


def refused(request: Request, error: Exception) -> Response:
    """Return the answer for a page that does not exist or a method that it does not have."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = getattr(error, "detail", "")
    if status == 404 and request.url.path.startswith("/api/"):
        return answer_problem(request, 404, "Not found", detail if detail != "Not Found" else _API_HINT)
    if status == 404:
        links = error.similar if isinstance(error, UnknownPage) else {}
        text = detail if detail != "Not Found" else _HINT
        return answer_problem(request, 404, "There is no such page", text, links=links)
    answer = answer_problem(request, status, "This request is not possible", detail or _HINT)
    answer.headers.update(getattr(error, "headers", None) or {})  # a refused method comes with those that are allowed
    return answer


def invalid(request: Request, error: Exception) -> Response:
    """Return the answer for a parameter that cannot be used."""
    more: dict[str, Any] = {}
    position: int | None = None
    if isinstance(error, InvalidParameter):
        name, message, hint, position = error.name, error.message, error.hint, error.position
        more = {"candidates": list(error.candidates)} if error.candidates else {}
    elif isinstance(error, QueryError):
        name, message, hint, position = "q", error.message, error.hint, error.position
    else:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        name, message, hint = str(first["loc"][-1]), first["msg"], ""
    where = ""
    if position is not None:
        where, more = f"at character {position + 1}: ", {**more, "position": position}
    text = f"{name}: {where}{message}{'; ' if hint else ''}{hint}"
    links = {
        candidate: change_query(request.url.path, request.query_params.multi_items(), {name: candidate})
        for candidate in more.get("candidates", ())
    }
    if request.method == "GET":
        without = change_query(request.url.path, request.query_params.multi_items(), {name: None})
        links["the page without it"] = without
    return answer_problem(request, 422, "This value cannot be used", text, links=links, parameter=name, **more)


def no_answer(request: Request, error: Exception) -> Response:
    """Return the answer while the database does not respond, or when a query took too long."""
    _log.warning("the database does not respond: %s", error)
    if _is_without_tables(error):
        return answer_problem(request, 503, "The store is not ready", _NOT_READY, again_after_s=10)
    return answer_problem(
        request,
        503,
        "The database does not respond",
        "This page retries automatically. The error is in the log; “steppewatch status” shows more.",
        again_after_s=10,
    )


def _is_without_tables(error: Exception) -> bool:
    """Return whether tables or columns are missing: the store is empty, or of another version."""
    reason = getattr(error, "orig", None)
    is_of_postgresql = type(reason).__name__ in ("UndefinedTable", "UndefinedColumn")
    return is_of_postgresql or str(reason).startswith(("no such table", "no such column"))


def failed(request: Request, _error: Exception) -> Response:
    """Return the answer after an error of ours."""
    return answer_problem(request, 500, "Something went wrong", "The reason is in the log.")


HANDLERS: dict[Any, Any] = {
    HTTPException: refused,
    InvalidParameter: invalid,
    QueryError: invalid,
    RequestValidationError: invalid,
    SQLAlchemyError: no_answer,
    Exception: failed,
}
