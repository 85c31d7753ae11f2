"""The health of one outlet is the same whether it is read alone or among all outlets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from datetime import date, timedelta

import pytest
from samplestore import NOON, Sample, empty_store, fill
from sqlalchemy import Connection

from db.collection.feeds.days import ListingPolled, record_poll_of_day
from db.collection.feeds.feeds import add_feed
from db.engine import Database
from db.outcomes import record_outcomes
from worker.coverage.health import collection_health_by_day

FIRST, LAST = date(2022, 1, 1), date(2022, 1, 10)
_OUTLETS = ("steppe-herald", "oasis-wire")


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """Two outlets that are polled each day: the polls of one fail at the end, the other misses entries."""
    database = empty_store(database_url)
    days = [NOON - timedelta(days=back) for back in range(20)]
    samples = [
        Sample(f"https://{outlet}.example/{day:%d}", source=outlet, published_at=day)
        for outlet in _OUTLETS
        for day in days[3:]
    ]
    fill(database, samples)

    def poll(conn: Connection) -> None:
        feed = add_feed(conn, source_id="oasis-wire", url="https://oasis.example/rss", now=NOON)
        assert feed is not None
        for back, day in enumerate(days):
            outcome = "unchanged" if back > 3 else "unreachable"
            record_outcomes(conn, "poll", {("steppe-herald", outcome): 4, ("oasis-wire", "changed"): 4}, at=day)
            listed = ListingPolled(listed=20, fresh=10, missed=3.0 if back < 5 else 0.0)
            record_poll_of_day(conn, feed, at=day, failed=False, listed=listed)

    database.write(poll)
    yield database
    database.close()


@pytest.mark.parametrize("outlet", [*_OUTLETS, "meadow.example"])
def test_an_outlet_read_alone_is_judged_as_among_all(store: Database, outlet: str) -> None:
    with store.reading() as conn:
        among = collection_health_by_day(conn, FIRST, LAST, today=LAST)
        alone = collection_health_by_day(conn, FIRST, LAST, today=LAST, source_id=outlet)
    for day, health in among.items():
        expected = [{outlet: part[outlet]} if outlet in part else {} for part in astuple(health)[1:]]
        assert [dict(part) for part in astuple(alone[day])[1:]] == expected


def test_the_outlets_have_something_to_judge(store: Database) -> None:
    with store.reading() as conn:
        health = collection_health_by_day(conn, FIRST, LAST, today=LAST)
    assert {outlet for day in health.values() for outlet in day.impaired} == set(_OUTLETS)
