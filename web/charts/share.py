"""Charts of the share of voice over time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from web.charts.axis import TimeAxis
from web.charts.lines import (
    build_axis,
    build_row,
    colour_channel,
    describe_lines,
    hover_layer,
    is_short,
    largest,
    line_mark,
)
from web.charts.parts import (
    COUNT,
    SHARE,
    ChartLine,
    ChartPeriod,
    Spec,
    build_spec,
    distinct_names,
    link_channel,
    to_number,
    tooltip,
)


def plot_share(
    periods: Sequence[ChartPeriod],
    lines: Sequence[ChartLine],
    *,
    per: str,
    wholes: Sequence[int] | None = None,
    is_stacked: bool = True,
    title: Sequence[str] = (),
    height: int = 240,
) -> Spec:
    """Return a chart of each line's share of the articles in every period, stacked bars or lines.

    `wholes` are the articles that the shares are of; without them all lines together, as in `coverage --voice`. A
    period without articles has no share and stays empty.
    """
    drawn = largest(lines)
    totals = [sum(column) for column in zip(*(line.articles for line in lines), strict=True)]
    wholes = totals if wholes is None else wholes
    axis = build_axis(periods, drawn)
    names = distinct_names(line.name for line in drawn)
    rows = _share_rows(axis, drawn, names, wholes)
    x = axis.channel(remarks=axis.describe_bands(is_covered=is_stacked))
    y_axis = {"format": ".0%", "title": f"share of the articles of a {per}"}
    y = {"field": "share", "type": "quantitative", "axis": y_axis}
    tips = tooltip("period", "name", share=SHARE, articles=COUNT, of=COUNT)
    base = {"color": colour_channel(names), "tooltip": tips} | link_channel(rows)
    layers = _slices(axis, x, y, base) if is_stacked else _share_lines(axis, x, y, base)
    description = f"Share of the articles of each {per}. {describe_lines(axis, drawn, names, per)}"
    return build_spec(description=description, height=height, layer=layers, values=rows, title=title)


def _slices(axis: TimeAxis, x: dict[str, Any], y: dict[str, Any], base: dict[str, Any]) -> list[dict[str, Any]]:
    places = {"x": x | {"field": "from"}, "x2": {"field": "to"}}
    places |= {"y": y | {"field": "above", "scale": {"domain": [0, 1]}}, "y2": {"field": "top"}}
    return [*axis.backdrop(x, is_covered=True), {"mark": {"type": "rect", "style": "slice"}, "encoding": base | places}]


def _share_lines(axis: TimeAxis, x: dict[str, Any], y: dict[str, Any], base: dict[str, Any]) -> list[dict[str, Any]]:
    places = {"x": x, "y": y, "detail": {"field": "stretch"}}
    line = {"mark": line_mark("articles"), "encoding": places | {"color": base["color"]}}
    return [*axis.backdrop(x), line, hover_layer(base | places, is_shown=is_short(axis))]


def _share_rows(
    axis: TimeAxis, lines: Sequence[ChartLine], names: Sequence[str], wholes: Sequence[int]
) -> list[dict[str, Any]]:
    """Return the shares, each above those of the lines before it; none for a period without articles."""
    rows = []
    for number, kept in enumerate(axis.kept):
        for place in kept:
            begin, end = axis.span(place)
            whole, above = wholes[place], 0
            for line, name in zip(lines, names, strict=True):
                row = build_row(axis, line, name, place) | {"from": begin, "to": end, "of": whole, "stretch": number}
                row["share"] = to_number(line.articles[place] / whole) if whole else None
                if whole:
                    row |= {"above": to_number(above / whole), "top": to_number((above + line.articles[place]) / whole)}
                above += line.articles[place]
                rows.append(row)
    return rows
