"""What was refused or is gone is asked for again: named anew, allowed by new rules, or wanted by a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, insert, select, update
from templates import tables

from db.collection.feeds.feeds import add_feed
from db.collection.feeds.polls import FeedPolled, record_poll
from db.collection.pages.entries import EntryIn, record_entries
from db.collection.pages.pages import NEVER
from db.collection.pages.refusals import ask_for_pages, ask_for_source, find_forbidden
from db.engine import Database
from db.models import Feed, Page, Source

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=60)
URL = "https://courier.kz/1"


@pytest.fixture
def database(database_url: str) -> Database:
    opened = tables(database_url)
    outlets = [{"id": name, "name": name, "languages": [], "origin": "person", "added_at": NOW} for name in ("a", "b")]
    opened.write(lambda conn: conn.execute(insert(Source), outlets))
    for name in ("a", "b"):
        opened.write(partial(add_feed, source_id=name, url=f"https://{name}.kz/rss", now=NOW))
    return opened


def poll(database: Database, at: datetime, *urls: str, feed_id: int = 1, refusal: str | None = None) -> None:
    """Store a poll that changed: it names these pages and no others."""
    entries = [EntryIn(canonical_url=url, url=url, refusal=refusal) for url in urls]
    polled = FeedPolled(
        feed_id=feed_id,
        polled_at=at,
        outcome="changed",
        error=None,
        state="active",
        next_poll_at=at,
        failures=0,
        succeeded=True,
        changed=True,
    )

    def store(conn: Connection) -> None:
        record_entries(conn, feed_id=feed_id, source_id="ab"[feed_id - 1], entries=entries, seen_at=at)
        record_poll(conn, polled)

    database.write(store)


def refuse(database: Database, state: str = "refused", *, failures: int = 1, error: str = "no") -> None:
    values = {"state": state, "next_fetch_at": LATER, "fetched_at": NOW, "failures": failures, "last_error": error}
    database.write(lambda conn: conn.execute(update(Page).values(values)))


def due_at(database: Database) -> dict[str, datetime]:
    with database.reading() as conn:
        return {url: at for url, at in conn.execute(select(Page.url, Page.next_fetch_at))}


def minutes(n: int) -> datetime:
    return NOW + timedelta(minutes=n)


@pytest.mark.parametrize("state", ["refused", "gone"])
def test_a_page_is_due_at_once_when_its_feed_drops_it_and_names_it_anew(database: Database, state: str) -> None:
    poll(database, NOW, URL)
    refuse(database, state)
    poll(database, minutes(15), URL, "https://courier.kz/2")
    assert due_at(database)[URL] == LATER
    poll(database, minutes(30), "https://courier.kz/2")
    assert due_at(database)[URL] == LATER
    poll(database, minutes(45), URL)
    assert due_at(database)[URL] == minutes(45)


def test_a_page_that_is_settled_stays_so(database: Database) -> None:
    poll(database, NOW, URL)
    refuse(database, "settled")
    poll(database, minutes(15))
    poll(database, minutes(30), URL)
    assert due_at(database)[URL] == LATER


def test_another_feed_that_names_it_too_does_not_name_it_anew(database: Database) -> None:
    poll(database, NOW, URL)
    refuse(database)
    poll(database, minutes(15), feed_id=2)
    poll(database, minutes(30), URL, feed_id=2)
    assert due_at(database)[URL] == LATER


def test_a_feed_that_drops_and_names_it_all_day_long_wakes_it_once_a_day(database: Database) -> None:
    poll(database, NOW, URL)
    refuse(database, failures=6)
    poll(database, minutes(15))
    poll(database, minutes(30), URL)
    assert due_at(database)[URL] == NOW + timedelta(days=1)


def test_an_address_that_may_be_asked_now_is_due(database: Database) -> None:
    poll(database, NOW, URL, refusal="refused: private address 10.0.0.1")
    poll(database, minutes(15), URL, refusal="refused: private address 10.0.0.1")
    assert due_at(database)[URL] == NEVER
    poll(database, minutes(30), URL)
    assert due_at(database)[URL] == minutes(30)


def test_what_rules_forbade_is_found_by_its_host_and_asked_for(database: Database) -> None:
    poll(database, NOW, URL, "https://courier.kz/2", "https://other.kz/3")
    refuse(database, error="forbidden")
    with database.reading() as conn:
        found = find_forbidden(conn, "courier.kz", "forbidden", now=NOW)
        assert find_forbidden(conn, "courier.kz", "another reason", now=NOW) == []
    assert sorted(url for _, url in found) == [URL, "https://courier.kz/2"]
    ids = [page_id for page_id, url in found if url == URL]
    database.write(lambda conn: ask_for_pages(conn, ids, now=NOW))
    assert [url for url, at in due_at(database).items() if at == NOW] == [URL]


def _states(database: Database, states: Iterable[tuple[str, str, int]]) -> None:
    for url, state, failures in states:
        values = {"state": state, "failures": failures, "next_fetch_at": LATER}
        database.write(lambda conn: conn.execute(update(Page).where(Page.url == url).values(values)))  # noqa: B023


def test_a_person_has_an_outlet_asked_again(database: Database) -> None:
    poll(database, NOW, *(f"https://a.kz/{n}" for n in range(5)))
    poll(database, NOW, "https://b.kz/1", feed_id=2)
    _states(
        database,
        [
            ("https://a.kz/0", "refused", 1),
            ("https://a.kz/1", "gone", 2),
            ("https://a.kz/2", "active", 1),
            ("https://a.kz/3", "active", 0),
            ("https://a.kz/4", "settled", 9),
            ("https://b.kz/1", "refused", 1),
        ],
    )
    database.write(lambda conn: conn.execute(update(Feed).values(state="gone", next_poll_at=LATER)))
    assert database.write(lambda conn: ask_for_source(conn, "a", now=NOW)) == (1, 3)
    woken = sorted(url for url, at in due_at(database).items() if at == NOW)
    assert woken == ["https://a.kz/0", "https://a.kz/1", "https://a.kz/2"]
    with database.reading() as conn:
        assert dict(conn.execute(select(Feed.source_id, Feed.next_poll_at)).all()) == {"a": NOW, "b": LATER}


def test_a_paused_feed_is_not_asked_again(database: Database) -> None:
    database.write(lambda conn: conn.execute(update(Feed).values(state="paused", failures=3, next_poll_at=LATER)))
    assert database.write(lambda conn: ask_for_source(conn, "a", now=NOW)) == (0, 0)
