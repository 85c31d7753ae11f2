"""Pictures of charts: every kind is drawn, and a stranger's name becomes no markup and no address."""

from __future__ import annotations

import pytest
from chartsamples import HOSTILE, days, every_spec, line
from lxml import etree

from web.charts.render import render_png, render_svg
from web.charts.series import plot_series

pytestmark = pytest.mark.slow
SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[str]:
    return ["".join(text.itertext()) for text in etree.fromstring(picture.encode()).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", ["CSTO", HOSTILE], ids=["plain", "hostile"])
def test_every_chart_becomes_a_picture_of_shapes_and_texts(name: str) -> None:
    for spec in every_spec(name):
        tree = etree.fromstring(render_svg(spec).encode())
        assert {element.tag for element in tree.iter()} <= {
            f"{SVG}{name}"
            for name in (
                "svg",
                "g",
                "path",
                "text",
                "rect",
                "line",
                "defs",
                "clipPath",
                "linearGradient",
                "stop",
                "tspan",
            )
        }
        assert not [
            name
            for element in tree.iter()
            for name in element.attrib
            if "href" in str(name) or str(name).startswith("on")
        ]


def test_names_in_all_scripts_are_texts_of_the_picture() -> None:
    names = ["Қазақстан", "Հայաստան", "集体安全", "سازمان پیمان"]
    lines = [line(1, 2, 3, key=name, name=name) for name in names]
    assert set(names) <= set(texts(render_svg(plot_series(days(3), lines, per="day"))))


def test_equal_charts_are_equal_pictures() -> None:
    one, two = (render_png(plot_series(days(9), [line(*range(9))], per="day")) for _ in range(2))
    assert one == two
    assert one.startswith(b"\x89PNG")


def test_the_legend_shows_lines_and_not_the_dots_of_stories() -> None:
    lines = [line(1, 2, 3, key=name, name=name, stories=[1, 1, 1]) for name in ("CSTO", "Turan")]
    tree = etree.fromstring(render_svg(plot_series(days(3), lines, per="day")).encode())
    (legend,) = [group for group in tree.iter(f"{SVG}g") if "role-legend-symbol" in group.get("class", "")][:1]
    dashes = [path.get("stroke-dasharray") for path in legend.iter(f"{SVG}path")]
    assert dashes
    assert set(dashes) <= {None, "1,0"}
