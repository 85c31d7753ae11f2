"""The common parts of charts over time: the rows, the colours, the points under the pointer, the text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from web.charts.axis import TimeAxis
from web.charts.parts import LINES_MAX, ChartLine, ChartPeriod, plain, to_number, with_href

_SHORT = 4
"""A stretch of fewer periods shows its points, because a line of one point cannot be seen."""


def largest(lines: Sequence[ChartLine], most: int = LINES_MAX) -> list[ChartLine]:
    """Return the lines with most articles, in the given order."""
    ranked = sorted(range(len(lines)), key=lambda place: (-sum(lines[place].articles), place))
    return [lines[place] for place in sorted(ranked[:most])]


def build_axis(periods: Sequence[ChartPeriod], lines: Sequence[ChartLine]) -> TimeAxis:
    """Return the time axis of lines. Raises ValueError unless each has a value for every period."""
    for line in lines:
        optional = (values for values in (line.stories, line.hrefs, line.impaired) if values)
        for values in (line.articles, *optional):
            if len(values) != len(periods):
                raise ValueError(f"the line {line.key!r} has not one value for each period")
    return TimeAxis(periods, [not any(line.articles[place] for line in lines) for place in range(len(periods))])


def build_row(axis: TimeAxis, line: ChartLine, name: str, place: int) -> dict[str, Any]:
    """Return the data of one point: what the CSV says, and the place on the axis."""
    period = axis.periods[place]
    row: dict[str, Any] = {
        "period": period.label,
        "at": axis.middle(place),
        "key": line.key,
        "name": name,
        "articles": line.articles[place],
    }
    if line.impaired[place] if line.impaired else period.is_impaired:
        row["collection"] = "impaired"
    if period.complete is not None:
        row["complete"] = to_number(period.complete)
    has_articles = line.hrefs and line.articles[place]
    return with_href(row, line.hrefs[place] if has_articles else None)


def colour_channel(names: Sequence[str]) -> dict[str, Any]:
    """Return the colour channel, with a legend if there are several lines."""
    legend: dict[str, Any] = {} if len(names) > 1 else {"legend": None}
    return {"field": "name", "type": "nominal", "title": None, "scale": {"domain": list(names)}, **legend}


def line_mark(style: str) -> dict[str, Any]:
    """Return the mark of a line; its numbers are shown by the points."""
    return {"type": "line", "style": style, "tooltip": None}


def is_short(axis: TimeAxis) -> bool:
    """Return whether points are to be shown."""
    return max(map(len, axis.kept), default=0) < _SHORT


def hover_layer(encoding: dict[str, Any], *, is_shown: bool) -> dict[str, Any]:
    """Return the layer of the points of several lines, seen under the pointer or always."""
    select = {"type": "point", "on": "pointerover", "clear": "pointerout"}
    is_hovered = {"param": "hover", "empty": False, "value": 1}
    return {
        "params": [{"name": "hover", "select": select}],
        "mark": {"type": "point", "filled": True, "size": 110},
        "encoding": encoding | {"opacity": {"condition": is_hovered, "value": int(is_shown)}},
    }


def column_layers(encoding: dict[str, Any], *, periods: int, is_shown: bool) -> list[dict[str, Any]]:
    """Return the layers of the points of one line, each met in the whole height of its period."""
    select = {"type": "point", "on": "pointerover", "clear": "pointerout", "fields": ["period"]}
    is_hovered = {"param": "hover", "empty": False, "value": 1}
    met = {name: channel for name, channel in encoding.items() if name in ("x", "tooltip", "href")}
    seen = {name: channel for name, channel in encoding.items() if name not in ("tooltip", "href")}
    return [
        {
            "mark": {"type": "point", "filled": True, "size": 70, "tooltip": None},
            "encoding": seen | {"opacity": {"condition": is_hovered, "value": int(is_shown)}},
        },
        {
            "params": [{"name": "hover", "select": select}],
            "mark": {"type": "rect", "opacity": 0, "width": {"expr": f"max(5, width / {max(periods, 1)})"}},
            "encoding": met,
        },
    ]


def describe_lines(axis: TimeAxis, lines: Sequence[ChartLine], names: Sequence[str], per: str) -> str:
    """Return the text that stands for the chart: what it shows, its top, and what is wrong with it."""
    if not axis.kept or not lines:
        return "No data."
    first, last = axis.periods[0].label, axis.periods[-1].label
    whole = f"Articles per {per}, {first} to {last}: {', '.join(names)}."
    value, name, label = max(
        (line.articles[place], name, period.label)
        for line, name in zip(lines, names, strict=True)
        for place, period in enumerate(axis.periods)
    )
    impaired = sum(period.is_impaired for period in axis.periods)
    parts = [whole, f"Most: {value:,} in {label} ({name})."]
    if impaired:
        parts.append(f"Collection was impaired in {impaired} of {len(axis.periods)} periods.")
    if axis.gaps:
        parts.append(f"Left out, no article: {plain(', '.join(axis.describe_gaps()), 100)}.")
    return " ".join(parts)
