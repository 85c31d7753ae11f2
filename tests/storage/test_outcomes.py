"""Counts of how inputs ended: appended in the transaction of the facts, summed when read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from templates import migrated

from db import outcomes
from db.engine import Database
from db.models import Outcome
from db.outcomes import ProblemSeen

DAY = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = migrated(database_url)
    yield opened
    opened.close()


def add(database: Database, at: datetime, **counts: int) -> None:
    given = {(None if n % 2 else "a-source", name): n for name, n in counts.items()}
    database.write(lambda conn: outcomes.record_outcomes(conn, "fetch", given, at=at))


def totals(database: Database) -> list[tuple[str, str, int]]:
    return database.read(outcomes.count_outcomes)


def test_a_past_day_is_kept_in_one_row_for_each_outcome_and_sums_stay(database: Database) -> None:
    for hour in range(20):
        add(database, DAY + timedelta(hours=hour), captured=3, unchanged=2)
    add(database, DAY + timedelta(days=1), captured=5)
    before = totals(database)
    saved = database.write(lambda conn: outcomes.compact_outcomes(conn, day=DAY))
    assert (saved, totals(database)) == (38, before)
    assert database.read(lambda conn: conn.scalar(select(func.count()).select_from(Outcome))) == 3
    assert database.write(lambda conn: outcomes.compact_outcomes(conn, day=DAY)) == 0


def test_a_problem_keeps_its_latest_reason_and_how_often_it_happened(database: Database) -> None:
    for minute, reason in enumerate(("timed out", "timed out", "the server answered 503")):
        seen = [ProblemSeen("https://a.example/x", reason)]
        at = DAY + timedelta(minutes=minute)
        database.write(lambda conn, seen=seen, at=at: outcomes.record_problems(conn, "fetch", seen, at=at))
    (problem,) = database.read(outcomes.latest_problems)
    assert (problem.reason, problem.times, problem.last_at) == (
        "the server answered 503",
        3,
        DAY + timedelta(minutes=2),
    )


def test_only_the_newest_problems_are_kept(database: Database) -> None:
    for number in range(10):
        seen = [ProblemSeen(f"https://a.example/{number}", "broken")]
        at = DAY + timedelta(minutes=number)
        database.write(lambda conn, seen=seen, at=at: outcomes.record_problems(conn, "fetch", seen, at=at))
    assert database.write(lambda conn: outcomes.forget_old_problems(conn, keep=4)) == 6
    assert len(database.read(outcomes.latest_problems)) == 4
