"""`source pause`, `resume` and `retry`: which feeds of an outlet are polled is what a person decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from commandline import run
from outletstore import HERALD, HERALD_NEWS, herald_in
from sqlalchemy import update

from db.collection.feeds.polls import find_due_feeds
from db.engine import Database
from db.enums.collection import FeedState
from db.models import Feed
from worker.catalogue.files import ListedFeed, ListedOutlet
from worker.setup import load_catalogue

LATER = datetime(2122, 1, 6, tzinfo=UTC)


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    """Give the store that commands use, with an outlet and its two feeds."""
    database = herald_in(store_url)
    yield database
    database.close()


def said(*arguments: str) -> dict[str, Any]:
    result = run("source", *arguments)
    assert result.exit_code == 0, result.stderr
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def states(*arguments: str) -> dict[str, str]:
    return {feed["url"]: feed["state"] for feed in said(*arguments)["feeds"]}


def due(store: Database) -> set[str]:
    """Return the addresses that a crawler would poll, one at a time for they share a host."""
    found: set[str] = set()
    for _ in range(2):
        feeds = store.read(lambda conn: find_due_feeds(conn, now=LATER, limit=9))
        found |= {feed.url for feed in feeds}
        taken = update(Feed).where(Feed.id.in_([feed.id for feed in feeds])).values(claimed_until=LATER)
        store.write(lambda conn, taken=taken: conn.execute(taken))  # type: ignore[misc]
    return found


def test_a_paused_outlet_is_polled_no_more_and_a_resumed_one_at_once(store: Database) -> None:
    assert said("pause", "herald")["paused"] == 2
    assert due(store) == set()
    assert said("resume", "herald.example")["resumed"] == 2
    assert due(store) == {HERALD, HERALD_NEWS}


def test_pausing_again_changes_nothing_and_says_so(store: Database) -> None:
    run("source", "pause", "herald")
    again = run("source", "pause", "herald")
    assert (again.exit_code, json.loads(again.stdout)["paused"]) == (0, 0)
    assert "no feed was paused" in again.stderr
    assert said("resume", "herald")["resumed"] == 2
    assert said("resume", "herald")["resumed"] == 0


def test_one_feed_is_paused_and_resumed_by_itself(store: Database) -> None:
    assert states("pause", "herald", "--feed", HERALD) == {HERALD: "paused", HERALD_NEWS: "active"}
    assert due(store) == {HERALD_NEWS}
    assert states("resume", "herald", "--feed", HERALD) == {HERALD: "active", HERALD_NEWS: "active"}


def test_another_spelling_of_the_address_will_do(store: Database) -> None:
    assert states("pause", "herald", "--feed", "HTTPS://Herald.example:443/rss")[HERALD] == "paused"


@pytest.mark.parametrize("command", ["pause", "resume", "retry"])
def test_a_feed_that_the_outlet_does_not_have_is_an_error_that_names_its_feeds(store: Database, command: str) -> None:
    result = run("source", command, "herald", "--feed", "https://herald.example/atom")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "is no feed of herald" in result.stderr
    assert HERALD_NEWS in result.stderr


@pytest.mark.parametrize("command", ["pause", "resume", "retry"])
def test_an_unknown_outlet_is_an_error(store: Database, command: str) -> None:
    result = run("source", command, "heraldd")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "did you mean herald" in result.stderr


def test_on_a_terminal_it_is_a_table(store: Database) -> None:
    lines = run("source", "pause", "herald", "--feed", HERALD, "--format", "table").stdout.splitlines()
    assert [line.split() for line in lines[1:]] == [[HERALD_NEWS, "active"], [HERALD, "paused"]]


def listed(*feeds: str) -> ListedOutlet:
    return ListedOutlet(
        id="herald",
        name="Herald",
        kind="newspaper",
        country="KZ",
        languages=("en",),
        paywall="no",
        domain_aliases=("herald.example",),
        feeds=tuple(ListedFeed(url=url, confidence="certain") for url in feeds),
    )


def test_what_a_person_paused_stays_paused_when_the_catalogue_changes(store: Database) -> None:
    def merge(*feeds: str) -> None:
        store.write(lambda conn: load_catalogue(conn, [listed(*feeds)], now=LATER, catalogue="folder"))

    merge(HERALD, HERALD_NEWS)
    run("source", "pause", "herald")
    merge(HERALD, HERALD_NEWS)
    merge(HERALD, "https://herald.example/2")
    merge(HERALD, "https://herald.example/3")
    assert set(states("pause", "herald").values()) == {FeedState.PAUSED}


def test_a_new_address_arrives_paused_beside_a_retired_one_too(store: Database) -> None:
    def merge(*feeds: str) -> None:
        store.write(lambda conn: load_catalogue(conn, [listed(*feeds)], now=LATER, catalogue="folder"))

    merge(HERALD, HERALD_NEWS)
    merge(HERALD)
    run("source", "pause", "herald")
    merge(HERALD, "https://herald.example/3")
    assert states("pause", "herald") == {
        HERALD: "paused",
        HERALD_NEWS: "retired",
        "https://herald.example/3": "paused",
    }


def test_one_feed_is_retried_by_itself(store: Database) -> None:
    put_off = {"failures": 3, "next_poll_at": LATER + timedelta(days=1)}
    store.write(lambda conn: conn.execute(update(Feed).values(**put_off)))
    assert said("retry", "herald", "--feed", HERALD) == {"id": "herald", "feeds": 1, "pages": 0}
    assert due(store) == {HERALD}
    assert said("retry", "herald")["feeds"] == 2
    assert due(store) == {HERALD_NEWS}
