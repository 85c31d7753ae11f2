"""A client that follows the changes over the API has what a full read gives, through all that the chain does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from apiclient import Follower, read_all
from samples import NOON, OTHER, chain_over, document, prepared_store, text
from sqlalchemy import select

from db.models import Article
from web.app import create_app
from worker.chain.documents import Document
from worker.chain.pipeline import Pipeline
from worker.stories.edits import merge, remove, split

A, B, C, D = (f"https://outlet.example/news/{number}" for number in range(1, 5))
FULL, EDITED = text(0, 1, 2, 3, 4, 5), text(0, 1, 2, 3, 4) + "\n" + OTHER[2]


@pytest.fixture
def chain(database_url: str) -> Iterator[Pipeline]:
    database = prepared_store(database_url)
    yield chain_over(database)
    database.close()


def page(url: str, declared: str | None = None, body: str = FULL, days: int = 0, **other: Any) -> Document:
    given = document(url, body=body, title=None, published_at=NOON - timedelta(days=days), **other)
    return replace(given, declared_url=declared)


STEPS: dict[str, list[Document]] = {
    "two articles": [page(A), page(B, body=text(0, 1, 2, of=OTHER))],
    "a reprint": [page(C, days=-1)],
    "another spelling of an address": [replace(page(A), url="HTTPS://OUTLET.example/news/1")],
    "an edit": [page(B, body=EDITED)],
    "an older original": [page(D, days=3)],
    "an address that turns out to be another's": [page(C, declared=A)],
}


def test_a_client_that_follows_has_what_a_full_read_gives(chain: Pipeline) -> None:
    app = create_app(chain.database)
    followers = [Follower(app), Follower(app, "&since=2020")]

    def check(what: str) -> None:
        for follower in followers:
            follower.follow()
            full = read_all(app, f"/articles?limit=2{follower.filters}", "articles")
            assert follower.articles == {one["article_id"]: one for one in full}, what

    for what, documents in STEPS.items():
        chain.process(documents)
        check(what)
    ids = chain.database.read(lambda conn: list(conn.scalars(select(Article.id).order_by(Article.id))))
    assert len(ids) > 2
    chain.database.write(lambda conn: split(conn, ids[0], note=None, now=NOON))
    check("parted by a person")
    chain.database.write(lambda conn: merge(conn, ids[0], ids[1], note=None, now=NOON))
    check("joined by a person")
    chain.database.write(lambda conn: remove(conn, ids[0]))
    check("removed")
