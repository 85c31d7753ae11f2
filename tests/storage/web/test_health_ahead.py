"""The health of the collection that a process of its own reads, and what is done when that fails."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from samplestore import Sample, store_of
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from db.engine import Database
from db.outcomes import record_outcomes
from web.kept.health import KeptHealth, Quarter, list_quarters
from web.kept.health_ahead import COMMAND, HealthAhead
from web.kept.health_child import describe_task
from worker.coverage.stats.health import DayHealth

NOW = datetime(2022, 8, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
BEGUN = date(2021, 5, 2)
QUARTERS = list(reversed(list(list_quarters(BEGUN, TODAY))))
# Invented: none of this was ever published.
SAMPLES = [
    Sample("https://herald.example/1", published_at=NOW - timedelta(days=200)),
    Sample("https://herald.example/2", published_at=NOW - timedelta(days=3)),
]
_STAYS = """
import os, pickle, sys, time
sys.stdin.readline()
pickle.dump({}, sys.stdout.buffer)
sys.stdout.buffer.flush()
open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(600)
"""


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = store_of(database_url, SAMPLES)
    with database.engine.begin() as conn:
        for number in range((TODAY - BEGUN).days + 1):
            counts = {("steppe-herald", "changed"): 4, ("oasis-wire", "server error"): number % 5}
            at = datetime(2021, 5, 2, 9, tzinfo=UTC) + timedelta(days=number)
            record_outcomes(conn, "poll", {**counts, ("oasis-wire", "changed"): 2}, at=at)
    yield database
    database.close()


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def ahead_of(
    database: Database, health: KeptHealth, *command: str, clock: Callable[[], float] = lambda: 0.0
) -> HealthAhead:
    usual = HealthAhead(database=database, health=health, now=lambda: NOW, clock=clock)
    return replace(usual, command=command) if command else usual


def staying(path: Path) -> tuple[str, ...]:
    return sys.executable, "-c", _STAYS, str(path)


def wait_for(path: Path) -> int:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError, ValueError):
            return int(path.read_text())
        time.sleep(0.02)
    raise AssertionError("the process did not begin")


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def list_due(database: Database, health: KeptHealth) -> list[Quarter]:
    return database.read(lambda conn: health.list_due(conn, TODAY))


def read_nothing(_conn: Connection, since: date, until: date, *, today: date) -> Mapping[date, DayHealth]:
    raise AssertionError(f"{since} to {until} was read")


def test_what_the_process_reads_is_what_pages_would_read(store: Database) -> None:
    health = KeptHealth(read_health=read_nothing)
    assert list_due(store, health) == QUARTERS
    ahead_of(store, health).read()
    assert list_due(store, health) == []
    with store.reading() as conn:
        read_ahead = health(conn, BEGUN, TODAY, today=TODAY)
        assert read_ahead == KeptHealth()(conn, BEGUN, TODAY, today=TODAY)
    assert {day.watched for day in read_ahead.values()} == {2}
    assert any(day.impaired for day in read_ahead.values())
    assert any(day.seen for day in read_ahead.values())


def test_a_few_quarters_are_left_to_the_pages(store: Database, tmp_path: Path) -> None:
    health = KeptHealth(find_begin=lambda _: TODAY - timedelta(days=200))
    assert len(list_due(store, health)) == 3
    ahead_of(store, health, *staying(tmp_path / "pid")).read()
    assert not (tmp_path / "pid").exists()


def test_a_process_that_is_killed_leaves_the_rest_to_the_pages(
    store: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    health, clock = KeptHealth(), Clock()
    ahead = ahead_of(store, health, *staying(tmp_path / "pid"), clock=clock)
    reading = threading.Thread(target=ahead.read)
    reading.start()
    os.kill(wait_for(tmp_path / "pid"), signal.SIGKILL)
    reading.join(60)
    assert [record.message for record in caplog.records if record.name == "web.kept.health_ahead"] == [
        "the health of the collection is read by pages; a process of its own failed:"
        " it ended with status -9 before all was read"
    ]
    assert list_due(store, health) == QUARTERS[1:], "the first had come"
    with store.reading() as conn:
        last = QUARTERS[-1]
        assert health(conn, *last, today=TODAY) == KeptHealth()(conn, *last, today=TODAY)
    (tmp_path / "pid").unlink()
    clock.now_s = 599.0
    ahead.read()
    assert not (tmp_path / "pid").exists(), "it is not tried again at once"


def test_a_process_that_takes_too_long_is_ended(
    store: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    replace(ahead_of(store, KeptHealth(), *staying(tmp_path / "pid")), limit_s=0.5).read()
    assert "failed: it ended with status -9" in caplog.text


def test_a_process_that_cannot_be_started_is_reported(store: Database, caplog: pytest.LogCaptureFixture) -> None:
    ahead_of(store, KeptHealth(), "/nowhere/python").read()
    assert "a process of its own failed: [Errno 2]" in caplog.text


def test_a_server_that_stops_ends_the_process_and_starts_no_other(
    store: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ahead = ahead_of(store, KeptHealth(), *staying(tmp_path / "pid"))
    reading = threading.Thread(target=ahead.read)
    reading.start()
    pid = wait_for(tmp_path / "pid")
    ahead.stop()
    reading.join(60)
    assert not reading.is_alive()
    assert not is_there(pid)
    assert caplog.text == ""
    (tmp_path / "pid").unlink()
    ahead.read()
    assert not (tmp_path / "pid").exists()


def test_a_store_that_the_process_cannot_read_is_reported(store: Database, caplog: pytest.LogCaptureFixture) -> None:
    store.write(lambda conn: conn.execute(text("DROP TABLE outcomes")))
    ahead_of(store, KeptHealth(find_begin=lambda _: BEGUN)).read()
    assert "failed: it ended with status 1 before all was read" in caplog.text


def test_a_file_that_is_no_store_fails_as_it_does_for_pages(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("no database at all, and long enough to be looked at. " * 40)
    with pytest.raises(DatabaseError):
        ahead_of(Database(f"sqlite:///{tmp_path / 'store.db'}"), KeptHealth()).read()


def test_the_process_ends_when_its_parent_has_ended(store: Database) -> None:
    many = list(list_quarters(date(1900, 1, 1), TODAY))  # more than a pipe holds, so it waits for its reader
    process = Popen(COMMAND, stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(describe_task(store.url, TODAY, many))
    process.stdin.flush()
    assert process.stdout.read(1)
    process.stdin.close()
    assert process.wait(60) == 1
    process.stdout.close()
