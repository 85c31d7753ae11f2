"""Answers of pages: HTML for people, and the same content as JSON, CSV or an Atom feed by `?format=`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import blake2b
from typing import Annotated, Any, Protocol, runtime_checkable

from fastapi import Depends, Query, Request
from starlette.responses import Response

from db.dialect import to_json
from web.answers.atom import write_articles
from web.answers.render import render_text
from web.answers.tables import PageTable, write_csv
from web.shared.links import change_query
from web.shared.params import InvalidParameter
from worker.lib.plain_values import to_plain
from worker.search.hits import FoundArticle


class PageFormat(StrEnum):
    """The format of an answer."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"
    ATOM = "atom"


class PageView(Protocol):
    """The content of a page, read from the store; templates know it as `page`."""

    @property
    def template(self) -> str:
        """The file of the template."""

    @property
    def title(self) -> str:
        """The title of the page, without the name of the service."""

    def record(self) -> Any:
        """Return the content for JSON."""

    def table(self) -> PageTable:
        """Return the main table for CSV."""


@runtime_checkable
class ArticleListView(Protocol):
    """The content of a page that lists articles, which therefore has an Atom feed."""

    @property
    def title(self) -> str:
        """The title of the feed."""

    def articles(self) -> Sequence[FoundArticle]:
        """Return the articles, the newest first."""


def _format(format: Annotated[PageFormat, Query(description="Format of the answer.")] = PageFormat.HTML) -> PageFormat:
    return format


Format = Annotated[PageFormat, Depends(_format)]
"""A parameter of a view: the requested format."""
_TYPES = {
    PageFormat.HTML: "text/html; charset=utf-8",
    PageFormat.JSON: "application/json",
    PageFormat.CSV: "text/csv; charset=utf-8; header=present",
    PageFormat.ATOM: "application/atom+xml",
}


def respond(request: Request, view: PageView, format: PageFormat = PageFormat.HTML, status: int = 200) -> Response:
    """Return the content of a page in the requested format. Raises InvalidParameter if it has no such format."""
    return conditional(request, _write(request, view, format), _TYPES[format], status)


def _write(request: Request, view: PageView, format: PageFormat) -> bytes:
    if format is PageFormat.JSON:
        return to_json(_plain(view.record())).encode()
    if format is PageFormat.CSV:
        return write_csv(view.table()).encode()
    if format is PageFormat.ATOM:
        if not isinstance(view, ArticleListView):
            raise InvalidParameter("format", "this page lists no articles and has no Atom feed")
        return write_articles(view.title, request.url.path, request.url.query, view.articles())
    return render_text(view.template, page=view, at=_Place(request, view)).encode()


def _plain(value: Any) -> Any:
    """Return a record with its instants and days as text, however deep they stand."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one) for one in value]
    return to_plain(value)


class _Place:
    """The address of a page, for links to itself with something changed."""

    def __init__(self, request: Request, view: PageView) -> None:
        self.path = request.url.path
        self._parameters = [(name, value) for name, value in request.query_params.multi_items() if name != "format"]
        self.has_feed = isinstance(view, ArticleListView)

    @property
    def query(self) -> dict[str, str]:
        """The parameters by name; of a repeated one the last."""
        return dict(self._parameters)

    def values(self, name: str) -> list[str]:
        """Return all values of a parameter."""
        return [value for key, value in self._parameters if key == name]

    def but(self, **changes: Any) -> str:
        """Return the address of this page with some parameters changed; None removes one."""
        return change_query(self.path, self._parameters, changes)


def conditional(request: Request, body: bytes, media_type: str, status: int = 200) -> Response:
    """Return an answer with an ETag; 304 without a body if the client has it already (RFC 9110, 13.1.2)."""
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if status == 200 and (tag in known or "*" in known):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type)
