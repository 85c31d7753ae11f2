"""Exports on a schedule: nothing is written twice or missed, and trouble is told."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from exported import NOW, SAMPLES, exported
from samplestore import store_of
from sqlalchemy import Connection

from db import changes, outcomes
from db.dialect.word_index import create_word_index
from db.engine import Database
from db.exports import schedules
from db.exports.schedules import Schedule
from worker.export import scheduled
from worker.export.request import ExportRequest


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = store_of(database_url, SAMPLES)
    yield database
    database.close()


def schedule(folder: Path, *, new_only: bool = False, package: bool = False, kind: str = "articles") -> Schedule:
    stored = scheduled.stored_request(ExportRequest(kind=kind), package=package, new_only=new_only)
    return Schedule(
        name="nightly", request=stored, every="day", folder=str(folder), next_at=datetime(2022, 1, 30, tzinfo=UTC)
    )


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def test_what_was_missed_is_written_once(store: Database, out: Path) -> None:
    store.write(lambda conn: schedules.record_schedule(conn, schedule(out)))
    assert scheduled.run_due(store, at(datetime(2022, 1, 29, 23, tzinfo=UTC))) == []
    assert scheduled.run_due(store, at(NOW)) == [str(out / "nightly-2022-02-01T103000Z.csv")]
    assert (out / "nightly-2022-02-01T103000Z.csv").read_bytes() == exported(store, ExportRequest(kind="articles"))
    assert scheduled.run_due(store, at(NOW)) == []
    [known] = store.read(schedules.list_schedules)
    assert (known.next_at, known.last_at) == (datetime(2022, 2, 2, tzinfo=UTC), NOW)


def test_new_rows_only(store: Database, out: Path) -> None:
    store.write(lambda conn: schedules.record_schedule(conn, schedule(out, new_only=True)))
    scheduled.run_due(store, at(NOW))

    def change(conn: Connection) -> None:
        changes.note_changes(conn, [2])

    store.write(change)
    [file] = scheduled.run_due(store, at(NOW + timedelta(days=1)))
    assert Path(file).read_text().count("\n") == 2


def test_a_package_on_a_schedule(store: Database, out: Path) -> None:
    store.write(lambda conn: schedules.record_schedule(conn, schedule(out, package=True, kind="coverage")))
    [file] = scheduled.run_due(store, at(NOW))
    assert zipfile.ZipFile(file).namelist()[0] == "coverage.csv"


@pytest.mark.parametrize("question", [{"query": "poplar w/5 lake"}, {"wide": True, "queries": ["poplar w/5 lake"]}])
def test_a_query_that_would_be_refused_by_now_is_still_answered(
    store: Database, out: Path, question: dict[str, object]
) -> None:
    request = ExportRequest(kind="coverage" if "wide" in question else "articles", **question)  # type: ignore[arg-type]
    stored = scheduled.stored_request(request, package=False, new_only=False)
    store.write(create_word_index)
    nightly = Schedule(
        name="nightly", request=stored, every="day", folder=str(out), next_at=datetime(2022, 1, 30, tzinfo=UTC)
    )
    store.write(lambda conn: schedules.record_schedule(conn, nightly))
    assert len(scheduled.run_due(store, at(NOW))) == 1


def test_a_folder_that_cannot_be_is_told_and_tried_again(store: Database, out: Path) -> None:
    (out / "file").touch()
    store.write(lambda conn: schedules.record_schedule(conn, schedule(out / "file" / "folder")))
    assert scheduled.run_due(store, at(NOW)) == []
    [known] = store.read(schedules.list_schedules)
    assert "ot a directory" in (known.last_error or "")
    assert known.next_at == NOW + timedelta(minutes=10)
    [problem] = store.read(outcomes.latest_problems)
    assert (problem.stage, problem.subject) == ("export", "export nightly")
    (out / "file").unlink()
    assert len(scheduled.run_due(store, at(NOW + timedelta(minutes=11)))) == 1
    [known] = store.read(schedules.list_schedules)
    assert known.last_error is None


def test_nobody_writes_what_another_writes(store: Database, out: Path) -> None:
    store.write(lambda conn: schedules.record_schedule(conn, schedule(out)))

    def claim(now: datetime) -> Schedule | None:
        return store.write(lambda conn: schedules.claim_due(conn, now=now, lease=timedelta(hours=1)))

    assert claim(NOW) is not None
    assert claim(NOW + timedelta(minutes=59)) is None
    assert claim(NOW + timedelta(minutes=61)) is not None
