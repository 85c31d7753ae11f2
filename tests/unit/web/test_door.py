"""Who is answered, and what is shown where others can reach the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgi import Answer, get
from samplestore import store_of

from db.engine import Database
from db.settings import Settings
from web.app import create_app
from web.door import Door, build_door, parse_host
from web.limits import BODY_MAX

PUBLIC = "https://watch.example:8443"
LAN = "192.0.2.7"


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Database]:
    database = store_of(sqlite_url, [])
    yield database
    database.close()


def settings(**fields: Any) -> Settings:
    return Settings(**{"public_url": PUBLIC, **fields})


def asked(store: Database, host: str | None, path: str = "/status", method: str = "GET", *, length: str = "") -> Answer:
    headers = [(b"host", host.encode())] if host is not None else []
    if length:
        headers.append((b"content-length", length.encode()))
    return get(create_app(store, door=build_door(settings())), path, method, headers=headers)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "LocalHost.:9",
        "127.0.0.1",
        "127.0.0.1:8000",
        "127.8.9.1:1",
        "[::1]",
        "[::1]:8000",
        "[::ffff:127.0.0.1]",
        "watch.example",
        "watch.example:8443",
        "WATCH.example.:8000",
    ],
)
def test_our_own_names_are_answered(store: Database, host: str) -> None:
    assert asked(store, host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("rebound.example:8000", id="DNS rebinding"),
        pytest.param("0.0.0.0:8000", id="any address"),
        pytest.param("[::]:8000", id="any address, IPv6"),
        pytest.param("169.254.169.254", id="link-local"),
        pytest.param("192.168.1.5:8000", id="the office's network"),
        pytest.param("localhost.rebound.example", id="ours in front"),
        pytest.param("rebound.localhost", id="ours behind"),
        pytest.param("notwatch.example", id="ours at the end"),
        pytest.param("watch.example.rebound.example", id="ours at the beginning"),
        pytest.param("2130706433", id="a number"),
        pytest.param("127.1", id="short"),
        pytest.param("0x7f.0.0.1", id="hexadecimal"),
        pytest.param("0177.0.0.1", id="octal"),
    ],
)
def test_other_names_are_not(store: Database, host: str) -> None:
    for path in ("/status", "/healthz", "/static/steppewatch.css", "/alerts/feed/x.atom", "/nowhere"):
        answer = asked(store, host, path)
        assert answer.status == 421
        assert "STEPPEWATCH_PUBLIC_URL" in answer.text
        assert "rebound" not in answer.text


@pytest.mark.parametrize(
    "host", [None, "", "a b", "localhost:", "localhost:http", "user@localhost", "localhost/x", "["]
)
def test_what_names_no_host_is_a_bad_request(store: Database, host: str | None) -> None:
    assert asked(store, host).status == 400


def test_two_hosts_are_none() -> None:
    assert parse_host([b"localhost", b"localhost"]) is None
    assert parse_host([b"localhost:1"]) == "localhost"


def test_without_a_public_address_only_loopback_is_ours() -> None:
    door = build_door(settings(public_url=""))
    assert door.knows("localhost")
    assert not door.knows("")
    assert not door.knows("watch.example")


@pytest.mark.parametrize("length", [str(BODY_MAX + 1), "9" * 5_000, "-1", "+1", "1,1", "x"])
def test_nothing_large_is_taken(store: Database, length: str) -> None:
    assert asked(store, "localhost", "/alerts/unsubscribe/x", "POST", length=length).status == 413


def test_one_click_is_small_enough(store: Database) -> None:
    assert asked(store, "localhost", "/alerts/unsubscribe/x", "POST", length="26").status == 404


def seen(store: Database, door: Door, path: str, *, server: str = LAN, client: str = "198.51.100.9") -> Answer:
    return get(create_app(store, door=door), path, headers=[(b"host", b"localhost")], server=server, client=client)


@pytest.mark.parametrize("bound_to", ["0.0.0.0", "::", LAN, "watch.example", "", None])
def test_where_others_reach_it_the_page_shows_what_messages_link_to(store: Database, bound_to: str | None) -> None:
    door = build_door(settings(), bound_to)
    refused = seen(store, door, "/status")
    assert refused.status == 403
    assert "STEPPEWATCH_PAGE_IS_GUARDED" in refused.text
    for path in ("/healthz", "/nowhere", "/api", "//", "/alerts", "/%61lerts/x", "/static"):
        assert seen(store, door, path).status == 403, path
    assert seen(store, door, "/static/steppewatch.css").status == 200
    assert "There is no such page" in seen(store, door, "/alerts/unsubscribe/x").text
    assert "There is no such page" in seen(store, door, "/alerts/feed/x.atom").text


def test_what_is_bound_to_all_addresses_is_not_open_over_loopback(store: Database) -> None:
    door = build_door(settings(), "0.0.0.0")
    assert seen(store, door, "/status", server="127.0.0.1", client="127.0.0.1").status == 403


@pytest.mark.parametrize(
    ("server", "client", "status"),
    [("127.0.0.1", "127.0.0.1", 200), (LAN, LAN, 200), ("::1", "::1", 200), (LAN, "198.51.100.9", 403)],
)
def test_its_health_is_told_to_its_own_machine(store: Database, server: str, client: str, status: int) -> None:
    assert seen(store, build_door(settings(), "0.0.0.0"), "/healthz", server=server, client=client).status == status


@pytest.mark.parametrize("bound_to", ["127.0.0.1", "localhost", "::1"])
def test_bound_to_loopback_it_shows_all(store: Database, bound_to: str) -> None:
    assert seen(store, build_door(settings(), bound_to), "/status", server="127.0.0.1").status == 200


def test_guarded_it_shows_all_anywhere_to_whoever_knows_its_name(store: Database) -> None:
    door = build_door(settings(page_is_guarded=True), "0.0.0.0")
    assert seen(store, door, "/status").status == 200
    assert (
        get(create_app(store, door=door), "/status", headers=[(b"host", b"rebound.example")], server=LAN).status == 421
    )
