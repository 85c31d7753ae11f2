"""Sparklines: valid markup without styles and scripts, in proportion, and a label that is only a label."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from web.charts.sparkline import draw_sparkline

SVG = "{http://www.w3.org/2000/svg}"


def parse(markup: str) -> etree._Element:
    return etree.fromstring(str(markup).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def points(svg: etree._Element) -> list[tuple[float, float]]:
    path = svg.find(f"{SVG}path")
    numbers = [] if path is None else [float(number) for number in re.findall(r"[\d.]+", path.get("d", ""))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@given(st.lists(st.integers(-5, 10**12), max_size=700), st.text(max_size=400))
def test_a_sparkline_is_inert_and_stays_in_its_box(values: list[int], label: str) -> None:
    svg = parse(draw_sparkline(values, label=label))
    assert {element.tag for element in svg.iter()} <= {f"{SVG}{name}" for name in ("svg", "title", "path", "rect")}
    names = {str(name) for element in svg.iter() for name in element.attrib}
    assert not [name for name in names if name == "style" or name.startswith("on") or "href" in name]
    assert svg.get("role") == "img"
    assert svg.get("aria-label") is not None
    assert all(0 <= x <= 120 and 0 <= y <= 28 for x, y in points(svg))
    assert len(points(svg)) <= 240


@given(st.lists(st.integers(0, 1_000), min_size=2, max_size=200))
def test_more_is_higher_and_the_time_runs_to_the_right(values: list[int]) -> None:
    found = points(parse(draw_sparkline(values, label="articles")))
    assert len(found) == len(values)
    assert [x for x, _ in found] == sorted(x for x, _ in found)
    top = min(y for _, y in found)
    if max(values):
        assert found[values.index(max(values))][1] == top == 2.0
    assert all(y == 26.0 for (_, y), value in zip(found, values, strict=True) if value == 0)


def test_the_label_is_text_whatever_it_says() -> None:
    hostile = '"><script>alert(1)</script>\u202e\x00 & more'
    markup = draw_sparkline([1, 2], label=hostile)
    assert "<script" not in markup
    assert (
        parse(markup).get("aria-label") == parse(markup).findtext(f"{SVG}title") == '"><script>alert(1)</script> & more'
    )


def test_periods_of_impaired_collection_have_a_band() -> None:
    svg = parse(draw_sparkline([1, 0, 3], label="x", impaired=[False, True, False]))
    (band,) = svg.findall(f"{SVG}rect")
    assert float(band.get("x", "")) == pytest.approx(2 + 116 / 3, abs=0.1)
    with pytest.raises(ValueError, match="one mark"):
        draw_sparkline([1, 2], label="x", impaired=[True])


def test_one_value_is_a_level_line_and_none_is_an_empty_picture() -> None:
    assert [y for _, y in points(parse(draw_sparkline([5], label="x")))] == [2.0, 2.0]
    assert points(parse(draw_sparkline([], label="none"))) == []
