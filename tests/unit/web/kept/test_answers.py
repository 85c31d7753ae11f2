"""Answers that are kept: read once while fresh, by one reader at a time, and no more of them than allowed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from web.kept.answers import IS_AHEAD, KeptAnswers


class Readings:
    """Counts what is read."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self) -> int:
        self.number += 1
        return self.number


def test_an_answer_is_read_once_while_it_is_fresh() -> None:
    kept, read = KeptAnswers[str, int](fresh_s=60, most=3), Readings()
    assert [kept.get("a", read, at) for at in (0, 59, 60, 119, 120)] == [1, 1, 2, 2, 3]


def test_a_clock_set_back_keeps_no_answer_for_ever() -> None:
    kept, read = KeptAnswers[str, int](fresh_s=60, most=3), Readings()
    assert [kept.get("a", read, at) for at in (1_000, 5)] == [1, 2]


def test_the_answer_used_longest_ago_goes_first() -> None:
    kept, read = KeptAnswers[str, int](fresh_s=60, most=2), Readings()
    assert [kept.get(key, read, 0) for key in ("a", "b", "a", "c", "a", "b")] == [1, 2, 1, 3, 1, 4]


def test_what_fails_is_read_again_by_the_next() -> None:
    kept, read = KeptAnswers[str, int](fresh_s=60, most=2), Readings()

    def fail() -> int:
        raise LookupError("no store")

    with pytest.raises(LookupError, match="no store"):
        kept.get("a", fail, 0)
    assert kept.get("a", read, 0) == 1


def test_readers_of_the_first_answer_wait_for_one_of_them() -> None:
    kept, read = KeptAnswers[str, int](fresh_s=60, most=2), Readings()
    start = threading.Barrier(4)

    def ask(_: int) -> int:
        start.wait()
        return kept.get("a", read, 0)

    with ThreadPoolExecutor(4) as readers:
        assert list(readers.map(ask, range(4))) == [1, 1, 1, 1]


def test_while_an_answer_is_read_again_others_get_the_one_before() -> None:
    kept = KeptAnswers[str, str](fresh_s=60, most=2)
    begun, go_on = threading.Event(), threading.Event()
    kept.get("a", lambda: "before", 0)

    def read_slowly() -> str:
        begun.set()
        assert go_on.wait(30)
        return "after"

    with ThreadPoolExecutor(1) as readers:
        slow = readers.submit(kept.get, "a", read_slowly, 100)
        assert begun.wait(30)
        assert kept.get("a", lambda: "never", 100) == "before"
        go_on.set()
        assert slow.result(30) == "after"
    assert kept.get("a", lambda: "never", 100) == "after"


def test_an_answer_is_read_ahead_when_most_of_its_time_has_passed() -> None:
    kept, read = KeptAnswers[str, int](fresh_s=60, most=3), Readings()
    assert [kept.get("a", read, at) for at in (0, 45)] == [1, 1]
    token = IS_AHEAD.set(True)
    try:
        assert [kept.get("a", read, at) for at in (44, 45)] == [1, 2]
    finally:
        IS_AHEAD.reset(token)
    assert kept.get("a", read, 104) == 2


@pytest.mark.parametrize(("took_s", "fresh_s"), [(0.01, 2), (0.3, 15), (7, 60)])
def test_what_takes_long_is_read_more_seldom(took_s: float, fresh_s: float) -> None:
    clock = iter((0.0, took_s, 100.0, 100.0 + took_s))
    kept = KeptAnswers[str, int](fresh_s=2, most=1, times_its_cost=50, timer=lambda: next(clock))
    read = Readings()
    assert [kept.get("a", read, at) for at in (0, fresh_s - 0.01, fresh_s)] == [1, 1, 2]
