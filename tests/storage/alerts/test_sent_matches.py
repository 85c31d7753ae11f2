"""The sent matches of subscriptions, counted and listed from their index alone, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from samplestore import NOON, empty_store
from sqlalchemy import Connection, event

from db.alerts.matches import MatchIn, count_matches, record_match
from db.alerts.message_rows import read_subscription
from db.alerts.subscriptions import SubscriptionIn, record_subscription
from db.dialect import is_sqlite
from db.engine import Database
from db.enums.alerts import SENT_STATUSES, MatchStatus, SubscriptionKind

STATUSES = tuple(MatchStatus)
MATCHES = 60
NAMES = ("steppe", "mountains", "nothing")


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    opened = empty_store(store_url)
    opened.write(fill)
    yield opened
    opened.close()


def fill(conn: Connection) -> None:
    """Store matches of two subscriptions in turn, of each status one after another."""
    for name in NAMES:
        new = SubscriptionIn(name=name, query=f"{name}.example", kind=SubscriptionKind.SILENCE)
        record_subscription(conn, new, now=NOON)
    for number in range(1, MATCHES + 1):
        match = MatchIn(subscription_id=subscription_of(number), event=f"event {number}", status=status_of(number))
        assert record_match(conn, match, now=NOON + timedelta(hours=number)) == number


def subscription_of(number: int) -> int:
    return 1 + number % 3 // 2


def status_of(number: int) -> MatchStatus:
    return STATUSES[number % len(STATUSES)]


def sent(subscription: int) -> list[int]:
    """Return the numbers of the sent matches of a subscription, the newest first."""
    numbers = range(MATCHES, 0, -1)
    return [one for one in numbers if subscription_of(one) == subscription and status_of(one) in SENT_STATUSES]


def test_the_sent_matches_are_counted_with_the_time_of_the_latest(database: Database) -> None:
    expected = {number: (len(sent(number)), NOON + timedelta(hours=sent(number)[0])) for number in (1, 2)}
    assert database.read(count_matches) == expected
    assert database.read(lambda conn: count_matches(conn, [2])) == {2: expected[2]}


@pytest.mark.parametrize("subscription", [1, 2, 3])
def test_the_sent_matches_are_listed_page_by_page(database: Database, subscription: int) -> None:
    listed: list[int] = []
    before = None
    with database.reading() as conn:
        while page := read_subscription(conn, subscription, limit=4, before=before):
            listed += [match.match_id for match in page]
            before = listed[-1]
    assert listed == sent(subscription)


@pytest.mark.parametrize("read", [count_matches, lambda conn: read_subscription(conn, 2, limit=4)])
def test_no_match_is_read_that_is_not_shown(database: Database, read: Any) -> None:
    with database.reading() as conn:
        [plan, *_] = explain(conn, read)
    assert "ix_matches_sent" in plan
    assert "COVERING INDEX" in plan or "Index Only Scan" in plan


def explain(conn: Connection, read: Any) -> list[str]:
    """Return the plans of the statements that a reader runs, as the database plans large tables."""
    statements: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(conn, "before_cursor_execute", note)
    read(conn)
    event.remove(conn, "before_cursor_execute", note)
    if not is_sqlite(conn):
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        conn.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    explaining = "EXPLAIN QUERY PLAN" if is_sqlite(conn) else "EXPLAIN"
    plans = [conn.exec_driver_sql(f"{explaining} {text}", parameters).all() for text, parameters in statements]
    return ["\n".join(str(row[-1]) for row in plan) for plan in plans]
