"""`export`, `coverage`, `status`, `source`, `migrate`: what a script gets, and what a mistake is answered with."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from click.testing import Result
from samplestore import Sample, fill, store_of
from sqlalchemy import text
from typer.testing import CliRunner

from cli import coverage, export, schedule, source, status, store
from db.engine import Database
from db.migrate import upgrade
from db.settings import load

app = typer.Typer()
for name, function in {
    "export": export.export,
    "coverage": coverage.coverage,
    "status": status.status,
    "migrate": store.migrate,
    "source-add": source.source_add,
    "source-list": source.source_list,
    "source-show": source.source_show,
    "schedule-add": schedule.schedule_add,
    "schedule-list": schedule.schedule_list,
    "schedule-run": schedule.schedule_run,
    "schedule-remove": schedule.schedule_remove,
}.items():
    app.command(name)(function)

# Invented: none of this was ever published.
SAYS = (("CSTO", "csto"), ("Turan", "turan"))
SAMPLES = [
    Sample("https://herald.example/1", title="=cmd()", text="CSTO and Turan, Turan.", says=SAYS),
    Sample("https://oasis.example/1", "oasis-wire", text="CSTO.", says=SAYS, copies="https://herald.example/1"),
    Sample(
        "https://oasis.example/2",
        "oasis-wire",
        title="Два слова",
        text="CSTO.",
        says=SAYS,
        published_at=datetime(2022, 1, 17, 10, tzinfo=UTC),
        language="ru",
        genre="opinion",
    ),
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty data directory that the settings name."""
    folder = tmp_path / "data"
    monkeypatch.setenv("STEPPEWATCH_DATA_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    load.cache_clear()
    yield folder
    load.cache_clear()


@pytest.fixture
def filled(data: Path) -> Path:
    url = f"sqlite:///{data / 'steppewatch.db'}"
    database = Database(url)
    upgrade(database)
    database.close()
    store_of(url, SAMPLES).close()
    return data


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def rows_of(document: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(document, newline="")))


# --- export


@pytest.mark.parametrize(("kind", "rows"), [("articles", 3), ("mentions", 5), ("coverage", 4)])
def test_export_to_stdout(filled: Path, kind: str, rows: int) -> None:
    result = run("export", kind)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes.count(b"\r\n") == rows + 1
    assert len(rows_of(result.stdout)) == rows


def test_export_into_a_file(filled: Path, tmp_path: Path) -> None:
    result = run("export", "articles", "-o", "out.csv")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "3 rows in out.csv\n")
    written = (tmp_path / "out.csv").read_bytes()
    assert written == run("export", "articles").stdout_bytes
    assert [row["title"] for row in rows_of(written.decode())] == ["'=cmd()", "A quiet week", "Два слова"]
    assert {path.name for path in tmp_path.iterdir()} == {"data", "out.csv"}


def test_export_with_all_options(filled: Path) -> None:
    options = ["--entity", "CSTO", "--source", "oasis.example", "--since", "2022-01-01", "--until", "2022-01-31"]
    result = run("export", "articles", *options, "--lang", "ru")
    assert [row["url"] for row in rows_of(result.stdout)] == ["https://oasis.example/2"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        pytest.param(["--entity", "Tashkentt"], 1, "did you mean tashkent (Tashkent)?", id="unknown entity"),
        pytest.param(["--source", "oasis-wir"], 1, "did you mean oasis-wire (Oasis Wire)?", id="unknown outlet"),
        pytest.param(["--since", "2022-02-01", "--until", "2022-01-01"], 1, "after --until", id="backwards"),
        pytest.param(["--since", "1 January"], 2, "does not match", id="no day"),
        pytest.param(["-o", "no/such/folder.csv"], 1, "no such file or directory", id="no such folder"),
        pytest.param(["-o", "data"], 1, "is a directory", id="a folder"),
    ],
)
def test_export_says_what_is_wrong(filled: Path, options: list[str], code: int, said: str) -> None:
    result = run("export", "articles", *options)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_export_of_an_unknown_kind_is_wrong_usage(filled: Path) -> None:
    assert run("export", "feelings").exit_code == 2


def test_coverage_is_not_exported_by_language(filled: Path) -> None:
    result = run("export", "coverage", "--lang", "ru", "-o", "out.csv")
    assert result.exit_code == 1
    assert "not kept by language" in result.stderr
    assert not Path("out.csv").exists()


def test_export_since_the_last_time(filled: Path, tmp_path: Path) -> None:
    assert run("export", "articles", "--since-last", "nightly", "-o", "1.csv").stderr == "3 rows in 1.csv\n"
    assert run("export", "articles", "--since-last", "nightly", "-o", "2.csv").stderr == "0 rows in 2.csv\n"
    result = run("export", "articles", "--since-last", "nightly", "-o", "/dev/full", "--lang", "ru")
    assert "nightly is the name of another export" in result.stderr
    assert run("export", "articles", "--since-last", "nightly").exit_code == 2


def test_a_full_disk_moves_nothing_and_is_told(filled: Path) -> None:
    result = run("export", "articles", "--since-last", "nightly", "-o", "/dev/full")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "/dev/full cannot be written: no space left on device" in result.stderr
    assert run("export", "articles", "--since-last", "nightly", "-o", "1.csv").stderr == "3 rows in 1.csv\n"


def test_export_as_a_package(filled: Path, tmp_path: Path) -> None:
    assert run("export", "articles", "--package", "p").stderr == "3 rows in p\n"
    cut = json.loads((tmp_path / "p" / "manifest.json").read_text())["cut"]
    assert run("export", "articles", "--cut", cut).stdout_bytes == (tmp_path / "p" / "articles.csv").read_bytes()


def test_export_of_what_answers_a_query(filled: Path) -> None:
    result = run("export", "articles", "--query", "Turan NEAR/3 CSTO")
    assert [row["url"] for row in rows_of(result.stdout)] == ["https://herald.example/1"], result.stderr
    assert len(rows_of(run("export", "mentions", "--query", "source:oasis.example NOT Turan").stdout)) == 2
    wrong = run("export", "articles", "--query", "CSTO AND (")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "the query cannot be read" in wrong.stderr
    assert "cannot be asked for by a query" in run("export", "sources", "--query", "CSTO").stderr


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["articles", "--wide"], id="only coverage is wide"),
        pytest.param(["articles", "--format", "parquet", "--gzip"], id="Parquet is compressed"),
        pytest.param(["articles", "--package", "p", "-o", "f"], id="two places"),
        pytest.param(["articles", "--cut", "yesterday"], id="no cut"),
    ],
)
def test_export_options_that_do_not_go_together(filled: Path, options: list[str]) -> None:
    assert run("export", *options).exit_code == 2


def test_exports_are_scheduled_listed_run_and_removed(filled: Path, tmp_path: Path) -> None:
    added = run("schedule-add", "nightly", "articles", "--every", "day", "--into", "out", "--new-only", "--lang", "en")
    assert added.exit_code == 0, added.stderr
    assert run("schedule-add", "nightly", "mentions", "--every", "day", "--into", "out").exit_code == 1
    [listed] = [json.loads(line) for line in run("schedule-list").stdout.splitlines()]
    assert (listed["question"], listed["last_file"]) == ({"kind": "articles", "languages": ["en"]}, None)
    [file] = run("schedule-run", "nightly").stdout.splitlines()
    assert len(rows_of(Path(file).read_text())) == 2
    assert json.loads(run("schedule-list").stdout)["last_file"] == file
    assert run("schedule-remove", "nightly").exit_code == 0
    assert "there are: none" in run("schedule-remove", "nightly").stderr
    assert Path(file).exists()


def test_a_failed_export_leaves_the_old_file(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out.csv").write_text("of yesterday")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    result = run("export", "articles", "-o", "out.csv")
    assert result.exit_code == 1
    assert "no space left on device" in result.stderr
    assert (tmp_path / "out.csv").read_text() == "of yesterday"
    assert {path.name for path in tmp_path.iterdir()} == {"data", "out.csv"}


def test_export_through_a_link_keeps_the_link(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "real.csv").touch()
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert run("export", "articles", "-o", "link.csv").exit_code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert len(rows_of((tmp_path / "real.csv").read_text())) == 3


@contextmanager
def reading(filled: Path) -> Iterator[tuple[Database, subprocess.Popen[bytes]]]:
    """Yield a store and an export of it that fills a pipe, of which the first line was read."""
    database = Database(f"sqlite:///{filled / 'steppewatch.db'}")
    fill(database, [Sample(f"https://herald.example/n{number}", title="t" * 200) for number in range(700)])
    code = "import sys, typer; from cli.export import export; sys.argv = ['export', 'articles']; typer.run(export)"
    pipe, folder = subprocess.PIPE, Path(export.__file__).parents[1]
    with subprocess.Popen([sys.executable, "-c", code], stdout=pipe, stderr=pipe, cwd=folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"article_id,")
        yield database, process
    database.close()


def test_a_reader_that_leaves_ends_the_export_quietly(filled: Path) -> None:
    with reading(filled) as (_, process):
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_reader_that_pauses_holds_no_transaction(filled: Path) -> None:
    with reading(filled) as (database, process):
        fill(database, [Sample("https://herald.example/new", title="While somebody reads")])
        with database.engine.connect() as conn:
            assert tuple(conn.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()) == (0, 0, 0)
        assert process.stdout is not None
        assert process.stdout.read().count(b"\r\n") == 703
    assert process.returncode == 0


# --- coverage


def counts(record: dict[str, object]) -> tuple[object, ...]:
    return tuple(record[name] for name in ("period", "entity", "articles", "stories", "mentions"))


def test_coverage_by_week_with_the_empty_ones(filled: Path) -> None:
    result = run("coverage", "Turan", "csto", "--by", "week")
    assert result.exit_code == 0
    assert [counts(record) for record in json.loads(result.stdout)] == [
        ("2022-W01", "turan", 1, 1, 2),
        ("2022-W01", "csto", 2, 1, 2),
        ("2022-W02", "turan", 0, 0, 0),
        ("2022-W02", "csto", 0, 0, 0),
        ("2022-W03", "turan", 0, 0, 0),
        ("2022-W03", "csto", 1, 1, 1),
    ]


def test_coverage_by_day_in_a_range(filled: Path) -> None:
    records = json.loads(run("coverage", "csto", "--since", "2022-01-04", "--until", "2022-01-06").stdout)
    assert [counts(record) for record in records] == [
        ("2022-01-04", "csto", 0, 0, 0),
        ("2022-01-05", "csto", 2, 1, 2),
        ("2022-01-06", "csto", 0, 0, 0),
    ]


@pytest.mark.parametrize(
    ("split", "parts"),
    [
        ("source", {"oasis-wire": 2, "steppe-herald": 1}),
        ("lang", {"en": 2, "ru": 1}),
        ("country", {"KZ": 1, "UZ": 2}),
        ("genre", {"news": 2, "opinion": 1}),
    ],
)
def test_coverage_of_the_parts(filled: Path, split: str, parts: dict[str, int]) -> None:
    records = json.loads(run("coverage", "csto", "--by", "month", "--split", split).stdout)
    assert {record[split]: record["articles"] for record in records} == parts


def test_coverage_of_a_level(filled: Path) -> None:
    records = json.loads(run("coverage", "turan", "csto", "--by", "month", "--level", "concept").stdout)
    assert {record["entity"]: record["mentions"] for record in records} == {"turan": 2, "csto": 0}


def test_coverage_as_a_table(filled: Path) -> None:
    result = run("coverage", "csto", "--by", "week", "--format", "table")
    assert "█·▄" in result.stdout
    assert "2022-W01         2        1         2" in result.stdout
    assert "2022-W02" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["cst"], 1, "did you mean csto (CSTO)?", id="unknown entity"),
        pytest.param(["csto", "--by", "year"], 2, "'day', 'week', 'month'", id="unknown period"),
        pytest.param(["csto", "--since", "2022-02-01", "--until", "2022-01-01"], 1, "after --until", id="backwards"),
        pytest.param(["csto", "--until", "9999-12-31"], 2, "more than a century", id="endless"),
    ],
)
def test_coverage_says_what_is_wrong(filled: Path, arguments: list[str], code: int, said: str) -> None:
    result = run("coverage", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in " ".join(result.stderr.replace("│", " ").split())


# --- status


def test_status_is_one_object(filled: Path) -> None:
    result = run("status")
    record = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (record["articles"], record["stories"], record["mentions"]) == (3, 2, 5)
    assert record["database"] == str(filled / "steppewatch.db")
    assert record["outlets_unreachable"] is None


def test_status_as_a_table(filled: Path) -> None:
    result = run("status", "--format", "table")
    assert "3 in 2 stories, 3 revisions" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [["status"], ["export", "articles"], ["coverage", "csto"], ["source-list"], ["source-show", "x"]],
    ids=lambda arguments: arguments[0],
)
def test_without_a_store_one_is_told_what_to_do(data: Path, arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "there is no store at" in result.stderr
    assert "steppewatch up" in result.stderr
    assert not data.exists()


def test_a_file_that_is_no_database(data: Path) -> None:
    data.mkdir()
    (data / "steppewatch.db").write_text("This is a letter, not a database. " * 40)
    result = run("status")
    assert result.exit_code == 1
    assert "file is not a database" in result.stderr


def test_a_server_that_does_not_answer_is_named_without_its_password(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPPEWATCH_DATABASE_URL", "postgresql+psycopg://me:s3cret@127.0.0.1:1/none")
    load.cache_clear()
    result = run("status")
    assert result.exit_code == 1
    assert "me:***@127.0.0.1:1/none" in result.stderr
    assert "s3cret" not in result.stderr


def test_migrate_makes_a_store_and_then_changes_nothing(data: Path) -> None:
    first, second = json.loads(run("migrate").stdout), json.loads(run("migrate").stdout)
    assert first["from"] is None
    assert second == {**first, "from": first["to"]}
    assert json.loads(run("status").stdout)["revision"] == first["to"]


# --- source


def test_an_outlet_is_added_with_its_feeds(filled: Path) -> None:
    feeds = ("--feed", "https://new.example/rss", "--feed", "https://new.example/atom")
    options = ("--name", "The New", "--country", "kg", "--lang", "ky", "--lang", "kk-Latn", "--kind", "blog")
    result = run("source-add", "https://www.new.example/about", *feeds, *options)
    assert json.loads(result.stdout) == {
        "id": "new.example",
        "new": True,
        "feeds": ["https://new.example/atom", "https://new.example/rss"],
    }
    shown = json.loads(run("source-show", "The New").stdout)
    assert (shown["id"], shown["country"], shown["languages"], shown["kind"]) == (
        "new.example",
        "KG",
        ["ky", "kk-Latn"],
        "blog",
    )
    assert (shown["origin"], shown["domains"]) == ("person", ["new.example"])
    assert [(feed["state"], feed["polled_at"]) for feed in shown["feeds"]] == [("active", None)] * 2


def test_adding_again_adds_only_what_is_new(filled: Path) -> None:
    run("source-add", "herald.example", "--feed", "https://herald.example/rss", "--name", "Another name")
    result = run("source-add", "https://herald.example", "--feed", "https://herald.example/rss")
    assert json.loads(result.stdout) == {"id": "steppe-herald", "new": False, "feeds": ["https://herald.example/rss"]}
    assert "is known already" in result.stderr
    assert json.loads(run("source-show", "steppe-herald").stdout)["name"] == "Steppe Herald"


def test_an_outlet_without_feed_is_warned_about(filled: Path) -> None:
    assert "nothing is collected from it" in run("source-add", "new.example").stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["ftp://new.example"], 2, id="no web address"),
        pytest.param(["herald"], 2, id="no domain"),
        pytest.param(["new.example", "--feed", "javascript:alert(1)"], 2, id="no feed address"),
        pytest.param(["new.example", "--country", "Kazakhstan"], 2, id="no country code"),
        pytest.param(["new.example", "--lang", "Kazakh"], 2, id="no language code"),
        pytest.param(["new.example", "--feed", "https://oasis.example/rss"], 1, id="a feed of another outlet"),
    ],
)
def test_a_mistake_adds_nothing(filled: Path, arguments: list[str], code: int) -> None:
    run("source-add", "oasis.example", "--feed", "https://oasis.example/rss")
    before = run("source-list").stdout
    result = run("source-add", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert run("source-list").stdout == before


def test_outlets_are_listed_one_a_line(filled: Path) -> None:
    records = [json.loads(line) for line in run("source-list").stdout.splitlines()]
    assert [(record["id"], record["articles"]) for record in records] == [
        ("meadow.example", 0),
        ("oasis-wire", 2),
        ("steppe-herald", 1),
    ]
    assert records[1]["latest_at"] == "2022-01-10T12:00:00Z"


def test_outlets_as_a_table(filled: Path) -> None:
    assert "steppe-herald Steppe Herald KZ 0 1 2022-01-10" in " ".join(
        run("source-list", "--format", "table").stdout.split()
    )
    assert "herald.example" in run("source-show", "steppe-herald", "--format", "table").stdout


def test_an_unknown_outlet_has_neighbours(filled: Path) -> None:
    result = run("source-show", "stepe-herald")
    assert result.exit_code == 1
    assert "did you mean steppe-herald (Steppe Herald)?" in result.stderr
