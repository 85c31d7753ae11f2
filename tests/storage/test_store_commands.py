"""`status`, `source`, `migrate`: what a script gets, and what a mistake is answered with."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from commandline import run

from db.settings import load

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
    [["status"], ["export", "articles"], ["coverage", "csto"], ["source", "list"], ["source", "show", "x"]],
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


def test_migrate_makes_a_store_and_then_changes_nothing(warm_data: Path) -> None:
    first, second = json.loads(run("migrate").stdout), json.loads(run("migrate").stdout)
    assert first["from"] is None
    assert second == {**first, "from": first["to"]}
    assert json.loads(run("status").stdout)["revision"] == first["to"]


def test_a_store_of_a_newer_version_is_left_alone(filled: Path) -> None:
    with closing(sqlite3.connect(filled / "steppewatch.db")) as store:
        store.execute("UPDATE alembic_version SET version_num = 'ffff'")
        store.commit()
    assert "is at revision ffff, this version needs" in run("status").stderr
    refused = run("migrate")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "ffff" in refused.stderr


# --- source


def test_an_outlet_is_added_with_its_feeds(filled: Path) -> None:
    feeds = ("--feed", "https://new.example/rss", "--feed", "https://new.example/atom")
    options = ("--name", "The New", "--country", "kg", "--lang", "ky", "--lang", "kk-Latn", "--kind", "blog")
    result = run("source", "add", "https://www.new.example/about", *feeds, *options)
    assert json.loads(result.stdout) == {
        "id": "new.example",
        "new": True,
        "feeds": ["https://new.example/atom", "https://new.example/rss"],
    }
    shown = json.loads(run("source", "show", "The New").stdout)
    assert (shown["id"], shown["country"], shown["languages"], shown["kind"]) == (
        "new.example",
        "KG",
        ["ky", "kk-Latn"],
        "blog",
    )
    assert (shown["origin"], shown["domains"]) == ("person", ["new.example"])
    assert [(feed["state"], feed["polled_at"]) for feed in shown["feeds"]] == [("active", None)] * 2


def test_adding_again_adds_only_what_is_new(filled: Path) -> None:
    run("source", "add", "herald.example", "--feed", "https://herald.example/rss", "--name", "Another name")
    result = run("source", "add", "https://herald.example", "--feed", "https://herald.example/rss")
    assert json.loads(result.stdout) == {"id": "steppe-herald", "new": False, "feeds": ["https://herald.example/rss"]}
    assert "is already known" in result.stderr
    assert json.loads(run("source", "show", "steppe-herald").stdout)["name"] == "Steppe Herald"


def test_an_outlet_without_feed_is_warned_about(filled: Path) -> None:
    assert "has no feed" in run("source", "add", "new.example").stderr


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
    run("source", "add", "oasis.example", "--feed", "https://oasis.example/rss")
    before = run("source", "list").stdout
    result = run("source", "add", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert run("source", "list").stdout == before


def test_outlets_are_listed_one_a_line(filled: Path) -> None:
    records = [json.loads(line) for line in run("source", "list").stdout.splitlines()]
    assert [(record["id"], record["articles"]) for record in records] == [
        ("meadow.example", 0),
        ("oasis-wire", 2),
        ("steppe-herald", 1),
    ]
    assert records[1]["latest_at"] == "2022-01-10T12:00:00Z"


def test_outlets_as_a_table(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert "steppe-herald Steppe Herald KZ none no feed 0 1 2022-01-10" in " ".join(
        run("source", "list", "--format", "table").stdout.split()
    )
    assert "herald.example" in run("source", "show", "steppe-herald", "--format", "table").stdout


def test_an_outlet_is_asked_again_for_what_it_refused(filled: Path) -> None:
    run("source", "add", "herald.example", "--feed", "https://herald.example/rss")
    with closing(sqlite3.connect(filled / "steppewatch.db")) as store:
        store.execute("UPDATE feeds SET state = 'gone', next_poll_at = '2099-01-01 00:00:00.000000'")
        store.commit()
    assert json.loads(run("source", "retry", "herald.example").stdout) == {
        "id": "steppe-herald",
        "feeds": 1,
        "pages": 0,
    }
    (feed,) = json.loads(run("source", "show", "steppe-herald").stdout)["feeds"]
    assert (feed["state"], feed["next_poll_at"] < "2099") == ("gone", True)
    assert "did you mean steppe-herald" in run("source", "retry", "stepe-herald").stderr


def test_an_unknown_outlet_has_neighbours(filled: Path) -> None:
    result = run("source", "show", "stepe-herald")
    assert result.exit_code == 1
    assert "did you mean steppe-herald (Steppe Herald)?" in result.stderr


# --- time zone


LATE = {"url": "https://a.example/3", "title": "One", "text": "Late words.", "published_at": "2021-01-03T20:00:00Z"}


@pytest.fixture
def letter(tmp_path: Path) -> str:
    path = tmp_path / "letter.jsonl"
    path.write_text(json.dumps(LATE))
    return str(path)


def counted_on() -> str:
    return run("export", "articles").stdout


def use_zone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("STEPPEWATCH_TIME_ZONE", name)
    load.cache_clear()


def test_whichever_command_makes_a_store_makes_it_in_the_time_zone_of_the_settings(
    warm_data: Path, letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_zone(monkeypatch, "Asia/Almaty")
    result = run("ingest", letter)
    assert (result.exit_code, "days are counted in" in result.stderr) == (0, False), result.stderr
    assert "2021-01-04" in counted_on()


def test_a_setting_that_differs_from_the_stores_zone_is_said_until_migrate_moves_it(
    warm_data: Path, letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("ingest", letter)
    use_zone(monkeypatch, "Asia/Almaty")
    said = "days are counted in UTC in this store, but STEPPEWATCH_TIME_ZONE is Asia/Almaty"
    for command in (["status"], ["ingest", letter], ["source", "list"], ["export", "articles"]):
        assert said in run(*command).stderr
    assert "2021-01-03" in counted_on()
    run("migrate")
    assert said not in run("status").stderr
    assert "2021-01-04" in counted_on()
