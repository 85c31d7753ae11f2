"""Raw captures: claimed for a while, finished once, and forgotten by age and by room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from templates import migrated

from db.collection import captures
from db.collection.captures import CaptureIn
from db.engine import Database

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = migrated(database_url)
    yield opened
    opened.close()


def add(database: Database, count: int, *, at: datetime = NOON, size: int = 10) -> list[int]:
    """Store captures whose compressed bodies have that size, and claim them; return their ids."""
    rows = [
        (
            CaptureIn(
                page_id=None,
                source_id=None,
                url=f"https://a.example/{n}",
                fetched_at=at,
                status=200,
                content_type="text/html",
                body=b"x",
                body_hash=f"{at}{n}"[-32:],
            ),
            b"\x00" * size,
        )
        for n in range(count)
    ]
    database.write(lambda conn: captures.record_captures(conn, rows))
    return database.write(lambda conn: captures.claim_captures(conn, now=at, lease_s=60, limit=1_000))


def claim(database: Database, at: datetime) -> list[int]:
    return database.write(lambda conn: captures.claim_captures(conn, now=at, lease_s=60, limit=10))


def finish(database: Database, ids: list[int]) -> set[int]:
    return database.write(lambda conn: captures.finish_captures(conn, dict.fromkeys(ids, ("new", None))))


def expire(database: Database, before: datetime, max_bytes: float) -> int:
    return database.write(lambda conn: captures.expire_captures(conn, before=before, max_bytes=max_bytes))


def test_a_claimed_capture_is_given_out_again_only_when_the_claim_has_run_out(database: Database) -> None:
    ids = add(database, 2)
    assert claim(database, NOON + timedelta(seconds=30)) == []
    assert claim(database, NOON + timedelta(seconds=61)) == ids


def test_a_capture_is_finished_once(database: Database) -> None:
    ids = add(database, 2)
    assert (finish(database, ids), finish(database, ids)) == (set(ids), set())


def reject(database: Database, at: datetime) -> int:
    return database.write(lambda conn: captures.reject_exhausted(conn, attempts=5, now=at))


def test_what_no_worker_survives_is_set_aside(database: Database) -> None:
    ids = add(database, 1)
    for _ in range(5):
        database.write(lambda conn: captures.begin_captures(conn, ids))
    assert (reject(database, NOON), reject(database, NOON + timedelta(seconds=61))) == (0, 1)
    assert database.read(captures.count_waiting) == 0


def test_to_be_given_out_often_is_no_fault(database: Database) -> None:
    add(database, 1)
    for minute in range(2, 12):
        claim(database, NOON + timedelta(minutes=minute))
    assert reject(database, NOON + timedelta(hours=1)) == 0


def test_old_captures_go_and_waiting_ones_never(database: Database) -> None:
    finish(database, add(database, 3, at=NOON - timedelta(days=40)))
    finish(database, add(database, 2))
    add(database, 1, at=NOON - timedelta(days=50))
    assert expire(database, NOON - timedelta(days=30), 1e9) == 3
    assert expire(database, NOON - timedelta(days=30), 1e9) == 0
    assert database.read(captures.count_waiting) == 1


def test_beyond_the_room_the_oldest_go_first(database: Database) -> None:
    finish(database, add(database, 60, at=NOON - timedelta(days=2), size=1_000))
    finish(database, add(database, 20, at=NOON - timedelta(days=1), size=1_000))
    gone = 0
    while step := expire(database, NOON - timedelta(days=30), 40_000):
        gone += step
    assert gone == 50


def test_the_texts_of_feeds_take_room_too(database: Database) -> None:
    said = {"title": "Вода", "body": "ы" * 10_000}
    rows = [
        (
            CaptureIn(
                page_id=None,
                source_id=None,
                url=f"https://a.example/{n}",
                fetched_at=NOON,
                status=0,
                content_type=None,
                body=b"",
                body_hash=str(n),
                hints=said,
            ),
            b"\x00",
        )
        for n in range(3)
    ]
    database.write(lambda conn: captures.record_captures(conn, rows))
    finish(database, database.write(lambda conn: captures.claim_captures(conn, now=NOON, lease_s=60, limit=9)))
    assert expire(database, NOON - timedelta(days=30), 70_000) == 0
    assert expire(database, NOON - timedelta(days=30), 50_000) == 3


@pytest.mark.parametrize("body", ["Қазақстан", "half a letter: \ud83d", 'a "quoted" \u2028 line\n'])
def test_hints_come_back_as_they_were(database: Database, body: str) -> None:
    row = CaptureIn(
        page_id=None,
        source_id=None,
        url="https://a.example/1",
        fetched_at=NOON,
        status=0,
        content_type=None,
        body=b"",
        body_hash="1",
        hints={"body": body},
    )
    database.write(lambda conn: captures.record_captures(conn, [(row, captures.compress(b""))]))
    (kept,) = database.read(lambda conn: captures.read_captures(conn, [1]))
    assert kept.hints == {"body": body}


def test_letters_take_no_more_room_than_they_need(database: Database) -> None:
    row = CaptureIn(
        page_id=None,
        source_id=None,
        url="https://a.example/1",
        fetched_at=NOON,
        status=0,
        content_type=None,
        body=b"",
        body_hash="1",
        hints={"body": "ы" * 1_000},
    )
    database.write(lambda conn: captures.record_captures(conn, [(row, b"")]))
    stored = database.read(lambda conn: conn.scalar(text("SELECT length(CAST(hints AS TEXT)) FROM captures")))
    assert stored < 1_100
