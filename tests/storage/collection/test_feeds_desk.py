"""The desk: what the event loop hands over is written together, in order, and one bad piece spoils no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Connection, insert, select
from templates import tables

from crawlers.async_store import AsyncStore, OutcomeTally
from db.engine import Database
from db.models import Source
from db.outcomes import count_outcomes, latest_problems

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = tables(database_url)
    yield opened
    opened.close()


def add(name: str, conn: Connection, tally: OutcomeTally) -> str:
    row = {"id": name, "name": name, "languages": [], "origin": "person", "added_at": NOW}
    conn.execute(insert(Source), [row])
    tally.count("poll", name, "changed")
    return name


def names(database: Database) -> list[str]:
    with database.reading() as conn:
        return list(conn.scalars(select(Source.id).order_by(Source.id)))


def test_what_is_handed_over_is_written_before_the_end(database: Database) -> None:
    desk = AsyncStore(database, lambda: NOW)
    futures = [desk.submit(partial(add, f"{number:03}")) for number in range(200)]
    desk.close()
    assert [future.result() for future in futures] == names(database) == [f"{number:03}" for number in range(200)]
    assert desk.totals == {("poll", "changed"): 200}


def test_one_bad_piece_of_work_spoils_no_other_and_is_not_counted(database: Database) -> None:
    desk = AsyncStore(database, lambda: NOW)
    good = desk.submit(partial(add, "good"))
    twice = desk.submit(partial(add, "good"))
    other = desk.submit(partial(add, "other"))
    desk.close()
    assert (good.result(), other.result()) == ("good", "other")
    assert twice.exception() is not None
    assert names(database) == ["good", "other"]
    with database.reading() as conn:
        assert count_outcomes(conn) == [("poll", "changed", 2)]


def test_problems_are_stored_with_their_facts(database: Database) -> None:
    desk = AsyncStore(database, lambda: NOW)
    desk.submit(lambda _, tally: tally.problem("poll", "https://a.kz/rss", "timed out after 30 s", None))
    desk.close()
    with database.reading() as conn:
        (problem,) = latest_problems(conn)
    assert (problem.stage, problem.subject, problem.reason) == ("poll", "https://a.kz/rss", "timed out after 30 s")


def test_the_event_loop_awaits_what_threads_do(database: Database) -> None:
    async def work() -> tuple[str, list[str], int]:
        desk = AsyncStore(database, lambda: NOW)
        written = await desk.write(partial(add, "courier"))
        found = await desk.read(lambda conn: list(conn.scalars(select(Source.id))))
        computed = await desk.compute(max, 1, 2)
        desk.close()
        return written, found, computed

    assert asyncio.run(work()) == ("courier", ["courier"], 2)
