"""Runs that bring documents in at once share an instant, however close together they begin."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from templates import tables

from db.articles import intakes
from db.engine import Database

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = tables(postgres_url)
    yield opened
    opened.close()


def test_runs_that_begin_in_the_same_moment_share_one_intake(database: Database) -> None:
    """The second looks while the first has opened its intake and not yet committed it."""
    opened: list[intakes.OpenIntake] = []
    is_opened, may_commit = threading.Event(), threading.Event()

    def first() -> None:
        with database.engine.begin() as conn:
            opened.append(intakes.join_intake(conn, now=NOW))
            is_opened.set()
            may_commit.wait(10)

    def second() -> None:
        is_opened.wait(10)
        opened.append(database.write(lambda conn: intakes.join_intake(conn, now=NOW + timedelta(milliseconds=1))))

    threads = [threading.Thread(target=run) for run in (first, second)]
    for thread in threads:
        thread.start()
    is_opened.wait(10)
    threads[1].join(0.5)
    may_commit.set()
    for thread in threads:
        thread.join(10)
    assert opened == [intakes.OpenIntake(opened[0].id, NOW)] * 2
