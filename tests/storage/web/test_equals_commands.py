"""What the API answers is what the commands print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiclient import ask, read, read_all
from commandline import rows_of, run
from samplestore import Sample, fill
from starlette.types import ASGIApp

from db.engine import Database
from web.app import create_app

CSTO = (("CSTO", "csto"),)


@pytest.fixture
def store(filled: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{filled / 'steppewatch.db'}")
    fill(database, [Sample("https://herald.example/1", title="edited", text="CSTO and Turan, again.", says=CSTO)])
    fill(database, [Sample("https://herald.example/undated", published_at=None, says=CSTO)])
    yield database
    database.close()


@pytest.fixture
def app(store: Database) -> ASGIApp:
    return create_app(store)


def printed(*arguments: str) -> Any:
    """Return the JSON that a command prints."""
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def printed_lines(*arguments: str) -> list[Any]:
    """Return the JSON lines that a command prints."""
    return [json.loads(line) for line in run(*arguments, "--format", "json").stdout.splitlines()]


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("entity=csto", ["csto"]),
        ("entity=CSTO&entity=turan&by=month", ["csto", "turan", "--by=month"]),
        ("entity=csto&by=week&split=source", ["csto", "--by=week", "--split=source"]),
        (
            "entity=csto&split=lang&since=2022-01&until=2022-01",
            ["csto", "--split=lang", "--since=2022-01", "--until=2022-01"],
        ),
        ("entity=csto&entity=turan&share=true&voice=true", ["csto", "turan", "--share", "--voice"]),
        ("entity=csto&level=name", ["csto", "--level=name"]),
    ],
)
def test_coverage(app: ASGIApp, query: str, options: list[str]) -> None:
    assert read(app, f"/coverage?{query}")["coverage"] == printed("coverage", *options)


SPANS = ("2022-01-01..2022-01-08", "2022-01-09..2022-01-20")


@pytest.mark.parametrize("level", ["all", "name"])
def test_comparisons(app: ASGIApp, level: str) -> None:
    query = f"entity=csto&entity=turan&first={SPANS[0]}&second={SPANS[1]}&level={level}"
    printed_ones = printed("coverage", "csto", "turan", f"--level={level}", "--compare", *SPANS)
    assert read(app, f"/coverage/comparison?{query}")["comparisons"] == printed_ones


@pytest.mark.parametrize("level", ["", "&level=name"])
def test_comparisons_need_two_ranges(app: ASGIApp, level: str) -> None:
    answer = ask(app, f"/coverage/comparison?entity=csto&first=2022-01&second=2022-02..2022-01{level}")
    assert (answer.status, json.loads(answer.body)["parameter"]) == (422, "second")
    assert ask(app, f"/coverage/comparison?entity=csto&first=2022-01{level}").status == 422


def test_status(app: ASGIApp) -> None:
    mine, theirs = read(app, "/status"), printed("status")
    mine.pop("at")
    theirs.pop("at")
    assert mine == theirs


def test_sources(app: ASGIApp) -> None:
    assert read_all(app, "/sources?limit=1", "sources") == printed_lines("source", "list")


def test_a_source(app: ASGIApp) -> None:
    assert read(app, "/sources/herald.example") == printed("source", "show", "steppe-herald")


def test_an_article(app: ASGIApp) -> None:
    assert read(app, "/articles/1") == printed("article", "show", "1", "--text")


def test_a_story(app: ASGIApp) -> None:
    assert read(app, "/clusters/2") == printed("story", "show", "1")


def test_what_changed_in_an_article(app: ASGIApp) -> None:
    assert read(app, "/articles/1/changes") == printed("article", "diff", "1")


@pytest.mark.parametrize(
    ("address", "things", "kind"),
    [
        ("/articles", "articles", "articles"),
        ("/revisions", "revisions", "revisions"),
        ("/mentions", "mentions", "mentions"),
        ("/cooccurrence", "pairs", "cooccurrence"),
        ("/clusters", "clusters", "clusters"),
        ("/matches", "matches", "matches"),
    ],
)
@pytest.mark.parametrize("query", ["", "entity=csto", "since=2022-01-01&until=2022-01-10"])
def test_lists_have_the_rows_of_the_exports(app: ASGIApp, address: str, things: str, kind: str, query: str) -> None:
    options = [f"--{name}={value}" for name, _, value in (pair.partition("=") for pair in query.split("&")) if name]
    exported = rows_of(run("export", kind, *options).stdout)
    listed = read_all(app, f"{address}?limit=2&{query}", things)
    assert sorted(map(_key, listed)) == sorted(map(_key, exported))
    assert [list(row) for row in listed[:1]] == [list(row) for row in exported[:1]]


KEYS = ("article_id", "revision_id", "cluster_id", "day", "entity", "entity_a", "entity_b", "start", "field")


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple("" if row.get(name) is None else str(row.get(name)) for name in KEYS)


def test_too_many_points_are_refused(app: ASGIApp) -> None:
    answer = ask(app, "/coverage?entity=csto&since=1950&until=2022")
    assert answer.status == 422
    assert "points" in answer.text
