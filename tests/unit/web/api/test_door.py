"""The API is shown where every page is: not to strangers, unless a setting says that somebody guards the address."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from asgi import Answer, get
from samplestore import store_of

from db.engine import Database
from db.settings import Settings
from web.app import build_application, create_app
from web.door import Door, build_door

LAN = "192.0.2.7"
PATHS = sorted(path.replace("{", "").replace("}", "") for path in build_application().openapi()["paths"])


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Database]:
    database = store_of(sqlite_url, [])
    yield database
    database.close()


def seen(store: Database, door: Door, path: str, *, server: str = LAN, host: bytes = b"localhost") -> Answer:
    return get(create_app(store, door=door), path, headers=[(b"host", host)], server=server, client="198.51.100.9")


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", *PATHS])
def test_strangers_are_told_nothing(store: Database, path: str) -> None:
    refused = seen(store, build_door(Settings(public_url="https://watch.example"), "0.0.0.0"), path)
    assert (refused.status, refused.headers["content-type"]) == (403, "application/problem+json")
    assert "STEPPEWATCH_PAGE_IS_GUARDED" in json.loads(refused.body)["detail"]


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/articles", "/api/v1/status"])
def test_guarded_or_at_loopback_it_answers_those_who_know_its_name(store: Database, path: str) -> None:
    guarded = build_door(Settings(page_is_guarded=True), "0.0.0.0")
    assert seen(store, guarded, path).status != 403
    assert seen(store, build_door(Settings(), "127.0.0.1"), path, server="127.0.0.1").status != 403
    assert seen(store, guarded, path, host=b"rebound.example").status == 421


def test_nothing_is_allowed_to_other_sites(store: Database) -> None:
    headers = seen(store, Door(is_guarded=True), "/api/v1/articles").headers
    assert "access-control-allow-origin" not in headers
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
