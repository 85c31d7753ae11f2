"""`source remove` and `restore`: a removed outlet stays away until a person takes that back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from commandline import run
from outletstore import ADDED_AT, HERALD, HERALD_NEWS, add_outlet, herald_in
from sqlalchemy import insert, select, update

from db.collection.captures import CaptureIn, compress, record_captures
from db.collection.feeds.feeds import add_feed
from db.collection.feeds.polls import find_due_feeds
from db.collection.pages.entries import EntryIn, record_entries
from db.collection.pages.pages import count_due_pages, find_due_pages
from db.engine import Database
from db.enums.collection import FeedState
from db.models import Article, Feed, Page, Sighting, Source
from worker.catalogue.files import ListedFeed, ListedOutlet
from worker.catalogue.merge import CatalogueChanges
from worker.setup import load_catalogue

LATER = ADDED_AT + timedelta(days=1)
WIRE = "https://wire.example/rss"


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    """Give the store that commands use, with an outlet that has two feeds and an article, and an aggregator."""
    database = herald_in(store_url)
    database.write(lambda conn: add_outlet(conn, "wire", [WIRE]))
    assert entries(database, HERALD, "herald", "https://herald.example/1") == {"new": 1, "known": 0, "refused": 0}
    row = {
        "canonical_url": "https://herald.example/1",
        "url": "https://herald.example/1",
        "source_id": "herald",
        "collected_at": ADDED_AT,
        "published_is_day": False,
        "counts_on": ADDED_AT.date(),
    }
    database.write(lambda conn: conn.execute(insert(Article).values(row)))
    yield database
    database.close()


def entries(store: Database, feed: str, source_id: str, *urls: str) -> dict[str, int]:
    """Record that a feed lists these pages; return the number of each outcome."""
    listed = [EntryIn(canonical_url=url, url=url, title="On the lake") for url in urls]

    def record(conn: Any) -> dict[str, int]:
        feed_id = conn.scalar(select(Feed.id).where(Feed.url == feed)) or 999
        found = record_entries(conn, feed_id=feed_id, source_id=source_id, entries=listed, seen_at=ADDED_AT)
        return {outcome.value: number for outcome, number in found.items()}

    return store.write(record)


def said(*arguments: str) -> dict[str, Any]:
    result = run("source", *arguments)
    assert result.exit_code == 0, result.stderr
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def states() -> dict[str, str]:
    return {feed["url"]: feed["state"] for feed in said("show", "herald")["feeds"]}


def column(store: Database, wanted: Any) -> list[Any]:
    return store.read(lambda conn: list(conn.scalars(select(wanted).order_by(wanted))))


def test_nothing_is_deleted_at_first_and_the_way_back_is_shown(store: Database) -> None:
    record = said("remove", "herald", "--with-articles", "--note", "a copy")
    assert (record["state"], record["articles"], record["pages"], record["feeds"]) == ("removed", 1, 1, 2)
    assert record["undo"] == "steppewatch source restore herald"
    assert record["confirm"] == "steppewatch source remove herald --with-articles --confirm"
    assert column(store, Article.source_id) == ["herald"]
    shown = said("show", "herald")
    assert (shown["removed"]["note"], shown["removed"]["with_articles"]) == ("a copy", True)
    assert shown["removed"]["by"]


def test_the_counts_are_a_table_on_a_terminal(store: Database) -> None:
    result = run("source", "remove", "herald", "--with-articles", "--format", "table")
    assert ["articles", "1"] in [line.split() for line in result.stdout.splitlines()]
    assert "steppewatch source restore herald" in result.stderr
    assert "--confirm" in result.stderr


def test_a_removed_outlet_is_neither_polled_nor_fetched(store: Database) -> None:
    assert store.read(lambda conn: count_due_pages(conn, now=LATER)) == 1
    said("remove", "herald")
    due = store.read(lambda conn: find_due_feeds(conn, now=LATER, limit=9))
    assert [feed.url for feed in due] == [WIRE]
    assert store.read(lambda conn: find_due_pages(conn, now=LATER, limit=9)) == []
    assert store.read(lambda conn: count_due_pages(conn, now=LATER)) == 0


def test_restoring_brings_back_what_was(store: Database) -> None:
    run("source", "pause", "herald", "--feed", HERALD_NEWS)
    before = said("show", "herald")
    said("remove", "herald")
    assert set(states().values()) == {"retired"}
    said("restore", "herald")
    now = said("show", "herald")
    for record in (before, now):
        for feed in record["feeds"]:
            del feed["next_poll_at"]
    assert now == before
    assert [page.url for page in store.read(lambda conn: find_due_pages(conn, now=LATER, limit=9))] == [
        "https://herald.example/1"
    ]


def test_removing_again_changes_only_what_goes_along(store: Database) -> None:
    assert said("remove", "herald", "--note", "a copy")["confirm"] is None
    again = said("remove", "herald", "--with-articles")
    assert (again["note"], again["with_articles"], bool(again["confirm"])) == ("a copy", True, True)
    assert said("remove", "herald")["with_articles"] is False
    said("restore", "herald")
    assert states() == {HERALD: "active", HERALD_NEWS: "active"}


def test_mistakes_are_explained(store: Database) -> None:
    assert run("source", "restore", "herald").exit_code == 1
    assert "needs --with-articles" in run("source", "remove", "herald", "--confirm").stderr
    assert "did you mean" in run("source", "remove", "heraldd").stderr
    assert "herald" in column(store, Source.id)


def test_no_link_brings_a_removed_outlet_back(store: Database) -> None:
    said("remove", "herald", "--with-articles", "--confirm")
    urls = ("https://herald.example/2", "https://www.herald.example/3", "https://wire.example/1")
    assert entries(store, WIRE, "wire", *urls) == {"new": 1, "known": 0, "refused": 2}
    assert column(store, Page.canonical_url) == ["https://wire.example/1"]


def test_a_poll_that_began_before_the_removal_stores_nothing(store: Database) -> None:
    said("remove", "herald")
    assert entries(store, HERALD, "herald", "https://wire.example/2")["refused"] == 1
    said("remove", "herald", "--with-articles", "--confirm")
    assert entries(store, HERALD, "herald", "https://wire.example/2")["refused"] == 1
    assert column(store, Sighting.id) == []


def test_a_fetch_that_began_before_the_removal_stores_nothing(store: Database) -> None:
    [page] = store.read(lambda conn: find_due_pages(conn, now=LATER, limit=9))
    said("remove", "herald", "--with-articles", "--confirm")
    capture = CaptureIn(
        page_id=page.id,
        source_id="herald",
        url=page.url,
        fetched_at=LATER,
        status=200,
        content_type="text/html",
        headers={},
        hints={},
        body=b"<p>On the lake",
        body_hash="0" * 32,
    )
    assert store.write(lambda conn: record_captures(conn, [(capture, compress(capture.body))])) == 0


def test_what_is_final_leaves_no_row(store: Database) -> None:
    record = said("remove", "herald.example", "--with-articles", "--confirm")
    assert (record["state"], record["articles"]) == ("deleted", 1)
    assert column(store, Source.id) == ["wire"]
    assert column(store, Article.id) == column(store, Page.id) == column(store, Sighting.id) == []
    assert column(store, Feed.url) == [WIRE]
    again = run("source", "remove", "herald", "--with-articles", "--confirm")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "restore herald" in again.stderr


@pytest.mark.parametrize("name", ["herald", "Herald", "herald.example", "https://herald.example/rss"])
def test_an_outlet_that_is_gone_is_restored_without_its_articles(store: Database, name: str) -> None:
    run("source", "edit", "herald", "--country", "KG", "--unverified", "never", "--poll-every", "5m..1h")
    run("source", "pause", "herald", "--feed", HERALD_NEWS)
    before = said("show", "herald")
    said("remove", "herald", "--with-articles", "--confirm")
    assert {feed["url"]: feed["state"] for feed in said("restore", name)["feeds"]} == {
        HERALD: "active",
        HERALD_NEWS: "paused",
    }
    now = said("show", "herald")
    for fact in ("name", "country", "languages", "domains", "read_unverified", "origin"):
        assert now[fact] == before[fact]
    assert column(store, Feed.floor_s) == [300, 300, None] or set(column(store, Feed.floor_s)) == {300, None}
    assert entries(store, WIRE, "wire", "https://herald.example/1")["new"] == 1


def test_while_articles_are_deleted_there_is_no_way_back(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("worker.catalogue.removal.finish_removal", cut_off)
        run("source", "remove", "herald", "--with-articles", "--confirm")
    for arguments in (("restore", "herald"), ("remove", "herald"), ("remove", "herald", "--with-articles")):
        result = run("source", *arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "--with-articles --confirm" in result.stderr
    assert said("remove", "herald", "--with-articles", "--confirm")["state"] == "deleted"
    assert "herald" not in column(store, Source.id)


def test_a_removed_outlet_is_not_edited(store: Database) -> None:
    said("remove", "herald")
    result = run("source", "edit", "herald", "--add-feed", "https://herald.example/3")
    assert (result.exit_code, "source restore herald" in result.stderr) == (1, True)
    assert set(states().values()) == {"retired"}


# --- catalogues


def listed(*feeds: str, id: str = "herald", name: str = "Herald") -> ListedOutlet:
    return ListedOutlet(
        id=id,
        name=name,
        kind="newspaper",
        country="KZ",
        languages=("en",),
        paywall="no",
        domain_aliases=("herald.example",),
        feeds=tuple(ListedFeed(url=url, confidence="certain") for url in feeds),
    )


def merge(store: Database, outlet: ListedOutlet, catalogue: str = "packaged") -> CatalogueChanges:
    return store.write(lambda conn: load_catalogue(conn, (outlet,), now=LATER, catalogue=catalogue))


@pytest.mark.parametrize("options", [(), ("--with-articles", "--confirm")], ids=["removed", "deleted"])
@pytest.mark.parametrize("was_known", [True, False])
@pytest.mark.parametrize("id", ["herald", "the-herald"])
def test_no_catalogue_brings_it_back(store: Database, options: tuple[str, ...], was_known: bool, id: str) -> None:
    if was_known:
        merge(store, listed(HERALD, id=id))
    said("remove", "herald", *options)
    sources, feeds = column(store, Source.id), column(store, Feed.url)
    assert not merge(store, listed(HERALD, "https://herald.example/3", id=id, name="New"))
    changes = merge(store, listed("https://herald.example/4", id=id), catalogue="folder")
    assert "source restore herald" in changes.outlets[0].kept[0]
    assert (column(store, Source.id), column(store, Feed.url)) == (sources, feeds)
    assert {state for url, state in store.read(_states) if url != WIRE} <= {FeedState.RETIRED}


def _states(conn: Any) -> list[tuple[str, str]]:
    return [(url, state) for url, state in conn.execute(select(Feed.url, Feed.state))]


def test_what_the_catalogue_said_meanwhile_arrives_when_it_is_restored(store: Database) -> None:
    merge(store, listed(HERALD))
    said("remove", "herald")
    renamed = listed(HERALD, name="Steppe Herald")
    merge(store, renamed)
    said("restore", "herald")
    assert said("show", "herald")["name"] == "Herald"
    merge(store, renamed)
    assert said("show", "herald")["name"] == "Steppe Herald"


def test_a_feed_that_another_outlet_has_taken_stays_with_it(store: Database) -> None:
    said("remove", "herald", "--with-articles", "--confirm")
    store.write(lambda conn: add_feed(conn, source_id="wire", url=HERALD, now=LATER))
    store.write(lambda conn: conn.execute(update(Feed).where(Feed.url == HERALD).values(state="paused")))
    said("restore", "herald")
    assert states() == {HERALD_NEWS: "active"}
