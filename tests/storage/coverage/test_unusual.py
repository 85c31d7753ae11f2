"""`coverage --unusual`: a burst with its stories, what is seen for the first time, and quiet days."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from apiclient import read
from commandline import run
from samplestore import Sample, store_of
from typer.testing import Result

from db.engine import Database
from web.app import create_app

FIRST = datetime(2022, 1, 3, 12, tzinfo=UTC)
DAYS = 45
CSTO, TURAN, TASHKENT = ("CSTO", "csto"), ("Turan", "turan"), ("Tashkent", "tashkent")


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


# Invented: none of this was ever published. One article about the CSTO a day, eight on the last one.
SAMPLES = [
    *(
        Sample(f"https://herald.example/{n}", title=f"Day {n}", text="CSTO.", says=(CSTO,), published_at=day(n))
        for n in range(DAYS)
    ),
    *(
        Sample(
            f"https://oasis.example/{n}",
            "oasis-wire",
            title="The CSTO decides",
            text=f"CSTO {n}.",
            says=(CSTO,),
            published_at=day(DAYS),
            copies="https://oasis.example/0" if n else None,
        )
        for n in range(8)
    ),
    Sample("https://herald.example/t", title="Tashkent", text="Tashkent.", says=(TASHKENT,), published_at=day(5)),
    Sample(
        "https://herald.example/both",
        title="CSTO in Tashkent",
        text="CSTO, Tashkent.",
        says=(CSTO, TASHKENT),
        published_at=day(DAYS),
    ),
    Sample("https://herald.example/new", title="Turan", text="Turan.", says=(TURAN,), published_at=day(DAYS - 1)),
]


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, SAMPLES, by_migrations=True)
    yield database
    database.close()


def unusual(*arguments: str) -> Result:
    return run("coverage", "--unusual", *arguments)


def test_a_burst_is_told_with_its_reason_and_its_stories(store: Database) -> None:
    burst, *rest = json.loads(unusual().stdout)
    assert (burst["kind"], burst["entity"], burst["until"]) == ("burst", "csto", "2022-02-17")
    assert burst["articles"] > 3 * burst["expected"]
    assert burst["p"] < 0.001
    assert (burst["stories"][0]["title"], burst["stories"][0]["articles"]) == ("The CSTO decides", 8)
    assert [(row["kind"], row["entity"], row.get("with")) for row in rest] == [
        ("first", "turan", None),
        ("first together", "csto", "tashkent"),
    ]
    assert rest[1]["stories"][0]["title"] == "CSTO in Tashkent"


def test_a_quiet_day_has_nothing_to_tell(store: Database) -> None:
    assert json.loads(unusual("--until", "2022-02-10").stdout) == []
    assert "Nothing unusual on 2022-02-10" in unusual("--until", "2022-02-10", "--format", "table").stdout


def test_the_rate_of_false_alarms_is_a_setting(store: Database) -> None:
    assert [row["kind"] for row in json.loads(unusual("--false-alarms", "0").stdout)] == ["first", "first together"]


def test_as_a_table(store: Database) -> None:
    said = unusual("--format", "table").stdout
    burst, new, pair, *_ = said.splitlines()
    assert burst.startswith("CSTO  9 articles, 1 expected")
    assert "8 × The CSTO decides" in burst
    assert new.startswith("Turan  for the first time on 2022-02-16, 1 article  1 × Turan")
    assert pair.startswith("CSTO and Tashkent  together for the first time")
    assert "10% are expected to be chance" in said


# Invented. Twelve places are in the news for the first time, the later ones more often; their texts have no titles.
NEW_ONES = [
    Sample("https://herald.example/old", title="Old", text="Old.", published_at=day(0)),
    *(
        Sample(
            f"https://oasis.example/{entity}/{n}",
            "oasis-wire",
            title=None,
            text=f"{entity} {'word ' * 60}{n}",
            says=((entity, entity),),
            published_at=day(DAYS),
        )
        for place, entity in enumerate(sorted(f"place-{number:02}" for number in range(12)))
        for n in range(place + 1)
    ),
]


@pytest.fixture
def many(command_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    new = {f"place-{number:02}": ("place", f"Place {number}") for number in range(12)}
    monkeypatch.setattr("samplestore.ENTITIES", new)
    database = store_of(command_url, NEW_ONES, by_migrations=True)
    yield database
    database.close()


def test_ten_lines_of_what_matters_most_and_all_when_asked(many: Database) -> None:
    found = unusual()
    rows = json.loads(found.stdout)
    assert [row["entity"] for row in rows] == [f"place-{number:02}" for number in range(11, 1, -1)]
    assert "2 more of less interest; use --all" in found.stderr
    everything = unusual("--all")
    assert (len(json.loads(everything.stdout)), everything.stderr) == (12, "")
    table = unusual("--format", "table").stdout.splitlines()
    assert len([line for line in table if line.startswith("Place ")]) == 10
    assert table[0].startswith(
        "Place 11  12 articles, 0.01 expected, for the first time on 2022-02-17  1 × place-11 word"
    )


def test_texts_without_a_title_are_called_by_their_first_words(many: Database) -> None:
    [story] = json.loads(unusual().stdout)[9]["stories"][:1]
    assert story["title"] is None
    assert story["headline"].startswith("place-02 word word")
    assert len(story["headline"]) < 100
    shown = json.loads(run("article", "show", "https://oasis.example/place-02/0").stdout)
    assert shown["headline"].startswith("place-02 word word")


@pytest.mark.parametrize(
    ("query", "options"),
    [("", ()), (f"until={day(DAYS):%Y-%m-%d}", ()), ("until=2022-01-09&false_alarms=0.5", ("--until=2022-01-09",))],
)
def test_the_api_answers_what_the_command_prints(store: Database, query: str, options: Sequence[str]) -> None:
    answered = read(create_app(store), f"/coverage/unusual?{query}")
    printed = json.loads(unusual("--all", "--format=json", *options).stdout)
    assert bool(printed) == (not options)
    blank = dict.fromkeys(("until", "first", "expected", "p"))
    assert answered["unusual"] == [blank | {"other": one.pop("with", None)} | one for one in printed]
