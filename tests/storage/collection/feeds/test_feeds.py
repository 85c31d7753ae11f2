"""Feeds in the store: who polls what, and what is remembered of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Row, insert, select, update
from templates import tables

from db.collection.feeds import feeds, polls
from db.collection.feeds.polls import FeedDue, FeedPolled
from db.engine import Database
from db.models import Feed, Source

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Database:
    opened = tables(database_url)
    opened.write(
        lambda conn: conn.execute(
            insert(Source),
            [
                {"id": name, "name": name, "languages": [], "origin": "person", "added_at": NOW}
                for name in ("courier", "herald")
            ],
        )
    )
    return opened


def add(database: Database, url: str, *, source: str = "courier", due: datetime = NOW) -> int:
    return database.write(lambda conn: feeds.add_feed(conn, source_id=source, url=url, now=due))


def due(database: Database, *, now: datetime = NOW, limit: int = 10, **options: Any) -> list[FeedDue]:
    with database.reading() as conn:
        return polls.find_due_feeds(conn, now=now, limit=limit, **options)


def polled(feed_id: int, **changes: Any) -> FeedPolled:
    usual = FeedPolled(
        feed_id=feed_id,
        polled_at=NOW,
        outcome="changed",
        error=None,
        state="active",
        next_poll_at=NOW + timedelta(minutes=15),
        failures=0,
        succeeded=True,
    )
    return replace(usual, **changes)


def stored(database: Database, feed_id: int) -> Row[Any]:
    with database.reading() as conn:
        return conn.execute(select(Feed).where(Feed.id == feed_id)).one()


def test_a_feed_is_added_once_and_is_due_at_once(database: Database) -> None:
    first = add(database, "https://a.kz/rss")
    assert add(database, "https://a.kz/rss", due=NOW + timedelta(days=1)) == first
    assert [feed.id for feed in due(database)] == [first]


def test_the_longest_due_comes_first_and_each_host_once(database: Database) -> None:
    add(database, "https://a.kz/1", due=NOW - timedelta(minutes=1))
    add(database, "https://a.kz/2", due=NOW - timedelta(minutes=5))
    add(database, "https://www.a.kz/3", due=NOW - timedelta(minutes=4))
    add(database, "https://b.kz/1", due=NOW - timedelta(minutes=3))
    add(database, "https://c.kz/1", due=NOW + timedelta(minutes=1))
    assert [feed.url for feed in due(database)] == ["https://a.kz/2", "https://b.kz/1"]
    assert [feed.url for feed in due(database, limit=1)] == ["https://a.kz/2"]
    assert [feed.url for feed in due(database, resting={"a.kz"})] == ["https://b.kz/1"]


def test_only_one_process_gets_a_feed(database: Database) -> None:
    ids = {add(database, "https://a.kz/rss"), add(database, "https://b.kz/rss")}
    assert database.write(lambda conn: polls.claim_feeds(conn, ids, now=NOW, lease_s=60)) == ids
    assert database.write(lambda conn: polls.claim_feeds(conn, ids, now=NOW, lease_s=60)) == set()
    assert due(database) == []


def test_a_claim_of_the_dead_runs_out_and_one_of_the_living_is_renewed(database: Database) -> None:
    dead, living = add(database, "https://a.kz/rss"), add(database, "https://b.kz/rss")
    database.write(lambda conn: polls.claim_feeds(conn, {dead, living}, now=NOW, lease_s=60))
    later = NOW + timedelta(seconds=61)
    database.write(lambda conn: polls.renew_feed_claims(conn, [living], until=later + timedelta(seconds=60)))
    assert [feed.id for feed in due(database, now=later)] == [dead]


def test_a_claim_that_was_given_back_is_not_taken_again_by_renewing(database: Database) -> None:
    feed_id = add(database, "https://a.kz/rss")
    database.write(lambda conn: polls.claim_feeds(conn, {feed_id}, now=NOW, lease_s=60))
    database.write(lambda conn: polls.renew_feed_claims(conn, [feed_id], until=None))
    database.write(lambda conn: polls.renew_feed_claims(conn, [feed_id], until=NOW + timedelta(hours=1)))
    assert [feed.id for feed in due(database)] == [feed_id]


def test_recording_a_poll_twice_changes_nothing_more(database: Database) -> None:
    feed_id = add(database, "https://a.kz/rss")
    outcome = polled(feed_id, etag='"1"', body_hash="f" * 32, title="A", changed=True)
    database.write(lambda conn: polls.record_poll(conn, outcome))
    once = stored(database, feed_id)
    database.write(lambda conn: polls.record_poll(conn, outcome))
    assert stored(database, feed_id) == once
    assert (once.etag, once.title, once.changed_at, once.succeeded_at, once.claimed_until) == (
        '"1"',
        "A",
        NOW,
        NOW,
        None,
    )
    assert due(database) == []


def test_an_older_poll_does_not_overwrite_a_newer_one(database: Database) -> None:
    feed_id = add(database, "https://a.kz/rss")
    database.write(lambda conn: polls.record_poll(conn, polled(feed_id, etag='"new"')))
    older = polled(feed_id, polled_at=NOW - timedelta(minutes=1), etag='"old"')
    database.write(lambda conn: polls.record_poll(conn, older))
    assert stored(database, feed_id).etag == '"new"'


def test_a_feed_that_a_person_paused_meanwhile_stays_paused(database: Database) -> None:
    feed_id = add(database, "https://a.kz/rss")
    database.write(lambda conn: conn.execute(update(Feed).values(state="paused")))
    database.write(lambda conn: polls.record_poll(conn, polled(feed_id)))
    assert stored(database, feed_id).state == "paused"


def test_a_gone_feed_is_polled_when_its_time_comes_and_may_come_back(database: Database) -> None:
    feed_id, month = add(database, "https://a.kz/rss"), NOW + timedelta(days=30)
    gone = polled(feed_id, state="gone", next_poll_at=month, succeeded=False)
    database.write(lambda conn: polls.record_poll(conn, gone))
    assert due(database) == []
    assert database.write(lambda conn: feeds.make_feeds_due(conn, now=NOW)) == 0
    assert [feed.state for feed in due(database, now=month)] == ["gone"]
    assert database.write(lambda conn: polls.claim_feeds(conn, [feed_id], now=month, lease_s=60)) == {feed_id}
    failed = polled(feed_id, polled_at=month, succeeded=False)
    database.write(lambda conn: polls.record_poll(conn, failed))
    assert stored(database, feed_id).state == "gone"
    database.write(lambda conn: polls.record_poll(conn, replace(failed, succeeded=True)))
    assert stored(database, feed_id).state == "active"


def test_a_feed_that_a_person_paused_is_not_gone(database: Database) -> None:
    feed_id = add(database, "https://a.kz/rss")
    database.write(lambda conn: conn.execute(update(Feed).values(state="paused")))
    database.write(lambda conn: polls.record_poll(conn, polled(feed_id, state="gone", succeeded=False)))
    assert stored(database, feed_id).state == "paused"


def test_the_feeds_of_one_source_can_be_made_due(database: Database) -> None:
    mine, other = add(database, "https://a.kz/rss"), add(database, "https://b.kz/rss", source="herald")
    for feed_id in (mine, other):
        database.write(partial(polls.record_poll, polled=polled(feed_id)))
    assert database.write(lambda conn: feeds.make_feeds_due(conn, now=NOW, source_id="courier")) == 1
    assert [feed.id for feed in due(database)] == [mine]
    assert due(database, not_since=NOW) == []
    with database.reading() as conn:
        assert feeds.count_due_feeds(conn, now=NOW) == 1
        assert feeds.count_due_feeds(conn, now=NOW, source_id="herald") == 0


def test_health_is_counted(database: Database) -> None:
    add(database, "https://a.kz/rss")
    failing = add(database, "https://b.kz/rss", source="herald")
    database.write(lambda conn: polls.record_poll(conn, polled(failing, failures=3, error="timed out after 30 s")))
    gone = add(database, "https://c.kz/rss")
    database.write(lambda conn: polls.record_poll(conn, polled(gone, state="gone")))
    with database.reading() as conn:
        assert feeds.count_feeds(conn) == {"active": 2, "paused": 0, "gone": 1, "failing": 1, "never polled": 1}
        assert feeds.count_feeds(conn, source_id="herald")["active"] == 1
        (health,) = feeds.iter_feeds(conn, source_id="herald")
    assert (health.url, health.failures, health.last_error) == ("https://b.kz/rss", 3, "timed out after 30 s")


def test_the_note_of_an_outage_comes_and_goes(database: Database) -> None:
    for reason in ("no network", "no network", None, None):
        database.write(partial(feeds.record_network, reason=reason, at=NOW))
        with database.reading() as conn:
            assert feeds.find_network_problem(conn) == reason
