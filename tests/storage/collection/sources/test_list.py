"""How each outlet is collected, in `source list` and `status`."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from commandline import run
from outletstore import ADDED_AT, add_outlet
from sqlalchemy import insert, update

from db.engine import Database
from db.models import Article, Feed

KINDS = {
    "both": ("section", "feed", "sitemap"),
    "map": ("section", "sitemap"),
    "page": ("section",),
    "bare": (),
    "left": ("feed",),
    "broken": ("feed", "sitemap"),
    "calm": ("feed",),
}
EXPECTED = {
    "both": ("feed", "never polled"),
    "map": ("sitemap", "never polled"),
    "page": ("section", "never polled"),
    "bare": ("none", "no feed"),
    "left": ("none", "removed"),
    "broken": ("sitemap", "failing"),
    "calm": ("none", "paused"),
}


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    """Give a store with an outlet of each way."""
    database = Database(store_url)
    for outlet, kinds in KINDS.items():
        urls = [f"https://{outlet}.example/{kind}" for kind in kinds]
        database.write(lambda conn, outlet=outlet, urls=urls: add_outlet(conn, outlet, urls))  # type: ignore[misc]
        for kind in kinds:
            one = update(Feed).where(Feed.url == f"https://{outlet}.example/{kind}").values(kind=kind)
            database.write(lambda conn, one=one: conn.execute(one))  # type: ignore[misc]
    failing = {"failures": 2, "polled_at": ADDED_AT}
    sitemap = update(Feed).where(Feed.url == "https://broken.example/sitemap").values(failing)
    gone = update(Feed).where(Feed.url == "https://broken.example/feed").values(state="gone")
    article = {
        "canonical_url": "https://left.example/1",
        "url": "https://left.example/1",
        "source_id": "map",
        "collected_at": ADDED_AT,
        "published_is_day": False,
        "counts_on": ADDED_AT.date(),
    }
    for statement in (sitemap, gone, insert(Article).values(article)):
        database.write(lambda conn, statement=statement: conn.execute(statement))  # type: ignore[misc]
    run("source", "remove", "left")
    run("source", "pause", "calm")
    yield database
    database.close()


def test_each_outlet_has_the_best_active_way_and_a_state(store: Database) -> None:
    rows = map(json.loads, run("source", "list", "--format", "json").stdout.splitlines())
    assert {row["id"]: (row["collected_by"], row["state"]) for row in rows} == EXPECTED


def test_the_table_shows_both(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    lines = run("source", "list", "--format", "table").stdout.splitlines()
    assert "section" in next(line for line in lines if line.startswith("page"))
    assert "removed" in next(line for line in lines if line.startswith("left"))


def test_status_counts_outlets_by_way_and_those_never_heard(store: Database) -> None:
    record = json.loads(run("status").stdout)
    assert record["outlets_collected_by"] == {"feed": 1, "sitemap": 2, "section": 1, "none": 2}
    assert (record["outlets_never_heard"], record["outlets_removed"]) == (5, 1)
    shown = " ".join(run("status", "--format", "table").stdout.split())
    assert "7: 1 by feed, 2 by sitemap, 1 by section page, 2 not collected, 5 never brought an article" in shown


def test_a_guess_shows_whether_it_was_tried_and_stays_what_the_catalogue_says(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    polled = {"confidence": "guess", "polled_at": ADDED_AT}
    for kind, values in (
        ("section", {**polled, "succeeded_at": ADDED_AT, "failures": 3}),
        ("feed", polled),
        ("sitemap", {"confidence": "guess"}),
    ):
        one = update(Feed).where(Feed.url == f"https://both.example/{kind}").values(values)
        store.write(lambda conn, one=one: conn.execute(one))  # type: ignore[misc]
    assert json.loads(run("status").stdout)["feeds_guessed"] == {"succeeded": 1, "failed": 1, "untried": 1}
    shown = " ".join(run("status", "--format", "table").stdout.split())
    assert "feeds of which 1 work, 1 have not worked, 1 not tried yet" in shown
    feeds = json.loads(run("source", "show", "both").stdout)["feeds"]
    assert {feed["url"].rpartition("/")[2]: (feed["confidence"], feed["tried"]) for feed in feeds} == {
        "section": ("guess", "succeeded"),
        "feed": ("guess", "failed"),
        "sitemap": ("guess", "untried"),
    }
    monkeypatch.setenv("COLUMNS", "400")
    lines = run("source", "show", "both", "--format", "table").stdout
    for words in ("a guess that works", "a guess that has not worked", "a guess that was not tried yet"):
        assert words in lines
