"""`coverage --unusual`: a burst with its stories, what is seen for the first time, and quiet days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import Result
from commandline import run
from samplestore import Sample, store_of

from db.engine import Database

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
def store(store_url: str) -> Iterator[Database]:
    database = store_of(store_url, SAMPLES)
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
    assert "CSTO  8 articles" in said or "CSTO  9 articles" in said or "in three days" in said
    assert "8 × The CSTO decides" in said
    assert "10% are expected to be chance" in said
