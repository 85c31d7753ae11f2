"""What processes say: our own lines from a level on, counts once a minute, libraries when something is wrong."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Mapping

import pytest
from material import ROOT

from crawlers.minute_report import NO_OUTLET, describe_minute
from db.logs import EachMinute

SPEAKERS = """
import logging, sys
from db.logs import set_up
set_up(sys.argv[1], "crawler")
for name in ("celery.worker", "kombu", "scrapy.core", "urllib3.pool", "sqlalchemy.engine", "py.warnings"):
    library = logging.getLogger(name)
    library.setLevel(logging.DEBUG)
    library.debug("%s debug", name); library.info("%s info", name); library.warning("%s warning", name)
own = logging.getLogger("crawler")
own.debug("own debug"); own.info("own info\\x1b[2J"); own.warning("own warning"); own.error("own error")
"""


def said_at(level: str) -> list[str]:
    """Return what a process with that level says."""
    done = subprocess.run([sys.executable, "-c", SPEAKERS, level], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


@pytest.mark.parametrize(
    ("level", "lowest"), [("DEBUG", "debug"), ("INFO", "info"), ("WARNING", "warning"), ("ERROR", "error")]
)
def test_our_own_lines_are_said_from_the_level_on(level: str, lowest: str) -> None:
    words = ["debug", "info", "warning", "error"]
    own = [line.split()[1].split("\ufffd")[0] for line in said_at(level) if line.startswith("own")]
    assert own == words[words.index(lowest) :]


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_libraries_are_heard_when_something_is_wrong_only(level: str) -> None:
    others = [line for line in said_at(level) if not line.startswith("own")]
    assert len(others) == 6
    assert all(line.endswith(" warning") for line in others)


def test_a_line_holds_nothing_that_a_terminal_obeys() -> None:
    assert "own info\ufffd[2J" in said_at("INFO")


# --- once a minute


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def told() -> list[Mapping[str, int]]:
    return []


def counting(told: list[Mapping[str, int]], clock: Clock) -> EachMinute[str]:
    return EachMinute(lambda counts: told.append(dict(counts)), now=clock)


def test_counts_of_a_minute_are_told_together(told: list[Mapping[str, int]]) -> None:
    clock = Clock()
    minute = counting(told, clock)
    for clock.now in (0.0, 20.0, 59.9):
        minute.add({"new": 2, "copy": 1})
        minute.tell_if_due()
    assert told == []
    clock.now = 60.0
    minute.tell_if_due()
    assert told == [{"new": 6, "copy": 3}]


def test_a_minute_begins_with_its_first_count(told: list[Mapping[str, int]]) -> None:
    clock = Clock()
    minute = counting(told, clock)
    clock.now = 1_000.0
    minute.add({"new": 1})
    minute.tell_if_due()
    assert told == []


def test_where_nothing_happened_nothing_is_told(told: list[Mapping[str, int]]) -> None:
    clock = Clock()
    minute = counting(told, clock)
    minute.add({})
    clock.now = 100.0
    minute.tell_if_due()
    minute.tell()
    assert told == []


def test_what_was_told_is_not_told_again(told: list[Mapping[str, int]]) -> None:
    minute = counting(told, Clock())
    minute.add({"new": 1})
    minute.tell()
    minute.add({"new": 2})
    minute.tell()
    assert told == [{"new": 1}, {"new": 2}]


# --- of collecting


def test_an_outlet_has_one_line() -> None:
    counts = {
        ("poll", "lake-post", "changed"): 3,
        ("entry", "lake-post", "known"): 40,
        ("entry", "lake-post", "new"): 2,
        ("fetch", "lake-post", "captured"): 1,
        ("fetch", "hill-press", "forbidden"): 2,
        ("poll", "hill-press", "missing"): 1,
    }
    assert describe_minute(counts) == [
        "hill-press: 2 pages forbidden, 1 poll missing",
        "lake-post: 2 new entries, 1 page stored",
    ]


def test_an_outlet_that_only_stayed_as_it_was_has_none() -> None:
    counts = {("poll", "a", "unchanged"): 4, ("poll", "a", "changed"): 1, ("entry", "a", "known"): 9}
    assert describe_minute({**counts, ("fetch", "a", "unchanged"): 2}) == []


def test_pages_of_no_outlet_are_told_too() -> None:
    assert describe_minute({("fetch", None, "captured"): 1_200}) == [f"{NO_OUTLET}: 1,200 pages stored"]


def test_the_library_of_logs_is_left_as_it_was() -> None:
    assert logging.getLogger("crawler").propagate is True, "only whoever starts a process sets up its log"
