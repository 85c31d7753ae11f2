"""Years without an article are left out of pictures, and nothing else is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.coverage.stats.stretches import gaps, spread, stretches

FIRST = date(2010, 1, 1)


def days(*written: int, total: int) -> tuple[list[date], list[bool]]:
    return [FIRST + timedelta(days=n) for n in range(total)], [n not in written for n in range(total)]


@pytest.mark.parametrize(
    ("written", "total", "kept"),
    [
        pytest.param((0, 9), 10, [range(10)], id="nothing long"),
        pytest.param((0, 363), 364, [range(364)], id="less than a year"),
        pytest.param((0, 800), 801, [range(2), range(799, 801)], id="years between two articles"),
        pytest.param((800,), 801, [range(799, 801)], id="years before the first"),
        pytest.param((0,), 800, [range(2)], id="years after the last"),
        pytest.param((400, 1200), 1700, [range(399, 402), range(1199, 1202)], id="before, between and after"),
        pytest.param((), 900, [range(900)], id="nothing at all"),
        pytest.param((0,), 1, [range(1)], id="one period"),
    ],
)
def test_years_without_an_article_are_left_out(written: tuple[int, ...], total: int, kept: list[range]) -> None:
    assert stretches(*days(*written, total=total)) == kept


@given(written=st.sets(st.integers(0, 60), max_size=6), total=st.integers(1, 61), long=st.integers(2, 20))
def test_what_is_left_out_is_empty_and_all_else_is_kept(written: set[int], total: int, long: int) -> None:
    begins, is_empty = days(*written, total=total)
    kept = stretches(begins, is_empty, long=timedelta(days=long))
    out = gaps(kept, total)
    places = [place for stretch in sorted((*kept, *out), key=lambda some: some.start) for place in stretch]
    assert places == list(range(total)), "each period once, in order"
    assert all(is_empty[place] for gap in out for place in gap)
    named = spread(kept, 9)
    assert all(any(place in stretch for place in named) for stretch in kept)
    assert len(named) <= 9 + len(kept)
