"""`coverage`: counts by period and part, and what a mistake is answered with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import run


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
