"""What a linter says of queries before they are saved."""

from __future__ import annotations

import json

import pytest
from commandline import run

from worker.presearch.cost import lint_query
from worker.presearch.frequency import Frequencies
from worker.query.query import QueryNames, parse

KNOWN = QueryNames(
    entities={"csto": "CSTO"}, surnames=frozenset({"Trump"}), sources={"qamys-habary": "Qamys Habary", "24.kg": "24.kg"}
)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("NOT sport", "nearly every article"),
        ("summit OR NOT sport", "nearly every article"),
        ("tu* AND Batken", "too many words"),
        ("*an AND Batken", "too many words"),
        ("(drone* OR radar*) NEAR/5 Batken", "wildcard inside NEAR"),
        ("Batken NEAR/60 Osh", "about a paragraph"),
        (" OR ".join(f"village{number}" for number in range(60)), "60 alternatives"),
        ("Batken AND NOT (" + " OR ".join(f"sport{number}" for number in range(30)) + ")", "excludes 30"),
        (" ".join(f"letters{letter}*" for letter in "abcdef"), "6 wildcards"),
        ("the", "may match 40% of all articles"),
        ("Trump AND Batken", "without a capital"),
        ("source:qamys-habari.example AND Batken", "no outlet"),
    ],
)
def test_doubtful_queries(query: str, says: str) -> None:
    remarks = lint_query(parse(query, known=KNOWN), known=KNOWN)
    assert [remark for remark in remarks if says in remark.message and remark.hint]


@pytest.mark.parametrize(
    "query",
    [
        "entity:csto AND withdrawal",
        "source:qamys-habary Batken",
        "source:24.kg Batken",
        '"joint exercise" NOT football',
    ],
)
def test_good_queries(query: str) -> None:
    assert lint_query(parse(query, known=KNOWN), known=KNOWN) == []


def test_the_estimate_is_that_of_the_rarest_group() -> None:
    counted = Frequencies({"government": 0.9, "batken": 0.001})
    assert lint_query(parse("government AND batken"), counted) == []
    assert "90%" in lint_query(parse("government"), counted)[0].message


def test_the_command_shows_the_place() -> None:
    result = run("alert", "lint", "entity:cstoo AND drills", "drills AND border")
    assert result.exit_code == 1
    wrong, good = map(json.loads, result.stdout.splitlines())
    assert (wrong["position"], "csto" in wrong["hint"]) == (7, True)
    assert good == {"query": "drills AND border", "canonical": "drills AND border", "remarks": []}
    assert "       ^" in result.stderr.splitlines()


def test_an_abbreviation_that_is_a_small_word_is_remarked_on() -> None:
    [remark] = [one for one in lint_query(parse("US AND Batken")) if one.term == "US"]
    assert remark.hint == "write case:US for capitals only"
    assert not [one for one in lint_query(parse("case:US AND CSTO")) if "found, too" in one.message]
