"""Health: the numbers that `status` and the page show are those of the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from samplestore import NOON, Sample, fill, store_of
from sqlalchemy import Connection, insert, update

from db.articles.mentions import count_mentions
from db.collection.feeds.feeds import add_feed, record_network
from db.coverage.cells import mark_articles
from db.engine import Database
from db.models import Article, Capture, Feed, Revision
from db.outcomes import ProblemSeen, record_outcomes, record_problems
from db.status import latest_articles, list_outlets, read_health

# Invented: none of this was ever published.
CSTO = (("CSTO", "csto"), ("Turan", "turan"))
SAMPLES = [
    Sample("https://herald.example/1", title="CSTO", text="Turan, Turan and the CSTO. " * 30, says=CSTO),
    Sample("https://oasis.example/1", "oasis-wire", text="Turan.", says=CSTO, copies="https://herald.example/1"),
    Sample("https://oasis.example/2", "oasis-wire", title=None, text="Old words."),
    Sample("https://oasis.example/2", "oasis-wire", title=None, text="New words."),
]


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = store_of(database_url, SAMPLES)
    yield database
    database.close()


def test_counts(store: Database) -> None:
    health = store.read(lambda conn: read_health(conn, now=NOON))
    assert (health.articles, health.stories, health.revisions, health.sources) == (3, 2, 4, 3)
    assert health.mentions == store.read(count_mentions) == 92
    assert (health.vocabulary, health.entities) == ("0a1b2c", 4)
    assert health.latest_article_at == NOON
    assert (health.last_poll_at, health.unreachable, list(health.problems)) == (None, None, [])


def test_what_waits(store: Database) -> None:
    def leave_undone(conn: Connection) -> None:
        capture = {"url": "https://a.example/", "fetched_at": NOON, "status": 200, "body_hash": "0", "size": 0}
        conn.execute(insert(Capture).values(**capture, headers={}, hints={}, body=b"", stage="fetched"))
        conn.execute(update(Revision).where(Revision.title.is_(None)).values(stage="stored"))
        mark_articles(conn, [1])

    store.write(leave_undone)
    health = store.read(lambda conn: read_health(conn, now=NOON))
    assert (health.captures_waiting, health.revisions_unfinished, health.coverage_marks) == (1, 2, 1)


def test_outcomes_of_the_last_day_only(store: Database) -> None:
    def happen(conn: Connection) -> None:
        record_outcomes(conn, "poll", {(None, "changed"): 2, ("oasis-wire", "changed"): 3}, at=NOON)
        record_outcomes(conn, "poll", {(None, "changed"): 50}, at=NOON - timedelta(days=1, seconds=1))

    store.write(happen)
    assert store.read(lambda conn: read_health(conn, now=NOON)).outcomes == [("poll", "changed", 5)]


def test_the_latest_problems_first_and_no_more_than_asked_for(store: Database) -> None:
    def happen(conn: Connection) -> None:
        for minute in range(5):
            at = NOON + timedelta(minutes=minute)
            record_problems(conn, "fetch", [ProblemSeen(f"https://a.example/{minute}", "it is empty")], at=at)

    store.write(happen)
    problems = store.read(lambda conn: read_health(conn, now=NOON, problems=2)).problems
    assert [problem.subject for problem in problems] == ["https://a.example/4", "https://a.example/3"]


def test_that_outlets_cannot_be_reached(store: Database) -> None:
    store.write(lambda conn: record_network(conn, "no network", at=NOON))
    assert store.read(lambda conn: read_health(conn, now=NOON)).unreachable == "no network"
    store.write(lambda conn: record_network(conn, None, at=NOON))
    assert store.read(lambda conn: read_health(conn, now=NOON)).unreachable is None


def test_the_article_collected_last_comes_first(store: Database) -> None:
    newest, reprint, original = store.read(latest_articles)
    assert (newest.title, newest.beginning, newest.entities) == (None, "New words.", ())
    assert (reprint.original_source_name, reprint.entities) == ("Steppe Herald", ("Turan",))
    assert (original.original_source_name, original.entities) == (None, ("Turan", "CSTO"))
    assert len(original.beginning) == 300
    assert (original.source_name, original.language, original.published_is_day) == ("Steppe Herald", "en", False)


def test_few_articles_and_entities_when_few_are_asked_for(store: Database) -> None:
    fill(store, [Sample("https://herald.example/3", text="CSTO, Turan, CSTO", says=CSTO)])
    articles = store.read(lambda conn: latest_articles(conn, 1, entities=1))
    assert [article.entities for article in articles] == [("CSTO",)]


@pytest.mark.parametrize(
    ("feeds", "state", "error"),
    [
        pytest.param([{}], "never polled", None, id="new"),
        pytest.param([{"polled_at": NOON}], "no answer yet", None, id="our network was down"),
        pytest.param([{"polled_at": NOON, "succeeded_at": NOON}], "ok", None, id="well"),
        pytest.param([{"polled_at": NOON, "failures": 1, "last_error": "503"}], "failing", "503", id="ill"),
        pytest.param([{"polled_at": NOON, "failures": 1, "last_outcome": "timeout"}], "failing", "timeout", id="mute"),
        pytest.param([{"state": "gone", "failures": 1, "last_error": "410"}], "gone", None, id="gone"),
        pytest.param([{"state": "paused"}], "paused", None, id="paused"),
        pytest.param(
            [{"state": "gone"}, {"polled_at": NOON, "succeeded_at": NOON}], "ok", None, id="one gone, one well"
        ),
        pytest.param(
            [
                {"polled_at": NOON, "failures": 1, "last_error": "later"},
                {"polled_at": NOON - timedelta(hours=1), "failures": 9, "last_error": "earlier"},
                {"polled_at": NOON + timedelta(hours=1)},
            ],
            "failing",
            "later",
            id="the latest failure is told",
        ),
    ],
)
def test_the_state_of_an_outlet(sqlite_url: str, feeds: list[dict[str, object]], state: str, error: str | None) -> None:
    store = store_of(sqlite_url, [])

    def add(conn: Connection) -> None:
        for number, values in enumerate(feeds):
            feed_id = add_feed(conn, source_id="oasis-wire", url=f"https://oasis.example/{number}", now=NOON)
            if values:
                conn.execute(update(Feed).where(Feed.id == feed_id).values(values))

    store.write(add)
    [outlet] = store.read(list_outlets)
    assert (outlet.id, outlet.feeds, outlet.state, outlet.last_error) == ("oasis-wire", len(feeds), state, error)
    store.close()


def test_outlets_in_trouble_first_then_by_their_last_success(store: Database) -> None:
    def add(conn: Connection) -> None:
        for source in ("meadow.example", "steppe-herald"):
            add_feed(conn, source_id=source, url=f"https://{source}/rss", now=NOON)
        conn.execute(update(Feed).values(polled_at=NOON, succeeded_at=NOON))
        conn.execute(update(Feed).where(Feed.source_id == "steppe-herald").values(failures=2))

    store.write(add)
    outlets = store.read(list_outlets)
    assert [(outlet.id, outlet.articles) for outlet in outlets] == [
        ("steppe-herald", 1),
        ("meadow.example", 0),
        ("oasis-wire", 2),
    ]
    assert outlets[2].state == "no feed"


def test_outlets_without_feed_and_article_are_not_shown(sqlite_url: str) -> None:
    store = store_of(sqlite_url, [])
    assert store.read(list_outlets) == []
    assert store.read(lambda conn: read_health(conn, now=NOON)).sources == 3
    store.close()


def test_an_article_without_a_cluster_yet_is_no_reprint(store: Database) -> None:
    store.write(lambda conn: conn.execute(update(Article).values(cluster_id=None)))
    assert {article.original_source_name for article in store.read(latest_articles)} == {None}
