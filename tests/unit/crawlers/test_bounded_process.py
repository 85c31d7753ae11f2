"""Work over strangers' bytes in a process that can be ended."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from crawlers.bounded_process import Endable, Endables, ProcessEnded

pytestmark = pytest.mark.slow


@pytest.fixture
def endable() -> Iterator[Endable]:
    """One with narrow bounds."""
    made = Endable(cpu_s=1, wall_s=30, memory=400 << 20)
    yield made
    made.close()


def test_what_the_work_returns_comes_back(endable: Endable) -> None:
    assert endable.run(int, "ff", base=16) == 255


def test_what_the_work_raises_is_raised(endable: Endable) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        endable.run(int, "no number")


def test_the_process_is_another_one_and_stays(endable: Endable) -> None:
    first = endable.run(os.getpid)
    assert first == endable.run(os.getpid) != os.getpid()


def test_an_expression_that_holds_the_interpreter_is_ended(endable: Endable) -> None:
    with pytest.raises(ProcessEnded, match="more than 1 seconds of computing"):
        endable.run(re.match, "(a+)+b", "a" * 60)
    assert endable.run(int, "1") == 1


def test_work_that_only_waits_is_ended() -> None:
    waiting = Endable(cpu_s=5, wall_s=0.2, memory=400 << 20)
    with pytest.raises(ProcessEnded, match="no end after"):
        waiting.run(time.sleep, 600)
    waiting.close()


def test_work_that_wants_too_much_memory_fails_alone(endable: Endable) -> None:
    with pytest.raises(ProcessEnded, match="more than 400 MB of memory"):
        endable.run(bytes, 1 << 30)
    assert endable.run(len, "abc") == 3


def test_the_death_of_the_process_is_the_end_of_one_piece_of_work(endable: Endable) -> None:
    with pytest.raises(ProcessEnded, match="SIGKILL"):
        endable.run(signal.raise_signal, signal.SIGKILL)
    assert endable.run(len, "abc") == 3


def test_a_process_that_died_while_nothing_was_to_do_is_replaced(endable: Endable) -> None:
    first = endable.run(os.getpid)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(ProcessEnded, match="SIGKILL"):
        endable.run(len, "abc")
    assert endable.run(os.getpid) != first


def test_what_cannot_come_back_is_said(endable: Endable) -> None:
    with pytest.raises(ProcessEnded, match="cannot be handed over"):
        endable.run(open, os.devnull)
    assert endable.run(len, "abc") == 3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory a process has")
def test_a_process_that_has_grown_makes_room_for_a_small_one() -> None:
    growing = Endable(memory=2 << 30)
    first = growing.run(os.getpid)
    growing.run(os.putenv, "KEPT", "x" * (210 << 20))
    assert growing.run(os.getpid) != first
    growing.close()


def test_what_holds_one_process_leaves_the_other_free() -> None:
    both = Endables(2, cpu_s=30, wall_s=30)
    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(both.run, time.sleep, 2)
        while not held.running():
            time.sleep(0.01)
        assert both.run(len, "abc") == 3
        assert not held.done()
        held.result()
    both.close()
