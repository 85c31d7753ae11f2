"""Series: every period has its name, none is missing, and a line of bars shows their course."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.coverage.stats.series import Counts, Point, fill, format_period, sparkline, squeeze

DAYS = [date(2022, 1, 4) + timedelta(days=n) for n in range(3)]
ONE, TWO = Counts(articles=1, stories=1, mentions=3), Counts(articles=2, stories=1, mentions=2)


@pytest.mark.parametrize(
    ("bucket", "grain", "label"),
    [
        pytest.param(date(2022, 1, 5), "day", "2022-01-05", id="day"),
        pytest.param(date(2022, 1, 3), "week", "2022-W01", id="first week"),
        pytest.param(date(2019, 12, 30), "week", "2020-W01", id="a week belongs to the year of its Thursday"),
        pytest.param(date(2020, 12, 28), "week", "2020-W53", id="a long year"),
        pytest.param(date(2022, 1, 1), "month", "2022-01", id="month"),
        pytest.param(date(814, 1, 1), "month", "0814-01", id="a year of three digits"),
    ],
)
def test_periods_have_names(bucket: date, grain: str, label: str) -> None:
    assert format_period(bucket, grain) == label


def test_a_period_without_articles_is_zero() -> None:
    cells = {(DAYS[0], "csto", ""): ONE, (DAYS[2], "csto", ""): TWO}
    assert list(fill(cells, DAYS, ["csto"], grain="day", is_split=False)) == [
        Point("2022-01-04", "csto", "", ONE),
        Point("2022-01-05", "csto", "", Counts(articles=0, stories=0, mentions=0)),
        Point("2022-01-06", "csto", "", TWO),
    ]


def test_an_entity_nobody_wrote_about_is_zero_throughout() -> None:
    points = list(fill({}, DAYS, ["csto", "turan"], grain="day", is_split=False))
    assert [(point.period[-2:], point.entity) for point in points] == [
        ("04", "csto"),
        ("04", "turan"),
        ("05", "csto"),
        ("05", "turan"),
        ("06", "csto"),
        ("06", "turan"),
    ]
    assert {point.counts for point in points} == {Counts(articles=0, stories=0, mentions=0)}


def test_a_split_has_the_parts_that_occur() -> None:
    cells = {(DAYS[0], "csto", "ru"): ONE, (DAYS[1], "csto", "en"): TWO, (DAYS[1], "turan", "ru"): TWO}
    points = fill(cells, DAYS[:2], ["turan", "csto", "tashkent"], grain="day", is_split=True)
    assert [(p.period[-2:], p.entity, p.part, p.counts.articles) for p in points] == [
        ("04", "turan", "ru", 0),
        ("04", "csto", "en", 0),
        ("04", "csto", "ru", 1),
        ("05", "turan", "ru", 2),
        ("05", "csto", "en", 2),
        ("05", "csto", "ru", 0),
    ]


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(DAYS), st.sampled_from("ab"), st.just("")),
        st.builds(Counts, articles=st.integers(1, 9), stories=st.integers(1, 9), mentions=st.integers(1, 9)),
    )
)
@settings(max_examples=50)
def test_filling_adds_only_zeros(cells: dict[tuple[date, str, str], Counts]) -> None:
    points = list(fill(cells, DAYS, ["a", "b"], grain="day", is_split=False))
    assert len(points) == 6
    found = {(date.fromisoformat(p.period), p.entity, p.part): p.counts for p in points if p.counts.articles}
    assert found == cells


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param([0, 0], "··", id="only zeros"),
        pytest.param([5], "█", id="one"),
        pytest.param([1, 2, 4, 8], "▁▂▄█", id="in proportion"),
        pytest.param([0, 1, 1000], "·▁█", id="one of a thousand is seen"),
    ],
)
def test_bars(values: list[int], bars: str) -> None:
    assert sparkline(values) == bars


@given(st.lists(st.integers(0, 99)), st.integers(1, 20))
@settings(max_examples=50)
def test_squeezed_values_fit_and_add_up(values: list[int], width: int) -> None:
    squeezed = squeeze(values, width)
    assert len(squeezed) <= width
    assert sum(squeezed) == sum(values)
