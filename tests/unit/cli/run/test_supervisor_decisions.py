"""What the supervisor decides and shows, without any process."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.run.log import Lines, Log
from cli.run.process import describe_exit
from cli.run.reaper import read_orders
from cli.run.supervisor import early_deaths, pause_s
from cli.shared.output import printable


@pytest.mark.parametrize(
    ("deaths", "pause"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 30), (6, 30), (1_000, 30)],
    ids=lambda value: str(value),
)
def test_pauses_grow_and_stay_slow(deaths: int, pause: float) -> None:
    assert pause_s(deaths) == pause


@given(st.integers(1, 10_000))
def test_a_pause_is_never_shorter_than_the_one_before(deaths: int) -> None:
    assert 0 < pause_s(deaths) <= pause_s(deaths + 1) <= 30


@pytest.mark.parametrize(
    ("before", "lived_s", "after"),
    [
        pytest.param(0, 0.1, 1, id="first death"),
        pytest.param(4, 59.9, 5, id="short life"),
        pytest.param(4, 60.0, 1, id="a minute wipes out what was before"),
    ],
)
def test_deaths_in_a_row(before: int, lived_s: float, after: int) -> None:
    assert early_deaths(before, lived_s) == after


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(0, "exited with code 0", id="zero"),
        pytest.param(3, "exited with code 3", id="code"),
        pytest.param(-9, "was killed by SIGKILL", id="signal"),
        pytest.param(-63, "was killed by signal 63", id="signal without a name"),
    ],
)
def test_an_exit_code_in_words(code: int, words: str) -> None:
    assert describe_exit(code) == words


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("Қазақстан – «новости»", "Қазақстан – «новости»", id="any script"),
        pytest.param("a\tb\r", "a b", id="tab, carriage return"),
        pytest.param("\x1b]0;title\x07\x1b[2J", "\ufffd]0;title\ufffd\ufffd[2J", id="escape sequences"),
        pytest.param("a\u202eb", "a\ufffdb", id="right-to-left override"),
    ],
)
def test_a_line_holds_nothing_that_a_terminal_obeys(said: str, shown: str) -> None:
    assert printable(said) == shown


@given(st.lists(st.binary(max_size=40)))
def test_how_bytes_arrive_changes_no_line(chunks: list[bytes]) -> None:
    piecewise, at_once = Lines(), Lines()
    lines = [line for chunk in chunks for line in piecewise.feed(chunk)]
    assert [*lines, *piecewise.end()] == [*at_once.feed(b"".join(chunks)), *at_once.end()]


def test_a_line_without_end_is_cut_and_nothing_of_it_lost() -> None:
    lines = Lines()
    cut = [line for _ in range(100) for line in lines.feed(b"x" * 1_000)]
    assert max(map(len, cut)) <= 4_000
    assert sum(map(len, [*cut, *lines.end()])) == 100_000


def test_the_log_says_when_and_who() -> None:
    stream = io.StringIO()
    log = Log(stream, now=lambda: datetime(2026, 1, 5, 12, 4, 31, tzinfo=UTC))
    log.write("crawler", "message")
    log.write("web", "another")
    assert stream.getvalue() == "12:04:31 crawler  message\n12:04:31 web      another\n"


def test_every_name_has_its_colour_on_a_terminal() -> None:
    stream = io.StringIO()
    log = Log(stream, now=lambda: datetime(2026, 1, 5, tzinfo=UTC), colour=True)
    for name in ("a", "b", "a"):
        log.write(name, "message")
    colours = [line.split("m")[0] for line in stream.getvalue().splitlines()]
    assert [first == second for first, second in pairwise(colours)] == [False, False]
    assert colours[0] == colours[2]


def test_a_closed_terminal_is_no_reason_to_end() -> None:
    stream = io.StringIO()
    stream.close()
    Log(stream, now=lambda: datetime(2026, 1, 5, tzinfo=UTC)).write("web", "message")


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        pytest.param(["+12\n", "+13\n", "-12\n", "/run/a b\n"], ({13}, {"/run/a b"}), id="started, ended, a folder"),
        pytest.param(["-12\n"], (set(), set()), id="ended unseen"),
        pytest.param(["+0\n", "+1\n", "+-5\n", "+x\n", "+²\n", "12\n", "\n"], (set(), set()), id="never everybody"),
    ],
)
def test_what_is_left_to_reap(lines: list[str], left: tuple[set[int], set[str]]) -> None:
    assert read_orders(lines) == left
