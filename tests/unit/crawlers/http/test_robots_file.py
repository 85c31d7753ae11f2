"""The rules of robots.txt files that outlive the crawler: what comes back, what is too old, and what is no rule."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from crawlers.http.results import FetchFailure, FetchResult
from crawlers.http.robots_file import NAME, RobotsFile, format_rules, parse_rules
from crawlers.http.robots_rules import KEEP_S, RuleBook, read_robots
from db.enums.outcomes import RequestOutcome

SITE, TEXT = "https://a.kz", b"User-agent: *\nDisallow: /secret\nCrawl-delay: 7\n"
READ_AT = 1_700_000_000.0


def book_of(*results: FetchResult) -> RuleBook:
    book = RuleBook()
    for number, result in enumerate(results):
        book.keep(SITE if not number else f"https://b{number}.kz", read_robots(result, time.monotonic()))
    return book


def answer(status: int, body: bytes = b"") -> FetchResult:
    return FetchResult(url="u", status=status, body=body)


def test_rules_come_back_with_the_next_crawler_and_their_delay_is_told_once(tmp_path: Path) -> None:
    file = RobotsFile(tmp_path / "cache")
    file.write(book_of(answer(200, TEXT), answer(404)))
    book = RobotsFile(tmp_path / "cache").read()
    assert {site: rules.text.encode() for site, rules in book.list_rules()} == {SITE: TEXT, "https://b1.kz": b""}
    assert [book.take_loaded(SITE) for _ in range(2)] == [True, False]
    assert not book.take_loaded("https://b2.kz")
    assert [each.name for each in (tmp_path / "cache").iterdir()] == [NAME]


def test_rules_that_were_read_anew_have_told_their_delay() -> None:
    book = RuleBook()
    book.keep(SITE, read_robots(answer(200, TEXT), 0.0), is_loaded=True)
    book.keep(SITE, read_robots(answer(200, TEXT), 0.0))
    assert not book.take_loaded(SITE)


@pytest.mark.parametrize(
    ("later_s", "is_kept"),
    [(0.0, True), (KEEP_S - 60, True), (KEEP_S + 60, False), (-60.0, False)],
    ids=["at once", "within a day", "after a day", "a clock that was set back"],
)
def test_rules_hold_for_a_day_from_their_reading(later_s: float, is_kept: bool) -> None:
    lines = list(format_rules(book_of(answer(200, TEXT)).list_rules(), READ_AT))
    back = dict(parse_rules(lines, READ_AT + later_s))
    assert (SITE in back) == is_kept
    if is_kept:
        assert back[SITE].until - time.monotonic() == pytest.approx(KEEP_S - later_s, abs=30)
        assert not back[SITE].hold(time.monotonic(), newer_than_s=max(0.0, later_s - 30))


def test_a_failure_is_not_remembered() -> None:
    trouble = FetchFailure(RequestOutcome.TIMED_OUT, "timed out", is_network=True)
    book = book_of(answer(503), FetchResult(url="u", status=0, trouble=trouble))
    assert list(format_rules(book.list_rules(), READ_AT)) == []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe\n",
        b"[]\n",
        b"7\n",
        b'{"a": 1}\n',
        json.dumps([SITE, "soon", ""]).encode(),
        json.dumps([SITE, READ_AT, 5]).encode(),
        json.dumps([SITE, READ_AT, "bm8gemxpYg=="]).encode(),
        json.dumps([None, READ_AT, ""]).encode(),
        json.dumps([SITE, READ_AT, ""]).encode()[:-5],
        b"[" * 100_000,
    ],
    ids=lambda line: line[:30].decode("latin-1") or "empty",
)
def test_a_damaged_line_costs_only_itself(line: bytes) -> None:
    good = list(format_rules(book_of(answer(200, TEXT)).list_rules(), READ_AT))
    back = dict(parse_rules([line, *good], READ_AT))
    assert [rules.text.encode() for rules in back.values()] == [TEXT]


def test_a_folder_that_cannot_be_used_only_costs_requests(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    file = RobotsFile(tmp_path / "cache")
    file.write(book_of(answer(200, TEXT)))
    assert file.read().list_rules() == []
