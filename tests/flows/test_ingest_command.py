"""`steppewatch ingest` as its user runs it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from crawlerfork import run_command
from material import shared
from samples import PARAGRAPHS, text


@pytest.fixture
def data(prepared: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A data directory without articles."""
    return prepared(tmp_path / "data")


def run(data_dir: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "STEPPEWATCH_DATA_DIR": str(data_dir)}
    return run_command(*arguments, environment=environment, stdin=stdin)


def rows(data_dir: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(data_dir / "steppewatch.db") as conn:
        return conn.execute(query).fetchall()


def dump(data_dir: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table except the counts of inputs, the intakes and the planner's own.

    The index of words is here by the tables that it keeps itself in; it cannot be read as a table.
    """
    tables = "select name from sqlite_master where type = 'table' and sql not like 'create virtual%'"
    with sqlite3.connect(data_dir / "steppewatch.db") as conn:
        names = [name for (name,) in conn.execute(tables) if not name.startswith("sqlite_")]
        kept = sorted(set(names) - {"outcomes", "intakes"})
        return {name: conn.execute(f'select * from "{name}"').fetchall() for name in kept}


def test_good_and_bad_files_together(data: Path, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(f"Talks on the lake\n\n{text(0, 1, 2)}\n", encoding="utf-8")
    lines = [{"url": "https://a.example/1", "title": "T", "text": PARAGRAPHS[3]}, "broken"]
    (tmp_path / "some.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    files = [str(tmp_path / name) for name in ("good.txt", "some.jsonl", "missing.html")]
    done = run(data, "ingest", "--format", "json", *files)
    assert json.loads(done.stdout) == {"new": 2, "copy": 0, "revised": 0, "seen_again": 0, "rejected": 2}
    assert done.returncode == 1
    assert b"missing.html: rejected: cannot be read: no such file" in done.stderr
    assert b"some.jsonl:2: rejected" in done.stderr


def test_the_second_time_no_other_row_is_changed(data: Path) -> None:
    given = json.dumps({"url": "https://a.example/1", "text": text(0, 1), "published_at": "2022-01-05"}).encode()
    assert run(data, "ingest", "-", stdin=given).returncode == 0
    before = dump(data)
    again = run(data, "ingest", "-", stdin=given)
    assert json.loads(again.stdout)["seen_again"] == 1
    assert dump(data) == before


def test_an_edited_document_that_is_ingested_again_is_what_counts(data: Path) -> None:
    for body in ("b The first wording of a report.", "a The second wording of a report."):
        given = json.dumps({"url": "https://a.example/1", "text": body, "published_at": "2022-01-05"}).encode()
        last = run(data, "ingest", "-", stdin=given)
    assert json.loads(last.stdout)["revised"] == 1
    query = "select r.text from articles a join revisions r on r.id = a.revision_id"
    assert rows(data, query) == [("a The second wording of a report.",)]


def test_a_folder_is_read_with_all_that_lies_in_it(data: Path, tmp_path: Path) -> None:
    for number in range(3):
        inner = tmp_path / "in" / str(number)
        inner.mkdir(parents=True)
        (inner / "a.txt").write_text(f"Report {number}\n\n{PARAGRAPHS[number]}\n", encoding="utf-8")
    (tmp_path / "in" / "notes.pdf").write_bytes(b"%PDF")
    done = run(data, "ingest", str(tmp_path / "in"))
    assert (json.loads(done.stdout)["new"], done.returncode) == (3, 0)


def test_the_two_seed_documents(data: Path) -> None:
    files = sorted(str(path) for path in shared("seeds").glob("*.txt"))
    first = run(data, "ingest", *files)
    assert json.loads(first.stdout) == {"new": 2, "copy": 0, "revised": 0, "seen_again": 0, "rejected": 0}
    query = "select r.title, r.author, a.source_id, r.text from articles a join revisions r on r.id = a.revision_id"
    (untitled, titled) = sorted(rows(data, query), key=lambda row: str(row[0] or ""))
    assert untitled[:2] == (None, "Anton Evstratov")
    assert titled[:3] == (
        "Does Turkey Intend to Replace the CSTO in Central Asia?",
        "Vladimir Odintsov",
        "new-eastern-outlook",
    )
    assert not any(scrap in f"{untitled[3]}{titled[3]}" for scrap in ("Leave a Reply", "Share."))
    in_both = rows(data, "select entity_id from mentions group by 1 having count(distinct revision_id) = 2")
    wanted = {"kazakhstan", "csto", "turkey", "organization-of-turkic-states", "recep-tayyip-erdogan"}
    assert wanted <= {entity for (entity,) in in_both}
    before = dump(data)
    assert json.loads(run(data, "ingest", *files).stdout)["seen_again"] == 2
    assert dump(data) == before


def test_of_a_text_full_of_names_two_thousand_are_kept_and_counted_and_it_is_said(data: Path) -> None:
    body = f"{text(0, 1)} " + "The CSTO and Uzbekistan. " * 1_500
    given = json.dumps({"url": "https://a.example/1", "text": body, "published_at": "2022-01-05"}).encode()
    done = run(data, "ingest", "-", stdin=given)
    assert (json.loads(done.stdout)["new"], done.returncode) == (1, 0)
    said = rows(data, "select reason from problems")[0][0]
    assert isinstance(said, str)
    assert "; 2,000 are kept" in said
    assert said.encode() in done.stderr
    kept = rows(data, "select entity_id, count(*) from mentions group by 1 having count(*) > 100 order by 1")
    assert sum(int(str(number)) for _, number in kept) > 1_900
    run(data, "vocabulary", "retag", "--all")
    assert rows(data, "select count(*) from mentions") == [(2_000,)]


def test_a_store_that_is_made_is_said_once(tmp_path: Path) -> None:
    mistyped = tmp_path / "daat"
    given = json.dumps({"text": text(0, 1)}).encode()
    first, second = (run(mistyped, "ingest", "-", stdin=given) for _ in range(2))
    assert first.stderr.decode().splitlines() == [f"created a new store in {mistyped}"]
    assert second.stderr == b""
