"""Requests to the API, and clients that read lists to their end or follow what changes."""

from __future__ import annotations

import json
from typing import Any

from asgi import Answer, get
from starlette.types import ASGIApp

ROOT = "/api/v1"


def ask(app: ASGIApp, address: str, **options: Any) -> Answer:
    """Return the answer to a request for an address below the root of the API, or for one of its own links."""
    path, _, query = address.removeprefix(ROOT).partition("?")
    return get(app, ROOT + path, query=query, **options)


def read(app: ASGIApp, address: str) -> Any:
    """Return what an address holds, which must exist."""
    answer = ask(app, address)
    assert answer.status == 200, f"{address}: {answer.status} {answer.text}"
    return json.loads(answer.body)


def read_all(app: ASGIApp, address: str, things: str) -> list[Any]:
    """Return the things of all pages of a list."""
    found: list[Any] = []
    place: str | None = address
    while place:
        body = read(app, place)
        found += body[things]
        place = body["next"]
    return found


class Follower:
    """A client that holds a copy of the articles: it reads them once, and then asks only what changed."""

    def __init__(self, app: ASGIApp, filters: str = "") -> None:
        self.app, self.filters = app, filters
        self.articles: dict[int, Any] = {}
        self.position = "0"
        self.requests = 0

    def read_everything(self, limit: int = 3) -> None:
        """Read the whole list, page by page; the first says where the changes begin."""
        self.position = ""
        place: str | None = f"/articles?limit={limit}{self.filters}"
        while place:
            body = read(self.app, place)
            self.articles |= {article["article_id"]: article for article in body["articles"]}
            self.position = self.position or body["changed_since"]
            place = body["next"]

    def follow(self, limit: int = 3) -> None:
        """Ask what changed until nothing is left."""
        is_last = False
        while not is_last:
            body = read(self.app, f"/articles?limit={limit}&changed_since={self.position}{self.filters}")
            for gone in body["removed"]:
                self.articles.pop(gone["article_id"], None)
            self.articles |= {article["article_id"]: article for article in body["articles"]}
            self.position, is_last = body["changed_since"], body["next"] is None
            self.requests += 1
