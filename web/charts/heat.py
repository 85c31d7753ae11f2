"""A chart of outlets, languages or other parts against time, a cell for each count. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from web.charts.axis import TimeAxis
from web.charts.lines import build_axis
from web.charts.parts import (
    COUNT,
    ChartLine,
    ChartPeriod,
    Spec,
    build_spec,
    distinct_names,
    link_channel,
    to_number,
    tooltip,
    with_href,
)

ROWS_MAX = 30
_CELLS_MAX = 6_000
_ROW_PX = 20
_CROSS = "cross: collection impaired in this row"


def plot_heat(
    periods: Sequence[ChartPeriod], lines: Sequence[ChartLine], *, per: str, title: Sequence[str] = ()
) -> Spec:
    """Return a chart with a row for each line, at most the first thirty, and a cell for each period with an article.

    Empty cells are not drawn; a cross marks the cells of a line's impaired collection, empty or not. The scale of the
    colours is linear from zero. Give the lines in the order to show, the most important first.
    """
    shown = list(lines[: min(ROWS_MAX, max(1, _CELLS_MAX // max(len(periods), 1)))])
    axis = build_axis(periods, shown)
    names = distinct_names(line.name for line in shown)
    rows = [row for line, name in zip(shown, names, strict=True) for row in _cells(axis, line, name)]
    is_impaired = any("collection" in row for row in rows)
    remarks = [*axis.describe_bands(is_covered=True), *([_CROSS] if is_impaired else [])]
    x = axis.channel("from", remarks=remarks)
    y = {"field": "name", "type": "nominal", "scale": {"domain": names}, "axis": {"title": None}}
    tips = tooltip("name", "period", articles=COUNT)
    if is_impaired:
        tips += tooltip("collection")
    base = {"y": y, "tooltip": tips} | link_channel(rows)
    top = max((row["articles"] for row in rows), default=0)
    layers = [*axis.backdrop(x, is_covered=True), _counts(base | {"x": x, "x2": {"field": "to"}}, per, top)]
    if is_impaired:
        layers.append(_crosses(base | {"x": x | {"field": "at"}}))
    return build_spec(
        description=_describe(shown, names, periods, per),
        height=max(len(shown), 1) * _ROW_PX,
        layer=layers,
        values=rows,
        title=title,
    )


def _counts(encoding: dict[str, Any], per: str, top: int) -> dict[str, Any]:
    legend: dict[str, Any] = {
        "title": f"articles a {per}",
        "titleOrient": "top",
        "gradientLength": 120,
        "format": COUNT,
    }
    legend["values"] = sorted({0, top // 2, top})
    colour = {"field": "articles", "type": "quantitative", "scale": {"domainMin": 0}, "legend": legend}
    return {
        "transform": [{"filter": "datum.articles > 0"}],
        "mark": {"type": "rect", "style": "slice"},
        "encoding": encoding | {"color": colour},
    }


def _crosses(encoding: dict[str, Any]) -> dict[str, Any]:
    return {
        "transform": [{"filter": "datum.collection === 'impaired'"}],
        "mark": {"type": "point", "style": "flag", "shape": "M-.5,-.5L.5,.5M.5,-.5L-.5,.5", "size": 90},
        "encoding": encoding,
    }


def _cells(axis: TimeAxis, line: ChartLine, name: str) -> list[dict[str, Any]]:
    cells = []
    for place in (place for kept in axis.kept for place in kept):
        period = axis.periods[place]
        begin, end = axis.span(place)
        is_impaired = bool(line.impaired and line.impaired[place])
        if not line.articles[place] and not is_impaired:
            continue
        cell: dict[str, Any] = {
            "period": period.label,
            "from": begin,
            "at": axis.middle(place),
            "to": end,
            "key": line.key,
            "name": name,
            "articles": line.articles[place],
        }
        if is_impaired:
            cell["collection"] = "impaired"
        if period.complete is not None:
            cell["complete"] = to_number(period.complete)
        cells.append(with_href(cell, line.hrefs[place] if line.hrefs else None))
    return cells


def _describe(lines: Sequence[ChartLine], names: Sequence[str], periods: Sequence[ChartPeriod], per: str) -> str:
    if not lines or not periods:
        return "No data."
    sums = ", ".join(f"{name} {sum(line.articles):,}" for line, name in zip(lines, names, strict=True))
    return f"Articles per {per}, {periods[0].label} to {periods[-1].label}, by row: {sums}."
