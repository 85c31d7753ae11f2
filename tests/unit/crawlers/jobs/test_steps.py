"""The writes of a job: few, bounded, and in order, so that a crash leaves only a beginning of them."""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from crawlers.async_store import OutcomeTally
from crawlers.jobs.job import Step, join_steps, run_steps

NOBODY = cast(Connection, None)


def steps_of(weights: list[int], done: list[int]) -> list[tuple[int, Step]]:
    def step(number: int, _conn: Connection, _tally: OutcomeTally) -> None:
        done.append(number)

    return [(weight, partial(step, number)) for number, weight in enumerate(weights)]


@given(st.lists(st.integers(1, 100), max_size=20))
def test_steps_are_joined_in_order_as_long_as_a_write_stays_small(weights: list[int]) -> None:
    done: list[int] = []
    writes = list(join_steps(steps_of(weights, done), 64))
    for _, steps in writes:
        run_steps(steps, NOBODY, OutcomeTally())
    assert done == list(range(len(weights)))
    assert sum(rows for rows, _ in writes) == sum(weights)
    assert all(rows <= 64 or len(steps) == 1 for rows, steps in writes)
    firsts = accumulate(len(steps) for _, steps in writes[:-1])
    assert all(rows + weights[first] > 64 for (rows, _), first in zip(writes, firsts, strict=False))


def test_the_entries_of_a_usual_feed_are_one_write_with_its_poll() -> None:
    assert [rows for rows, _ in join_steps(steps_of([20, 1], []), 64)] == [21]
    assert [rows for rows, _ in join_steps(steps_of([64, 64, 10, 1], []), 64)] == [64, 64, 11]


def test_a_step_that_fails_ends_its_write() -> None:
    done: list[int] = []

    def fail(_conn: Connection, _tally: OutcomeTally) -> None:
        raise ValueError("cannot be stored")

    (first, last) = (step for _, step in steps_of([1, 1], done))
    with pytest.raises(ValueError, match="cannot be stored"):
        run_steps((first, fail, last), NOBODY, OutcomeTally())
    assert done == [0]
