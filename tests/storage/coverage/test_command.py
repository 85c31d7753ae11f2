"""`coverage`: shares, voices, two periods compared, the health beside the numbers, and a picture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from commandline import run
from lxml import etree
from samplestore import Sample, store_of
from sqlalchemy import Connection, update
from typer.testing import Result

from db.articles.counting_day import choose_zone
from db.coverage.cells import mark_articles
from db.engine import Database
from db.models import Article
from db.outcomes import record_outcomes
from worker.coverage.recount import recount

MONDAY = datetime(2022, 1, 3, 12, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n"

# Invented: none of this was ever published.
SAMPLES = [
    Sample("https://herald.example/1", text="CSTO.", says=(("CSTO", "csto"),), published_at=MONDAY),
    Sample("https://herald.example/2", text="Turan.", says=(("Turan", "turan"),), published_at=MONDAY),
    Sample("https://herald.example/3", text="Weather.", published_at=MONDAY),
    Sample("https://oasis.example/4", "oasis-wire", text="Football.", published_at=MONDAY),
    *(
        Sample(f"https://oasis.example/w{n}", "oasis-wire", text="CSTO.", title=f"{n}", says=(("CSTO", "csto"),))
        for n in range(3)
    ),
]


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, SAMPLES, by_migrations=True)

    def judge(conn: Connection) -> None:
        conn.execute(update(Article).values(in_scope=Article.id != 4))
        mark_articles(conn, list(range(1, 8)))

    database.write(judge)
    recount(database)
    yield database
    database.close()


def coverage(*arguments: str) -> Result:
    return run("coverage", *arguments)


def records(*arguments: str) -> list[dict[str, object]]:
    result = coverage(*arguments)
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


def test_a_share_is_of_what_is_in_scope_that_day(store: Database) -> None:
    first, *_ = records("csto", "--share", "--since", "2022-01-03", "--until", "2022-01-03")
    assert (first["articles"], first["scope_articles"], first["share"]) == (1, 1, 0.333333)
    [of_outlet] = records("csto", "--share", "--split", "source", "--since", "2022-01-03", "--until", "2022-01-03")
    assert (of_outlet["source"], of_outlet["share"]) == ("steppe-herald", 0.333333)


def test_a_share_of_voice_is_of_the_chosen_entities_together(store: Database) -> None:
    found = {row["entity"]: row["voice"] for row in records("csto", "turan", "--voice", "--by", "week")}
    assert found == {"csto": 0.8, "turan": 0.2}


def test_two_periods_are_compared(store: Database) -> None:
    [row] = records("csto", "--compare", "2022-01-03..2022-01-03", "2022-01-04..2022-01-06")
    assert (row["articles"], row["stories"], row["days"]) == ([1, 3], [1, 3], [1, 3])
    ratio = row["ratio"]
    assert isinstance(ratio, dict)
    assert ratio["value"] == 1.0
    assert ratio["low"] < 0.2 < 5 < ratio["high"], "three articles against one prove nothing"


def test_days_on_which_our_collection_was_impaired_say_so(store: Database) -> None:
    def poll(conn: Connection) -> None:
        for number in range(5):
            outcome = "changed" if number != 2 else "server error"
            at = MONDAY + timedelta(days=number)
            record_outcomes(conn, "poll", {("steppe-herald", outcome): 96, ("oasis-wire", "unchanged"): 96}, at=at)

    store.write(poll)
    days = records("csto", "--since", "2022-01-02", "--until", "2022-01-06")
    assert [(day["alive"], day["impaired"]) for day in days] == [
        (None, False),
        (1.0, False),
        (1.0, False),
        (0.5, True),
        (1.0, False),
    ]
    herald = records("csto", "--split", "source", "--since", "2022-01-05", "--until", "2022-01-05")
    assert [(row["source"], row["impaired"]) for row in herald] == [("oasis-wire", False)]
    shown = coverage("csto", "--format", "table").stdout
    assert "! collection was impaired" in shown
    assert "outlets alive" in shown
    untouched = coverage("csto", "--format", "table", "--until", "2022-01-02").stdout
    assert "outlets alive" not in untouched, "before the first poll there is nothing to tell"


def test_periods_say_how_complete_they_are(store: Database) -> None:
    def poll(conn: Connection) -> None:
        for number in range(3):  # Monday to Wednesday; on Monday two and one were printed, on Wednesday none and three
            outcome = "server error" if number == 2 else "changed"
            at = MONDAY + timedelta(days=number)
            record_outcomes(conn, "poll", {("steppe-herald", outcome): 96, ("oasis-wire", "unchanged"): 96}, at=at)

    store.write(poll)
    days = records("csto", "--since", "2022-01-02", "--until", "2022-01-05")
    # the Herald usually prints three on Monday and none on Tuesday
    assert [day["complete"] for day in days] == [None, 1.0, 1.0, 0.6667]


def test_an_outlet_is_as_complete_as_it_was_collected_itself(store: Database) -> None:
    def poll(conn: Connection) -> None:
        for number, outcome in enumerate(("changed", "changed", "server error")):
            at = MONDAY + timedelta(days=number)
            record_outcomes(conn, "poll", {("steppe-herald", "changed"): 96, ("oasis-wire", outcome): 96}, at=at)

    store.write(poll)
    [row] = records("csto", "--split", "source", "--since", "2022-01-05", "--until", "2022-01-05")
    assert (row["source"], row["complete"]) == ("oasis-wire", 1.0), "three are more than it usually prints"


def test_what_was_brought_in_is_of_unknown_completeness(store: Database) -> None:
    assert {row["complete"] for row in records("csto")} == {None}


def test_tables_are_headed_by_labels_and_names(store: Database) -> None:
    shown = coverage("csto", "turan", "--split", "source", "--format", "table").stdout
    assert [line.split("  ")[0] for line in shown.splitlines() if "articles: " in line] == [
        "CSTO · Oasis Wire",
        "CSTO · Steppe Herald",
        "Turan · Steppe Herald",
    ]
    compared = coverage("csto", "--compare", "2022-01-03..2022-01-03", "2022-01-04..2022-01-06", "--format", "table")
    assert any(line.startswith("CSTO ") for line in compared.stdout.splitlines())


def test_today_is_the_day_by_the_time_zone_of_the_store(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(2022, 1, 4, 22, tzinfo=UTC).astimezone(tz)

    for module in ("shared.day_options", "coverage.command", "alert.backtest", "coverage.unusual"):
        monkeypatch.setattr(f"cli.{module}.datetime", Clock)
    [row] = records("csto", "--since", "today", "--until", "today")
    assert row["period"] == "2022-01-04"
    store.write(lambda conn: choose_zone(conn, "Asia/Almaty"))
    [row] = records("csto", "--since", "today", "--until", "today")
    assert row["period"] == "2022-01-05"
    asked = run("alert", "test", "drills", "--format", "json")
    assert json.loads(asked.stdout.splitlines()[-1])["summary"]["until"] == "2022-01-05"
    assert coverage("--unusual", "--format", "table").stdout.splitlines()[0].count("2022-01-05") == 1


def test_a_picture_is_drawn_and_a_wrong_path_leaves_nothing(store: Database, tmp_path: Path) -> None:
    assert coverage("csto", "turan", "--plot", str(tmp_path / "c.png")).exit_code == 0
    assert (tmp_path / "c.png").read_bytes().startswith(PNG)
    assert coverage("csto", "--plot", str(tmp_path / "c.svg")).exit_code == 0
    assert "<svg" in (tmp_path / "c.svg").read_text()
    result = coverage("csto", "--plot", str(tmp_path / "no" / "c.png"))
    assert (result.exit_code, "cannot be written" in result.stderr) == (1, True)
    assert coverage("csto", "--plot", "c.pdf").exit_code == 2
    assert {path.name for path in tmp_path.iterdir() if not path.name.startswith("steppewatch.db")} == {
        "c.png",
        "c.svg",
    }


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["csto", "--compare", "2022-01-03..2022-01-03", "yesterday"], 2, "is not like 2022-01-01..2022-01-31"),
        (["csto", "--compare", "2022-01-03..2022-01-01", "2022-01-03..2022-01-03"], 1, "is after"),
        ([], 2, "name at least one entity"),
    ],
)
def test_what_cannot_be_answered_is_said(store: Database, arguments: list[str], code: int, said: str) -> None:
    result = coverage(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in " ".join(result.stderr.replace("│", " ").split())


def texts_of(picture: Path) -> list[str]:
    """Return what is written in a picture, line by line."""
    text = "{http://www.w3.org/2000/svg}text"
    return [line for element in etree.parse(picture).iter(text) for line in element.itertext()]


def test_a_picture_says_what_it_shows(store: Database, tmp_path: Path) -> None:
    def neglect(conn: Connection) -> None:
        values = {"published_at": None, "is_undated": True}
        conn.execute(update(Article).where(Article.id == 5).values(values))
        mark_articles(conn, [5])
        for number in range(5):
            at = MONDAY + timedelta(days=number)
            counts = {("steppe-herald", "changed" if number != 2 else "server error"): 96}
            record_outcomes(conn, "poll", counts, at=at)

    store.write(neglect)
    recount(store)
    picture = tmp_path / "c.svg"
    assert coverage("csto", "turan", "--plot", str(picture), "--until", "2022-01-07").exit_code == 0
    texts = texts_of(picture)
    assert {"CSTO, Turan", "per day, 2022-01-03 to 2022-01-07"} <= set(texts)
    assert {"CSTO", "Turan", "shaded: collection impaired"} <= set(texts)
    said = " ".join(texts)
    assert "Collection was impaired on 1 day: a fall may be ours." in said
    assert "1 article without a date in no period" in said
    assert coverage("csto", "--split", "source", "--by", "week", "--plot", str(picture)).exit_code == 0
    assert "Oasis Wire" in " ".join(texts_of(picture))


def test_a_picture_leaves_out_empty_years_and_says_so(store: Database, tmp_path: Path) -> None:
    picture = tmp_path / "c.svg"
    assert coverage("csto", "--plot", str(picture), "--since", "2010-01-01").exit_code == 0
    said = " ".join(texts_of(picture))
    assert "Left out, no article: 2010-01-01 to 2022-01-01." in said
    assert "2015" not in said
