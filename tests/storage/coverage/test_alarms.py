"""Alarms in the store: they appear, are told once, and go when their reason does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update
from templates import tables

from db.collection.feeds.days import ListingPolled, record_poll_of_day
from db.collection.feeds.feeds import add_feed, record_network
from db.collection.sources.removals import record_removal
from db.engine import Database
from db.models import Feed, Source
from db.outcomes import latest_problems
from worker.coverage.alarms import judge_outlets, record_alarms

NOW = datetime(2022, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Database:
    """Return a store with an outlet that listed ten entries a day for five weeks, of which none became an article."""
    opened = tables(database_url)
    row = {"id": "courier", "name": "Courier", "languages": [], "origin": "person", "added_at": NOW}
    opened.write(lambda conn: conn.execute(insert(Source), [row]))
    feed_id = opened.write(lambda conn: add_feed(conn, source_id="courier", url="https://c.kz/rss", now=NOW))
    opened.write(lambda conn: conn.execute(update(Feed).values(newest_at=NOW)))
    for back in range(36):
        day = NOW - timedelta(days=back)
        listed = ListingPolled(listed=20, fresh=10)
        opened.write(
            lambda conn, day=day, listed=listed: record_poll_of_day(conn, feed_id, at=day, failed=False, listed=listed)
        )
    return opened


def alarms(database: Database, now: datetime) -> int:
    """Return the number of outlets with alarms after they were judged and recorded."""
    return record_alarms(database, judge_outlets(database, now=now) or {}, now=now)


def told(database: Database) -> list[tuple[str, str, int]]:
    problems = database.read(lambda conn: latest_problems(conn, source_id="courier"))
    return [(problem.stage, problem.reason, problem.times) for problem in problems]


def test_an_outlet_that_works_but_collects_nothing_is_a_problem_until_it_is_none(database: Database) -> None:
    reason = "it works but collects nothing: 70 new entries in 7 days, and no article"
    assert alarms(database, NOW) == 1
    assert alarms(database, NOW + timedelta(hours=1)) == 1
    assert told(database) == [("health", reason, 2)]
    assert alarms(database, NOW + timedelta(days=60)) == 0
    assert told(database) == []


def test_while_our_own_network_is_down_nothing_is_told(database: Database) -> None:
    database.write(lambda conn: record_network(conn, "no answer", at=NOW))
    assert judge_outlets(database, now=NOW) is None


def test_nothing_is_told_of_an_outlet_that_a_person_removed(database: Database) -> None:
    database.write(lambda conn: record_removal(conn, "courier", by="ann", note=None, with_articles=False, now=NOW))
    assert alarms(database, NOW) == 0
