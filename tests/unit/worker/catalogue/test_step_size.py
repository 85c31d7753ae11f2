"""How many rows the next transaction of a removal deletes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.catalogue.step_size import next_size


@pytest.mark.parametrize(
    ("size", "took_s", "expected"),
    [
        pytest.param(10, 0.03, 10, id="as long as it is to take"),
        pytest.param(10, 0.3, 1, id="ten times too long"),
        pytest.param(10, 0.06, 5, id="twice too long"),
        pytest.param(10, 0.02, 15, id="a little short"),
        pytest.param(10, 0.0, 20, id="no time at all: it grows step by step"),
        pytest.param(1, 5.0, 1, id="one row that takes long"),
        pytest.param(400, 0.001, 500, id="never more than allowed"),
    ],
)
def test_the_next_transaction_is_to_take_a_short_time(size: int, took_s: float, expected: int) -> None:
    assert next_size(size, took_s, least=1, most=500) == expected


@given(st.integers(1, 500), st.floats(0, 1e6), st.integers(1, 50), st.integers(50, 500))
def test_it_is_always_within_its_bounds(size: int, took_s: float, least: int, most: int) -> None:
    assert least <= next_size(size, took_s, least=least, most=most) <= most


def test_it_comes_to_rest_where_a_row_always_takes_as_long() -> None:
    size = 4
    for _ in range(20):
        size = next_size(size, size * 0.002, least=1, most=500)
    assert size in range(13, 16)
