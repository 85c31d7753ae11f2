"""`alert test` and `alert lint --since`: what a query would have told, asked of an archive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commandline import run

JANUARY = ("--since", "2022-01-01", "--until", "2022-01-31")


def asked(*arguments: str) -> list[dict[str, Any]]:
    result = run("alert", *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_articles_that_match_come_first_then_the_sum(filled: Path) -> None:
    *articles, last = asked("test", "csto", *JANUARY)
    assert [article["url"][8:] for article in articles] == ["oasis.example/2", "oasis.example/1", "herald.example/1"]
    assert [fired["surface"] for fired in articles[2]["because"]] == ["CSTO"]
    summary = last["summary"]
    assert (summary["articles"], summary["items"]) == (3, 2), "a reprint is no item of its own"
    assert summary["languages"] == {"en": 2, "ru": 1}


def test_quiet_weeks_are_one_line(filled: Path) -> None:
    table = run("alert", "test", "csto", "--since", "2022-01-03", "--until", "2022-03-31", "--format", "table").stdout
    assert "and none in the 9 weeks after" in table


def test_days_without_articles_are_told_apart_from_a_query_without_matches(filled: Path) -> None:
    said = "--since 2022-01-05 asks them all"
    assert said in run("alert", "test", "csto", "--since", "2023-01-01", "--until", "2023-02-01").stderr
    nothing = run("alert", "test", "walnuts", *JANUARY)
    assert (nothing.exit_code, said in nothing.stderr) == (0, False)


def test_lint_says_what_the_archive_would_have_told(filled: Path) -> None:
    result = run("alert", "lint", "csto", "walnuts", "--since", "2022-01-01")
    csto, walnuts = map(json.loads, result.stdout.splitlines())
    assert (csto["since"], csto["items"], walnuts["items"]) == ("2022-01-01", 2, 0)
