"""Instants from the future: what waits for longer than anything may is due now, and is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from templates import tables

from crawlers.jobs.schedule import next_attempt, next_check, next_retry
from crawlers.scheduling.plan import MAX_PAUSE
from db.clocks import bring_back, count_ahead
from db.collection.feeds.polls import find_due_feeds
from db.collection.host_leases import claim_hosts, find_resting_hosts
from db.collection.pages.pages import NEVER, find_due_pages
from db.engine import Database
from db.models import Capture, Channel, CoverageState, Feed, HostLease, Page, Problem, Source

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
YEARS = NOW + timedelta(days=6_000)


@pytest.fixture
def database(database_url: str) -> Database:
    """A store whose every wait is from now."""
    opened = tables(database_url)
    page = {"host": "a.kz", "first_seen_at": NOW, "source_id": "a"}
    capture = {"url": "https://a.kz/1", "fetched_at": NOW, "status": 200, "content_type": None, "body": b"", "size": 0}
    rows: list[tuple[Any, list[dict[str, Any]]]] = [
        (Source, [{"id": "a", "name": "a", "languages": [], "origin": "person", "added_at": NOW}]),
        (Feed, [{"id": 1, "source_id": "a", "url": "https://a.kz/rss", "next_poll_at": NOW}]),
        (
            Page,
            [
                {"id": 1, "canonical_url": "https://a.kz/1", "url": "https://a.kz/1", "next_fetch_at": NOW, **page},
                {"id": 2, "canonical_url": "https://a.kz/2", "url": "https://a.kz/2", "next_fetch_at": NEVER, **page},
            ],
        ),
        (Capture, [{"id": 1, "page_id": 1, "source_id": "a", "body_hash": "0", "hints": {}, "headers": {}, **capture}]),
        (HostLease, [{"host": "a.kz", "holder": None, "free_at": NOW}]),
        (Channel, [{"id": 1, "kind": "email", "address": "ann@a.kz"}]),
        (CoverageState, [{"id": 1}]),
    ]
    for model, several in rows:
        opened.write(lambda conn, model=model, several=several: conn.execute(insert(model), several))  # type: ignore[misc]
    return opened


def set_ahead(database: Database, column: Any, at: datetime) -> None:
    statement = update(column.class_).values({column: at})
    if column.class_ is Page:  # the other one is never due
        statement = statement.where(Page.id == 1)
    database.write(lambda conn: conn.execute(statement))


def waits_until(database: Database, column: Any) -> datetime:
    """Return the instant that the first row has."""
    instant: datetime | None = database.read(
        lambda conn: conn.scalar(select(column).order_by(*column.class_.__mapper__.primary_key).limit(1))
    )
    assert instant is not None
    return instant


def brought_back(database: Database) -> dict[str, int]:
    counted = database.read(lambda conn: count_ahead(conn, now=NOW))
    assert database.write(lambda conn: bring_back(conn, now=NOW)) == counted
    assert database.read(lambda conn: count_ahead(conn, now=NOW)) == {}
    return counted


COLUMNS = {
    "feeds": Feed.next_poll_at,
    "pages": Page.next_fetch_at,
    "hosts": HostLease.free_at,
    "channels": Channel.rests_until,
}
CLAIMS = [Feed.claimed_until, Page.claimed_until, Capture.claimed_until, CoverageState.held_until]


@pytest.mark.parametrize("what", COLUMNS)
def test_what_waits_for_years_is_due_now(database: Database, what: str) -> None:
    set_ahead(database, COLUMNS[what], YEARS)
    assert brought_back(database) == {what: 1}
    assert waits_until(database, COLUMNS[what]) == NOW


@pytest.mark.parametrize("column", CLAIMS, ids=str)
def test_a_claim_for_years_has_run_out(database: Database, column: Any) -> None:
    set_ahead(database, column, YEARS)
    assert brought_back(database) == {"claims": 1}
    assert waits_until(database, column) < NOW


def test_collection_goes_on_after_a_clock_that_ran_ahead(database: Database) -> None:
    for column in (*COLUMNS.values(), *CLAIMS):
        set_ahead(database, column, YEARS)
    database.write(lambda conn: bring_back(conn, now=NOW))  # claims show once their rows are due
    database.write(lambda conn: bring_back(conn, now=NOW))
    with database.reading() as conn:
        assert [feed.id for feed in find_due_feeds(conn, now=NOW, limit=9)] == [1]
        assert [page.id for page in find_due_pages(conn, now=NOW, limit=9)] == [1]
        assert find_resting_hosts(conn, now=NOW) == set()
        problem = conn.scalar(select(Problem.reason).where(Problem.stage == "clock"))
    assert "a clock ran ahead" in (problem or "")
    until = {"a.kz": NOW + timedelta(seconds=5)}
    assert database.write(lambda conn: claim_hosts(conn, until, holder="x", now=NOW)) == {"a.kz"}


@pytest.mark.parametrize("column", [*COLUMNS.values(), *CLAIMS], ids=str)
def test_what_waits_as_long_as_it_may_is_left_alone(database: Database, column: Any) -> None:
    is_wait = column in (Feed.next_poll_at, Page.next_fetch_at, Channel.rests_until)
    set_ahead(database, column, NOW + (timedelta(days=34) if is_wait else timedelta(hours=20)))
    assert brought_back(database) == {}
    assert database.read(lambda conn: conn.scalar(select(Page.next_fetch_at).where(Page.id == 2))) == NEVER


PAUSES: dict[str, Callable[[int, float], datetime | None]] = {
    "retry": lambda n, jitter: next_retry(NOW, failures=max(n, 1), jitter=jitter, retry_after_s=1e12),
    "check": lambda n, jitter: next_check(NOW, last_change=NOW - timedelta(hours=n), jitter=jitter),
    "attempt": lambda n, jitter: next_attempt(NOW, last_at=NOW - timedelta(hours=n), jitter=jitter),
}


@pytest.mark.parametrize("what", PAUSES)
@given(times=st.integers(0, 20_000), jitter=st.floats(0, 0.999))
def test_no_pause_is_longer_than_what_counts_as_ahead(what: str, times: int, jitter: float) -> None:
    at = PAUSES[what](times, jitter)
    assert at is None or at <= NOW + timedelta(days=35)
    assert timedelta(days=35) > MAX_PAUSE
