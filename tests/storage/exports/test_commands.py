"""`export` and `schedule`: what a script gets, and what a mistake is answered with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import rows_of, run


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
        pytest.param(["--since", "1 January"], 2, "is not a day: use 2022-01-05, 2022-01", id="no day"),
        pytest.param(["-o", "no/such/folder.csv"], 1, "no such file or directory", id="no such folder"),
        pytest.param(["-o", "data"], 1, "is a directory", id="a folder"),
    ],
)
def test_export_says_what_is_wrong(filled: Path, options: list[str], code: int, said: str) -> None:
    result = run("export", "articles", *options)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("options", "articles"),
    [
        (["--since", "2022-01", "--until", "2022-01"], 3),
        (["--since", "2022", "--until", "2022"], 3),
        (["--since", "2022-02"], 0),
        (["--until", "2021"], 0),
        (["--since", "2022-01-06", "--until", "yesterday"], 1),
        (["--since", "90d"], 0),
    ],
)
def test_days_may_be_months_and_years_and_count_from_today(filled: Path, options: list[str], articles: int) -> None:
    assert len(rows_of(run("export", "articles", *options).stdout)) == articles


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "articles", "--until"],
        ["coverage", "csto", "--since"],
        ["alert", "test", "csto", "--since"],
        ["alert", "lint", "csto", "--since"],
        ["schedule", "add", "n", "articles", "--into", "x", "--every", "day", "--until"],
    ],
)
def test_every_option_of_days_says_the_same_of_what_is_none(filled: Path, arguments: list[str]) -> None:
    result = run(*arguments, "2022-13")
    assert (result.exit_code, result.stdout) == (2, "")
    said = " ".join(result.stderr.replace("│", " ").split())
    assert "'2022-13' is not a day: use 2022-01-05, 2022-01, 2022, today, yesterday or 90d (days back)" in said


def test_export_of_an_unknown_kind_is_wrong_usage(filled: Path) -> None:
    assert run("export", "feelings").exit_code == 2


def test_coverage_is_not_exported_by_language(filled: Path) -> None:
    result = run("export", "coverage", "--lang", "ru", "-o", "out.csv")
    assert result.exit_code == 1
    assert "not counted by language" in result.stderr
    assert not Path("out.csv").exists()


def test_export_since_the_last_time(filled: Path, tmp_path: Path) -> None:
    assert run("export", "articles", "--since-last", "nightly", "-o", "1.csv").stderr == "3 rows in 1.csv\n"
    assert run("export", "articles", "--since-last", "nightly", "-o", "2.csv").stderr == "0 rows in 2.csv\n"
    result = run("export", "articles", "--since-last", "nightly", "-o", "/dev/full", "--lang", "ru")
    assert "nightly is the name of another export" in result.stderr
    assert run("export", "articles", "--since-last", "nightly").exit_code == 2


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
    assert "cannot be filtered by a query" in run("export", "sources", "--query", "CSTO").stderr


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["articles", "--wide"], id="only coverage is wide"),
        pytest.param(["articles", "--format", "parquet", "--gzip"], id="not for Parquet"),
        pytest.param(["articles", "--package", "p", "-o", "f"], id="two places"),
        pytest.param(["articles", "--cut", "yesterday"], id="no cut"),
    ],
)
def test_export_options_that_do_not_go_together(filled: Path, options: list[str]) -> None:
    assert run("export", *options).exit_code == 2


def test_export_for_spreadsheets(filled: Path, tmp_path: Path) -> None:
    assert run("export", "articles", "--excel", "-o", "out.csv").exit_code == 0
    lines = (tmp_path / "out.csv").read_text("utf-16").splitlines()
    assert lines[0].split("\t")[:3] == ["article_id", "url", "source"]
    assert '\t"\'=cmd()"\t' in lines[1]


@pytest.mark.parametrize(
    ("named", "delimiter"),
    [
        ("comma", ","),
        ("semicolon", ";"),
        (";", ";"),
        ("tab", "\t"),
        ("\\t", "\t"),
        ("\t", "\t"),
        ("Bar", "|"),
        ("|", "|"),
    ],
)
def test_a_delimiter_goes_by_its_name_or_itself(filled: Path, named: str, delimiter: str) -> None:
    header = run("export", "articles", "--delimiter", named).stdout.splitlines()[0]
    assert header.startswith(delimiter.join(("article_id", "url", "source", "title")))


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--delimiter", "x"], id="a letter"),
        pytest.param(["--delimiter", ""], id="nothing"),
        pytest.param(["--delimiter", "tab", "--format", "parquet"], id="Parquet has none"),
    ],
)
def test_what_is_no_delimiter_is_refused(filled: Path, options: list[str]) -> None:
    result = run("export", "articles", *options)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_schedule_keeps_the_delimiter(filled: Path) -> None:
    run("schedule", "add", "n", "articles", "--every", "day", "--into", "out", "--excel", "--delimiter", "semicolon")
    [file] = run("schedule", "run", "n").stdout.splitlines()
    assert Path(file).read_bytes().startswith(b"\xef\xbb\xbfarticle_id;url;source;")


def test_exports_are_scheduled_listed_run_and_removed(filled: Path, tmp_path: Path) -> None:
    added = run(
        "schedule", "add", "nightly", "articles", "--every", "day", "--into", "out", "--new-only", "--lang", "en"
    )
    assert added.exit_code == 0, added.stderr
    assert run("schedule", "add", "nightly", "mentions", "--every", "day", "--into", "out").exit_code == 1
    [listed] = [json.loads(line) for line in run("schedule", "list").stdout.splitlines()]
    assert (listed["question"], listed["last_file"]) == ({"kind": "articles", "languages": ["en"]}, None)
    [file] = run("schedule", "run", "nightly").stdout.splitlines()
    assert len(rows_of(Path(file).read_text())) == 2
    assert json.loads(run("schedule", "list").stdout)["last_file"] == file
    assert run("schedule", "remove", "nightly").exit_code == 0
    assert "there are: none" in run("schedule", "remove", "nightly").stderr
    assert Path(file).exists()


def listed_as_a_table() -> str:
    return run("schedule", "list", "--format", "table").stdout


def test_scheduled_exports_as_a_table(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    add = ("schedule", "add", "nightly", "articles", "--every", "day", "--into", "out")
    run(*add, "--new-only", "--lang", "en", "--lang", "ru")
    head, row = listed_as_a_table().splitlines()
    assert head.split() == ["name", "what", "every", "next", "last", "file", "or", "trouble"]
    assert row.startswith("nightly  articles; new only; languages en, ru  day ")
    assert "none yet, into " in row
    [file] = run("schedule", "run", "nightly").stdout.splitlines()
    assert listed_as_a_table().rstrip().endswith(file)


def test_what_went_wrong_with_a_scheduled_export_stands_in_its_row(filled: Path, tmp_path: Path) -> None:
    run("schedule", "add", "nightly", "articles", "--every", "day", "--into", "out")
    (tmp_path / "out").rmdir()
    (tmp_path / "out").write_text("a file")
    assert run("schedule", "run", "nightly").exit_code == 1
    result = run("schedule", "list", "--format", "table")
    assert "wasnotwritten" in "".join(result.stdout.split())
    assert "is retried after ten minutes" in result.stderr


def test_without_scheduled_exports_a_table_says_how_to_make_one(filled: Path) -> None:
    assert "steppewatch schedule add" in listed_as_a_table()


@pytest.mark.parametrize(("option", "value"), [("--lang", "english"), ("--genre", "op-ed"), ("--lang", "kk-Lant")])
def test_filters_of_exports_know_the_values_too(filled: Path, option: str, value: str) -> None:
    result = run("export", "articles", option, value)
    assert result.exit_code == 2
    assert "did you" in result.stderr


@pytest.mark.parametrize(
    ("kind", "option"), [("articles", "--text"), ("revisions", "--diff"), ("mentions", "--revisions")]
)
def test_export_with_more_columns(filled: Path, kind: str, option: str) -> None:
    usual, more = (run("export", kind, *options).stdout for options in ((), (option,)))
    assert more.splitlines()[0].startswith(usual.splitlines()[0] + ",")
    assert len(rows_of(more)) == len(rows_of(usual))


@pytest.mark.parametrize(
    ("kind", "option"), [("mentions", "--text"), ("articles", "--diff"), ("revisions", "--revisions")]
)
def test_columns_of_another_kind_are_refused(filled: Path, kind: str, option: str) -> None:
    result = run("export", kind, option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{option}: is for the export of" in " ".join(result.stderr.replace("│", " ").split())


def test_a_schedule_writes_texts(filled: Path) -> None:
    run("schedule", "add", "n", "articles", "--every", "day", "--into", "out", "--text")
    [file] = run("schedule", "run", "n").stdout.splitlines()
    assert [row["text"] for row in rows_of(Path(file).read_text())] == ["CSTO and Turan, Turan.", "CSTO.", "CSTO."]
