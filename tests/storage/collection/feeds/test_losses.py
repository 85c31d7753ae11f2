"""Losses: what polls add to a day, and what is made of the days of an outlet's feeds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert
from templates import tables

from db.collection.feeds import losses
from db.collection.feeds.days import ListingPolled, forget_days, record_poll_of_day
from db.collection.feeds.feeds import add_feed
from db.engine import Database
from db.models import Source

NOW = datetime(2022, 1, 10, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Database:
    opened = tables(database_url)
    row = {"id": "courier", "name": "Courier", "languages": [], "origin": "person", "added_at": NOW}
    opened.write(lambda conn: conn.execute(insert(Source), [row]))
    for name in ("all", "world"):
        opened.write(lambda conn, name=name: add_feed(conn, source_id="courier", url=f"https://c.kz/{name}", now=NOW))
    return opened


def poll(
    database: Database, feed_id: int, listed: ListingPolled | None = None, *, at: datetime = NOW, failed: bool = False
) -> None:
    database.write(lambda conn: record_poll_of_day(conn, feed_id, at=at, failed=failed, listed=listed))


def test_the_polls_of_a_day_add_up(database: Database) -> None:
    poll(database, 1, ListingPolled(listed=20, fresh=5))
    poll(database, 1)
    poll(database, 1, failed=True)
    poll(database, 1, ListingPolled(listed=20, fresh=20, missed=4.0, kept_all=0.1))
    poll(database, 1, ListingPolled(listed=20, fresh=20, missed=1.0, kept_all=0.5))
    (loss,) = database.read(lambda conn: losses.measure_feed_losses(conn, until=NOW)).values()
    assert (loss.polls, loss.changed, loss.listed, loss.fresh) == (4, 3, 60, 45)
    assert (loss.missed, loss.chance) == (pytest.approx(5.0), pytest.approx(0.95))
    assert (loss.overlap, loss.complete) == (pytest.approx(0.25), pytest.approx(0.9))


def test_an_outlet_misses_as_much_as_its_worst_feed(database: Database) -> None:
    poll(database, 1, ListingPolled(listed=20, fresh=20, missed=4.0, kept_all=0.5))
    poll(database, 2, ListingPolled(listed=20, fresh=16, missed=1.0, kept_all=0.2))
    (loss,) = database.read(lambda conn: losses.measure_losses(conn, until=NOW)).values()
    assert (loss.fresh, loss.missed, loss.chance) == (36, pytest.approx(4.0), pytest.approx(0.8))
    assert loss.complete == pytest.approx(0.9)


@pytest.mark.parametrize(("days_ago", "seen"), [(0, True), (6, True), (7, False)])
def test_seven_days_are_measured(database: Database, days_ago: int, seen: bool) -> None:
    poll(database, 1, at=NOW - timedelta(days=days_ago))
    assert bool(database.read(lambda conn: losses.measure_losses(conn, until=NOW))) is seen


@pytest.mark.parametrize(("failed", "complete"), [(False, 1.0), (True, None)])
def test_without_new_entries_all_was_seen_if_any_poll_succeeded(
    database: Database, failed: bool, complete: float | None
) -> None:
    poll(database, 1, failed=failed)
    found = database.read(lambda conn: losses.measure_losses(conn, until=NOW))["courier"]
    assert (found.complete, found.overlap) == (complete, None)


def test_days_with_a_loss_are_told_by_outlet(database: Database) -> None:
    poll(database, 1, ListingPolled(listed=20, fresh=20, missed=4.0, kept_all=0.5))
    poll(database, 2, ListingPolled(listed=20, fresh=3))
    poll(database, 2, ListingPolled(listed=20, fresh=3), at=NOW - timedelta(days=1))
    found = database.read(lambda conn: list(losses.iter_missed(conn, date(2022, 1, 1), date(2022, 1, 10))))
    assert found == [("courier", date(2022, 1, 10), 23, 4.0)]


def test_old_days_are_forgotten(database: Database) -> None:
    poll(database, 1, at=NOW - timedelta(days=400))
    poll(database, 1)
    assert database.write(lambda conn: forget_days(conn, before=date(2021, 6, 1))) == 1
    assert database.read(lambda conn: losses.measure_losses(conn, until=NOW))["courier"].polls == 1
