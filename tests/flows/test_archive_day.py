"""A person's day with an archive: bring it in, search, read, compare, subscribe, ask why, and take it out again.

Through the real command line, a process for each command; each step's output is judged for what a person needs of it.
The archive is invented, and written as a spreadsheet on a Russian system writes it.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commandline import rows_of
from crawlerfork import run_command

HEADER = ("Headline", "Body", "Date", "Link", "Outlet", "Section")
LAKE = (
    "Drills on the lake",
    "The Collective Security Treaty Organization will hold drills in Kyrgyzstan in March, a minister in Bishkek said. "
    "Troops of Kazakhstan and Russia take part.\nThe exercise lasts a week.",
    "5 января 2022",
    "https://www.herald.example/drills?utm_source=mail",
    "Steppe Herald",
    "World",
)
MENDED = (LAKE[0], LAKE[1].replace(" and Russia", "").replace("a week", "ten days"), *LAKE[2:])
ARCHIVE = (
    LAKE,
    (
        "Учения ОДКБ на озере",
        "Организация Договора о коллективной безопасности проведёт учения в Киргизии, сообщили в Бишкеке.",
        "06.01.2022 10:00 +0600",
        "https://vestnik.example/2",
        "Вестник степи",
        "Мир",
    ),
    (
        "=Drills without us?",
        "Turkmenistan stays away from the «drills»; neutral since 1995.",
        "2022-01-08",
        "https://www.herald.example/away",
        "Steppe Herald",
        "Opinion",
    ),
    ("A note", "Nobody knows when Tajikistan wrote this.", "", "https://www.herald.example/note", "Steppe Herald", ""),
    ("An old clock", "Kazakhstan keeps it.", "01.01.1970", "https://www.herald.example/clock", "Steppe Herald", ""),
)
QUERY = "entity:csto AND (drills OR учения)"


class Person:
    """Somebody at a shell, in a folder with an archive."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder
        self.data = data
        self.heard = ""
        """What the latest command said on stderr."""

    def does(self, *words: str, exits: int = 0) -> str:
        """Return what a command prints."""
        environment = {**os.environ, "STEPPEWATCH_DATA_DIR": str(self.data)}
        done = run_command(*words, environment=environment, folder=self.folder)
        self.heard = done.stderr.decode()
        assert done.returncode == exits, self.heard
        return done.stdout.decode()

    def gets(self, *words: str) -> list[Any]:
        """Return the records that a command prints."""
        return [json.loads(line) for line in self.does(*words).splitlines()]

    def writes(self, name: str, *rows: tuple[str, ...]) -> None:
        """Write a table as a spreadsheet does."""
        with (self.folder / name).open("w", encoding="utf-16", newline="") as file:
            csv.writer(file, delimiter=";").writerows([HEADER, *rows])


def arrive(folder: Path, data: Path) -> Person:
    """Return a person with the archive, which is not in the store yet."""
    folder.mkdir()
    person = Person(folder, data)
    person.writes("archive.csv", *ARCHIVE)
    person.writes("mended.csv", MENDED)
    return person


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory, prepared: Callable[[Path], Path]) -> tuple[Path, tuple[str, ...]]:
    """Give a data directory with the archive in its store, and the options that the first, refused attempt named."""
    folder = tmp_path_factory.mktemp("archive-day")
    person = arrive(folder / "work", prepared(folder / "data"))
    person.does("ingest", "archive.csv", exits=1)
    maps = tuple(person.heard.partition("say which with ")[2].split())
    person.does("ingest", "archive.csv", *maps)
    return person.data, maps


@pytest.fixture
def person(tmp_path: Path, warm: Callable[[Path], Path], brought: tuple[Path, tuple[str, ...]]) -> Person:
    """Give somebody whose store holds the archive; it is this person's own."""
    data = warm(tmp_path / "data")
    for file in brought[0].glob("steppewatch.db*"):
        shutil.copy(file, data)
    return arrive(tmp_path / "work", data)


@pytest.fixture
def maps(brought: tuple[Path, tuple[str, ...]]) -> tuple[str, ...]:
    """Give the options that name the columns of the archive."""
    return brought[1]


def test_what_is_refused_says_how_it_is_done(tmp_path: Path, warm: Callable[[Path], Path]) -> None:
    person = arrive(tmp_path / "work", warm(tmp_path / "data"))
    refused = person.does("ingest", "archive.csv", exits=1)
    assert json.loads(refused)["rejected"] == 1
    assert f"created a new store in {person.data}" in person.heard
    maps = person.heard.partition("say which with ")[2].split()
    assert maps[1::2] == ["url=Link", "title=Headline", "text=Body", "published_at=Date", "source=Outlet"]
    taken = json.loads(person.does("ingest", "archive.csv", *maps))
    assert taken == {"new": 5, "copy": 0, "revised": 0, "seen_again": 0, "rejected": 0}
    assert person.heard.splitlines() == [
        "archive.csv: the column 'Section' is not known and left out; --map field=Section takes it as one",
        "archive.csv:7: new: the publication date 1970-01-01 is before 1990; taken as missing",
    ]


def test_what_came_in_is_found_by_its_names_and_read(person: Person) -> None:
    listed = {row["title"]: row for row in person.gets("article", "list")}
    assert listed["Drills on the lake"]["source"] == listed["=Drills without us?"]["source"] == "herald.example"
    assert (listed["A note"]["published_at"], listed["A note"]["counts_on"]) == (None, None)
    assert listed["Учения ОДКБ на озере"]["published_at"] == "2022-01-06T04:00:00Z"
    found = person.gets("article", "search", QUERY)
    assert [row["title"] for row in found] == ["Учения ОДКБ на озере", "Drills on the lake"]
    assert "Collective Security Treaty Organization" in found[1]["snippet"]
    (shown,) = person.gets("article", "show", str(found[1]["article_id"]), "--text")
    assert shown["text"] == LAKE[1]
    assert {"csto", "kyrgyzstan", "kazakhstan", "russia"} <= shown["entities"].keys()


def test_an_edit_that_comes_in_is_shown_as_one(person: Person, maps: tuple[str, ...]) -> None:
    assert json.loads(person.does("ingest", "mended.csv", *maps))["revised"] == 1
    (found,) = person.gets("article", "search", '"ten days"')
    (diff,) = person.gets("article", "diff", str(found["article_id"]))
    changed = [(one["old"], one["new"]) for one in diff["changes"] if one["op"] != "equal"]
    assert changed == [("and Russia", ""), ("a week", "ten days")]
    assert (diff["entities_added"], diff["entities_removed"]) == ([], ["russia"])
    (table,) = [json.loads(person.does("ingest", "archive.csv", *maps))]
    assert table["seen_again"] == 5  # an older table takes nothing back


def test_a_subscription_is_tried_kept_and_explained(person: Person) -> None:
    tried = person.does("alert", "test", QUERY, "--since", "2022-01-01")
    assert "Drills on the lake" in tried
    assert "Учения ОДКБ на озере" in tried
    person.does("alert", "add", "csto-drills", QUERY, "--email", "me@office.example")
    by_title = {row["title"]: str(row["article_id"]) for row in person.gets("article", "list")}
    (lake,) = person.gets("alert", "why", "csto-drills", by_title["Drills on the lake"])
    assert lake["matched"] is True
    assert {fired["term"] for fired in lake["because"]} >= {"drills"}
    (away,) = person.gets("alert", "why", "csto-drills", by_title["=Drills without us?"])
    assert (away["matched"], away["failed"]) == (False, "entity:csto")


def test_what_goes_out_comes_in_elsewhere_as_it_was(
    person: Person, warm: Callable[[Path], Path], tmp_path: Path
) -> None:
    person.does("export", "articles", "--text", "-o", "ours.csv")
    there = Person(person.folder, warm(tmp_path / "elsewhere"))
    taken = json.loads(there.does("ingest", "ours.csv"))
    assert (taken["new"], there.heard) == (5, f"created a new store in {there.data}\n")
    ours, theirs = (rows_of(each.does("export", "articles", "--text")) for each in (person, there))
    numbered = {"article_id", "cluster_id", "collected_at", "counts_on"}
    told = [[{k: v for k, v in row.items() if k not in numbered} for row in rows] for rows in (ours, theirs)]
    assert told[0] == told[1]
    assert ours[2]["title"] == "'=Drills without us?"
