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
    assert "and none in the next 9 weeks" in table


def test_days_without_articles_are_told_apart_from_a_query_without_matches(filled: Path) -> None:
    said = "use --since 2022-01-05"
    assert said in run("alert", "test", "csto", "--since", "2023-01-01", "--until", "2023-02-01").stderr
    nothing = run("alert", "test", "walnuts", *JANUARY)
    assert (nothing.exit_code, said in nothing.stderr) == (0, False)


def test_lint_says_what_the_archive_would_have_told(filled: Path) -> None:
    result = run("alert", "lint", "csto", "walnuts", "--since", "2022-01-01")
    csto, walnuts = map(json.loads, result.stdout.splitlines())
    assert (csto["since"], csto["items"], walnuts["items"]) == ("2022-01-01", 2, 0)


def test_why_says_what_fired_and_what_failed(filled: Path) -> None:
    assert run("alert", "add", "pacts", "csto AND turan", "--email", "analyst@office.example").exit_code == 0
    [first] = asked("why", "pacts", "https://herald.example/1")
    assert (first["subscription"], first["matched"], first["status"]) == ("pacts", True, None)
    assert {fired["term"] for fired in first["because"]} == {"csto", "turan"}
    assert "after this text was seen" in first["rule"]
    assert [told["address"] for told in first["deliveries"]] == ["analyst@office.example"]
    [second] = asked("why", "pacts", "https://oasis.example/1")
    assert (second["matched"], second["failed"]) == (False, "turan")
    assert second["failings"] == [{"part": "turan", "reason": "not in title or text"}]
    table = run("alert", "why", "pacts", "https://oasis.example/1", "--format", "table")
    assert table.exit_code == 0
    assert "turan: not in title or text" in table.stdout


def test_why_refuses_what_no_article_answers(filled: Path) -> None:
    assert run("alert", "add", "hush", "--silence", "oasis-wire").exit_code == 0
    assert run("alert", "why", "hush", "1").exit_code == 2
    assert run("alert", "why", "nothing", "1").exit_code == 1
    assert run("alert", "why", "hush").exit_code == 2


def test_the_terminal_shows_address_and_snippet(filled: Path) -> None:
    table = run("alert", "test", "csto", *JANUARY, "--format", "table").stdout
    assert "https://herald.example/1" in table
    assert "CSTO and Turan, Turan." in table
    assert table.index("https://oasis.example/2") < table.index("https://herald.example/1"), "the newest first"


def test_a_snippet_is_in_the_record_even_of_what_has_no_headline(filled: Path) -> None:
    *articles, _ = asked("test", "csto", *JANUARY)
    assert [article["snippet"] for article in articles] == ["CSTO.", "CSTO.", "CSTO and Turan, Turan."]
