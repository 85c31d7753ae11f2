"""HEAD is answered wherever GET is: with its status and headers, and without a body."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from asgi import get
from samplestore import Sample, store_of
from starlette.types import ASGIApp

from db.engine import Database
from web.app import create_app


@pytest.fixture
def app(sqlite_url: str) -> Iterator[ASGIApp]:
    database: Database = store_of(sqlite_url, [Sample("https://herald.example/1")])
    yield create_app(database)
    database.close()


@pytest.mark.parametrize(
    "path",
    [
        "/outlets",
        "/article/1",
        "/article/99",
        "/healthz",
        "/static/steppewatch.css",
        "/api/v1/articles",
        "/api/v1/articles/99",
        "/api/v1/exports",
        "/api/v1/openapi.json",
    ],
)
def test_head_is_get_without_a_body(app: ASGIApp, path: str) -> None:
    whole, head = get(app, path), get(app, path, method="HEAD")
    assert head.body == b""
    assert (head.status, head.headers.keys()) == (whole.status, whole.headers.keys())
    assert head.headers.get("content-length") == whole.headers.get("content-length")
    assert head.headers.get("etag") == whole.headers.get("etag")


def test_what_is_not_read_has_no_head(app: ASGIApp) -> None:
    refused = get(app, "/outlets", method="POST")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
