"""How often a subscription will have something to tell; and what every answer of a query has."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.articles.word_index import AllOf, AnyOf, HasEntity, HasWord, Need
from worker.matching.forecast import count_weeks, forecast
from worker.matching.word_index import required_terms
from worker.query.query import parse


def test_weeks_without_items_are_there() -> None:
    days = [date(2026, 1, 6), date(2026, 1, 7), date(2026, 1, 20)]
    assert count_weeks(days, date(2026, 1, 5), date(2026, 1, 25)) == [
        (date(2026, 1, 5), 2),
        (date(2026, 1, 12), 0),
        (date(2026, 1, 19), 1),
    ]


@pytest.mark.parametrize(("counts", "low", "high"), [([5] * 20, 2, 8), ([0] * 10, 0, 0), ([100] * 50, 87, 113)])
def test_even_weeks_are_forecast_as_a_poisson_process(counts: list[int], low: int, high: int) -> None:
    found = forecast(counts, 7 * len(counts))
    assert found is not None
    assert (found.low, found.high) == (low, high)


def test_bursts_widen_the_forecast() -> None:
    even, bursty = forecast([4] * 12, 84), forecast([0] * 11 + [48], 84)
    assert even is not None
    assert bursty is not None
    assert even.mean == bursty.mean
    assert bursty.low < even.low < even.high < bursty.high


def test_one_week_forecasts_nothing() -> None:
    assert forecast([5], 7) is None


@settings(max_examples=60)
@given(st.lists(st.integers(0, 5_000), min_size=2, max_size=60))
def test_the_bounds_are_in_order(counts: list[int]) -> None:
    found = forecast(counts, 7 * len(counts))
    assert found is not None
    assert 0 <= found.low <= found.high


LAKE, BRIDGE = HasWord("lake"), HasWord("bridge")


@pytest.mark.parametrize(
    ("query", "need"),
    [
        ("lake", LAKE),
        ("Lake AND bridge", AllOf((LAKE, BRIDGE))),
        ("lake OR bridge", AnyOf((LAKE, BRIDGE))),
        ("lake AND NOT bridge", LAKE),
        ("NOT bridge", None),
        ("lake OR NOT bridge", None),
        ('"lake bridge"~3', AllOf((LAKE, BRIDGE))),
        ("lake NEAR/5 bridge", AllOf((LAKE, BRIDGE))),
        ("brid*", HasWord("brid", is_prefix=True)),
        ("*ridge", None),
        ("*ridge AND lake", LAKE),
        ("lake~1", None),
        ("author:lake", None),
        ("title:lake", LAKE),
        ("lang:en AND lake", LAKE),
        ("date:2022-01-01..", None),
        ("entity:csto", HasEntity("csto")),
        ("SENT(lake AND bridge)", AllOf((LAKE, BRIDGE))),
        ("atleast/2(lake)", LAKE),
        ("score>=2(lake^2 bridge^1 sport^-3)", LAKE),
        ("score>=2(lake^2 bridge^2 sport^-3)", AnyOf((LAKE, BRIDGE))),
        (
            '("lake bridge" OR brid*) AND (author:lake OR lake)',
            AnyOf((AllOf((LAKE, BRIDGE)), HasWord("brid", is_prefix=True))),
        ),
    ],
)
def test_what_every_answer_has(query: str, need: Need | None) -> None:
    assert required_terms(parse(query)) == need
