"""`source sync`, and what `migrate` says of the catalogue: outlets from files into a store that exists."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from commandline import run

from cli.run.log import Log
from cli.run.up import _prepare_store, load_settings
from worker import setup
from worker.catalogue.files import ListedFeed, ListedOutlet

VALLEY = """
id = "valley-post"
name = "Valley Post"
kind = "newspaper"
country = "KG"
languages = ["ky"]
homepage = "https://valley.example/"
paywall = "no"
domain_aliases = ["valley.example"]

[[feeds]]
url = "https://valley.example/feed"
confidence = "certain"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with one outlet."""
    made = tmp_path / "outlets"
    made.mkdir()
    (made / "valley-post.toml").write_text(VALLEY, "utf-8")
    return made


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / "valley-post.toml"
    content = file.read_text("utf-8")
    assert old in content
    file.write_text(content.replace(old, new), "utf-8")


def sync(folder: Path, *options: str) -> dict[str, Any]:
    result = run("source", "sync", str(folder), *options)
    assert result.exit_code == 0, result.stderr
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def shown() -> dict[str, Any]:
    record: dict[str, Any] = json.loads(run("source", "show", "valley-post").stdout)
    return record


def feeds() -> dict[str, str]:
    return {feed["url"]: feed["state"] for feed in shown()["feeds"]}


def test_outlets_of_a_folder_arrive_with_their_feeds(filled: Path, folder: Path) -> None:
    assert sync(folder)["outlets_added"] == ["valley-post"]
    assert (shown()["name"], shown()["domains"]) == ("Valley Post", ["valley.example"])
    assert feeds() == {"https://valley.example/feed": "active"}


def test_a_catalogues_folder_of_sources_will_do(filled: Path, folder: Path) -> None:
    (folder / "sources").mkdir()
    (folder / "valley-post.toml").rename(folder / "sources" / "valley-post.toml")
    assert sync(folder)["outlets_added"] == ["valley-post"]


def test_a_dry_run_says_the_same_and_changes_nothing(filled: Path, folder: Path) -> None:
    before = run("source", "list").stdout
    planned = sync(folder, "--dry-run")
    assert run("source", "list").stdout == before
    assert {**planned, "dry_run": False} == sync(folder)


def test_again_changes_nothing(filled: Path, folder: Path) -> None:
    sync(folder)
    again = run("source", "sync", str(folder), "--format", "table")
    assert again.stdout == "nothing to change for 1 outlet\n"


def test_what_changed_in_a_file_is_changed_in_the_store(filled: Path, folder: Path) -> None:
    sync(folder)
    edit(folder, "Valley Post", "The Valley Post")
    edit(folder, "valley.example/feed", "valley.example/rss")
    assert sync(folder)["outlets_changed"] == {"valley-post": {"name": "The Valley Post"}}
    assert shown()["name"] == "The Valley Post"
    assert feeds() == {"https://valley.example/feed": "retired", "https://valley.example/rss": "active"}


def test_a_feed_that_is_not_polled_has_no_next_poll(
    filled: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    sync(folder)
    edit(folder, "valley.example/feed", "valley.example/rss")
    sync(folder)
    lines = run("source", "show", "valley-post", "--format", "table").stdout.splitlines()
    (retired,) = [line for line in lines if "valley.example/feed" in line]
    assert retired.split() == ["https://valley.example/feed", "retired"]


def test_lines_for_people_name_the_old_address_and_the_new_one(filled: Path, folder: Path) -> None:
    sync(folder)
    edit(folder, "valley.example/feed", "valley.example/rss")
    said = run("source", "sync", str(folder), "--format", "table").stdout
    assert said == "valley-post: the address https://valley.example/feed is now https://valley.example/rss\n"


def test_an_outlet_whose_file_is_gone_stays_and_is_named_once(filled: Path, folder: Path) -> None:
    sync(folder)
    other = VALLEY.replace("valley", "meadow-hill").replace("meadow-hill-post", "meadow-hill")
    (folder / "meadow-hill.toml").write_text(other, "utf-8")
    (folder / "valley-post.toml").unlink()
    assert sync(folder)["gone"] == ["valley-post"]
    assert feeds() == {"https://valley.example/feed": "active"}
    assert sync(folder)["gone"] == []


def test_an_address_that_a_person_adds_again_is_polled_again(filled: Path, folder: Path) -> None:
    sync(folder)
    edit(folder, "valley.example/feed", "valley.example/rss")
    sync(folder)
    run("source", "add", "valley.example", "--feed", "https://valley.example/feed")
    assert feeds()["https://valley.example/feed"] == "active"


def test_a_feed_of_another_outlet_stays_with_it_and_is_named(filled: Path, folder: Path) -> None:
    run("source", "add", "herald.example", "--feed", "https://valley.example/feed")
    assert sync(folder)["kept"] == ["valley-post: https://valley.example/feed stays a feed of steppe-herald"]
    assert feeds() == {}


def test_a_file_with_a_mistake_changes_nothing_and_is_named(filled: Path, folder: Path) -> None:
    (folder / "broken.toml").write_text('id = "broken"\nname = "B"\n', "utf-8")
    before = run("source", "list").stdout
    result = run("source", "sync", str(folder))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "broken.toml: broken: kind" in result.stderr
    assert run("source", "list").stdout == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kind", "k" * 101),
        ("country", "/".join(["KG"] * 8)),
        ("homepage", "https://valley.example/" + "a" * 2_000),
    ],
)
def test_what_the_store_has_no_room_for_is_a_mistake(filled: Path, folder: Path, key: str, value: str) -> None:
    lines = [line for line in VALLEY.splitlines() if not line.startswith(f"{key} =")]
    (folder / "valley-post.toml").write_text(f'{key} = "{value}"\n' + "\n".join(lines), "utf-8")
    assert f"valley-post: {key}" in run("source", "sync", str(folder)).stderr


@pytest.mark.parametrize(("made", "code"), [(True, 1), (False, 2)], ids=["empty", "missing"])
def test_a_folder_without_files_is_named(filled: Path, tmp_path: Path, made: bool, code: int) -> None:
    empty = tmp_path / "empty"
    if made:
        empty.mkdir()
    result = run("source", "sync", str(empty))
    assert (result.exit_code, str(empty) in result.stderr) == (code, True)


# --- migrate


HILL = ListedOutlet(
    id="hill-press",
    name="Hill Press",
    kind="newspaper",
    country="TJ",
    languages=("tg",),
    paywall="no",
    feeds=(ListedFeed(url="https://hill.example/rss", confidence="likely"),),
)


def test_migrate_says_what_the_catalogue_brought(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("migrate")
    known = setup.read_catalogue(setup.packaged_folder())
    monkeypatch.setattr(setup, "read_catalogue", lambda _: (*known, HILL))
    assert json.loads(run("migrate").stdout)["catalogue"]["outlets_added"] == ["hill-press"]
    assert json.loads(run("migrate").stdout)["catalogue"]["outlets_added"] == []
    assert json.loads(run("source", "show", "hill-press").stdout)["name"] == "Hill Press"


def test_up_says_what_the_catalogue_brought_when_it_starts(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("migrate")
    known = setup.read_catalogue(setup.packaged_folder())
    monkeypatch.setattr(setup, "read_catalogue", lambda _: (*known, HILL))
    log = io.StringIO()
    for _ in range(2):
        _prepare_store(load_settings(None), Log(log, now=lambda: datetime(2026, 12, 1, tzinfo=UTC)))
    lines = [line.partition("up")[2].strip() for line in log.getvalue().splitlines()]
    assert lines[0] == "catalogue: 1 new outlet: hill-press"
    assert len(lines) == 3, "it is said once; how many outlets there are each time"
    assert lines[1] == lines[2]
    assert lines[1].startswith(f"{len(known) + 1} outlets, vocabulary ")


def test_what_a_folder_says_of_a_packaged_outlet_outlasts_the_next_migrate(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = setup.read_catalogue(setup.packaged_folder())
    monkeypatch.setattr(setup, "read_catalogue", lambda _: (*known, HILL))
    run("migrate")
    own = VALLEY.replace("valley-post", "hill-press").replace("Valley Post", "Our Hill")
    (tmp_path / "hill-press.toml").write_text(own, "utf-8")
    assert sync(tmp_path)["outlets_changed"]["hill-press"]["name"] == "Our Hill"
    run("migrate")
    record = json.loads(run("source", "show", "hill-press").stdout)
    assert record["name"] == "Our Hill"
    assert {feed["url"] for feed in record["feeds"]} == {"https://hill.example/rss", "https://valley.example/feed"}
