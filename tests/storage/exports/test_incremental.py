"""Exports since the last time: whoever writes meanwhile, in whatever order, nothing is lost and nothing repeated."""

from __future__ import annotations

import csv
import io
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from samplestore import Sample, fill, store_of
from sqlalchemy import Connection, update

from db import changes, dialect
from db.changes import adopt_numbers
from db.engine import Database
from db.exports.cursors import CursorMoved, find_cursor
from db.exports.read import Filters
from db.models import Article, ChangeClock, Revision
from worker.export.request import ExportRequest
from worker.export.run import ExportRefused, open_incremental_export, write
from worker.lib.atomic_file import replacing

NOW = datetime(2022, 2, 1, tzinfo=UTC)
ARTICLES = ExportRequest(kind="articles")
# Invented: none of this was ever published.
SAMPLES = [Sample(f"https://herald.example/{number}", title=f"{number}: 0") for number in range(6)]


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = store_of(database_url, SAMPLES)
    yield database
    database.close()


def exported(store: Database, request: ExportRequest = ARTICLES, name: str = "nightly") -> list[dict[str, str]]:
    file = io.BytesIO()
    with open_incremental_export(store, request, name, now=NOW) as export:
        write(export, file, lambda _: None)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode(), newline="")))


def titles(rows: Sequence[dict[str, str]]) -> list[str]:
    return [row["title"] for row in rows]


def retitle(conn: Connection, article_id: int, title: str) -> None:
    """Do what any change of an article does: change it, and note so in the same transaction."""
    conn.execute(update(Article).where(Article.id == article_id).values(title=title))
    changes.note_changes(conn, [article_id])


def test_the_first_time_everything_comes_then_nothing(store: Database) -> None:
    assert len(exported(store)) == 6
    assert exported(store) == []


def test_what_is_new_comes_once_for_each_name(store: Database) -> None:
    exported(store)
    fill(store, [Sample("https://herald.example/new", title="new", published_at=datetime(2021, 1, 1, tzinfo=UTC))])
    rows = exported(store)
    assert "new" in titles(rows)
    assert exported(store) == []
    assert len(exported(store, name="another")) == 7


def test_what_changed_comes_again_with_all_its_rows(store: Database) -> None:
    mentions = ExportRequest(kind="mentions")
    fill(store, [Sample("https://herald.example/said", text="CSTO, CSTO.", says=(("CSTO", "csto"),))])
    assert len(exported(store, mentions)) == 2
    assert exported(store, mentions) == []
    store.write(lambda conn: retitle(conn, 7, "again"))
    assert len(exported(store, mentions)) == 2


def test_what_is_not_understood_yet_comes_when_it_is(store: Database) -> None:
    stage = update(Revision).where(Revision.article_id == 3)
    store.write(lambda conn: conn.execute(stage.values(stage="stored")))
    assert "2: 0" not in titles(exported(store))

    def settle(conn: Connection) -> None:
        conn.execute(stage.values(stage="done"))
        changes.note_changes(conn, [3])

    store.write(settle)
    assert titles(exported(store)) == ["2: 0"]


def test_who_commits_late_is_not_lost(postgres_url: str) -> None:
    store = store_of(postgres_url, SAMPLES)
    exported(store)
    with store.engine.connect() as slow:
        retitle(slow, 1, "slow")  # this transaction is older than the next, and will end after it
        store.write(lambda conn: retitle(conn, 2, "quick"))
        assert exported(store) == []  # above the oldest that still runs: they wait for it
        slow.commit()
    assert sorted(titles(exported(store))) == ["quick", "slow"]
    assert exported(store) == []
    store.close()


@pytest.mark.parametrize("seed", range(3))
def test_many_writers_and_an_export_at_the_same_time(store: Database, seed: int) -> None:
    written: dict[int, list[str]] = {number: [f"{number - 1}: 0"] for number in range(1, 7)}
    seen: list[dict[str, str]] = []
    over = threading.Event()

    def keep_exporting() -> None:
        while not over.is_set():
            seen.extend(exported(store))

    def keep_writing(number: int) -> None:
        draw = random.Random(seed * 100 + number)
        for step in range(1, 9):
            article_id = draw.choice([number * 2 - 1, number * 2])  # each has its own: the last title is known

            def change(conn: Connection, article_id: int = article_id, title: str = f"{article_id}: {step}") -> None:
                retitle(conn, article_id, title)
                if not dialect.is_sqlite(conn):
                    over.wait(draw.uniform(0, 0.01))  # so that transactions overlap, and end in another order

            store.write(change)
            written[article_id].append(f"{article_id}: {step}")

    exporter = threading.Thread(target=keep_exporting)
    writers = [threading.Thread(target=keep_writing, args=(number,)) for number in (1, 2, 3)]
    for thread in (exporter, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    over.set()
    exporter.join()
    seen.extend(exported(store))
    last = {int(row["article_id"]): row["title"] for row in seen}
    assert last == {article_id: said[-1] for article_id, said in written.items()}
    assert not [key for key, times in Counter((row["article_id"], row["title"]) for row in seen).items() if times > 1]
    assert exported(store) == []


class DiskFull(Exception):
    """What ends an export before its file is complete."""


def write_half(store: Database, path: Path) -> None:
    with open_incremental_export(store, ARTICLES, "nightly", now=NOW) as export, replacing(path) as file:
        write(export, file, lambda _: None)
        raise DiskFull


def test_a_file_that_was_not_completed_moves_nothing(store: Database, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(DiskFull):
        write_half(store, tmp_path / "out" / "out.csv")
    assert list((tmp_path / "out").iterdir()) == []
    assert len(exported(store)) == 6


def test_two_at_once_cannot_both_move_the_cursor(store: Database) -> None:
    with pytest.raises(CursorMoved), open_incremental_export(store, ARTICLES, "nightly", now=NOW):
        assert len(exported(store)) == 6


def test_a_name_stands_for_one_question(store: Database) -> None:
    exported(store, ExportRequest(kind="articles", filters=Filters(languages=["en"])))
    with pytest.raises(ExportRefused, match="another export: kind articles, languages"):
        exported(store, ExportRequest(kind="articles", filters=Filters(languages=["ru"])))


@pytest.mark.parametrize("kind", ["coverage", "sources"])
def test_what_is_counted_anew_has_no_last_time(store: Database, kind: str) -> None:
    with pytest.raises(ExportRefused, match="counted anew"):
        exported(store, ExportRequest(kind=kind))


def test_a_store_that_moved_to_another_server_begins_anew(postgres_url: str) -> None:
    store = store_of(postgres_url, SAMPLES)
    exported(store)
    ahead = update(Article).values(changed=2**50)  # numbers of a server that had counted further
    store.write(lambda conn: conn.execute(ahead))
    store.write(lambda conn: conn.execute(update(ChangeClock).values(server="another")))
    assert len(exported(store)) == 6
    assert exported(store) == []
    store.write(lambda conn: retitle(conn, 1, "later"))
    assert titles(exported(store)) == ["later"]
    store.close()


def test_adopting_the_same_server_again_changes_nothing(store: Database) -> None:
    exported(store)
    before = store.read(lambda conn: find_cursor(conn, "nightly"))
    assert store.write(adopt_numbers) is False
    assert store.read(lambda conn: find_cursor(conn, "nightly")) == before
