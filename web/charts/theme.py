"""The look of charts: one configuration of Vega-Lite in the colours of light and of dark pages. Pure.

Every colour of lines stands out from its page by 3:1 or more (WCAG 2.2, 1.4.11). Any two of them are far apart (20 or
more in CIELAB) for readers who do not see red, green or blue too; they were found by a search for the set of eight
whose nearest two are the farthest apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', 'Noto Sans CJK SC', 'WenQuanYi Zen Hei', sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of charts on a page."""

    paper: str
    ink: str
    soft: str
    line: str
    band: str
    """Periods of impaired collection."""
    mark: str
    """Single-coloured marks: bars, dots."""
    lines: tuple[str, ...]
    ramp: tuple[str, ...]
    """From few to many."""


LIGHT = Palette(
    paper="#ffffff",
    ink="#1d2523",
    soft="#5b6764",
    line="#e0e0d8",
    band="#ece3d0",
    mark="#1f5f5b",
    lines=("#0b6aa8", "#c27c0e", "#650654", "#6b7e42", "#ee518e", "#19278a", "#6d0b09", "#644a49"),
    ramp=("#eef3f1", "#b9d3ce", "#7fb0a9", "#478a83", "#1f5f5b", "#0c3a38"),
)
DARK = Palette(
    paper="#1b2221",
    ink="#e6ebe8",
    soft="#9aa8a4",
    line="#2c3634",
    band="#3a3325",
    mark="#7cc4b8",
    lines=("#56b4e9", "#bc7704", "#e84b89", "#a8fcae", "#8377e9", "#e9d251", "#e5e7fe", "#9d9f5f"),
    ramp=("#222b2a", "#2b4a47", "#356b66", "#47918a", "#7cc4b8", "#c9efe7"),
)


def write_config(palette: Palette) -> dict[str, Any]:
    """Return the configuration of Vega-Lite in these colours; specs name styles and no colours."""
    text = {"labelColor": palette.soft, "titleColor": palette.soft, "labelFontSize": 12, "titleFontSize": 12}
    axis = {
        **text,
        "domainColor": palette.line,
        "tickColor": palette.line,
        "gridColor": palette.line,
        "titleFontWeight": "normal",
        "labelPadding": 5,
    }
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {
            "grid": False,
            "labelOverlap": "greedy",
            "labelSeparation": 8,
            "titleAnchor": "start",
            "titleAlign": "left",
        },
        "axisY": {
            "labelLimit": 170,
            "domain": False,
            "ticks": False,
            "titleAngle": 0,
            "titleAnchor": "end",
            "titleAlign": "left",
            "titleBaseline": "bottom",
            "titleX": 0,
            "titleY": -8,
        },
        "legend": {
            **text,
            "labelColor": palette.ink,
            "orient": "top",
            "direction": "horizontal",
            "columns": 3,
            "labelLimit": 190,
            "offset": 28,
            "titleFontWeight": "normal",
            "symbolOpacity": 1,
            "symbolStrokeWidth": 3,
        },
        "title": {
            "anchor": "start",
            "color": palette.ink,
            "fontSize": 14,
            "fontWeight": 600,
            "subtitleColor": palette.soft,
            "subtitleFontSize": 12,
        },
        "range": {"category": list(palette.lines), "heatmap": list(palette.ramp), "ramp": list(palette.ramp)},
        "mark": {"color": palette.mark},
        "text": {"color": palette.ink, "fontSize": 12},
        "style": {
            "band": {"color": palette.band},
            "strip": {"color": palette.soft},
            "gap": {"color": palette.soft, "strokeDash": [2, 3], "strokeWidth": 1},
            "event": {"color": palette.soft, "strokeWidth": 1},
            "zero": {"color": palette.soft, "strokeWidth": 1},
            "articles": {"strokeWidth": 2, "strokeJoin": "round"},
            "stories": {"strokeWidth": 1.25, "strokeDash": [2, 3]},
            "flag": {"color": palette.soft, "strokeWidth": 1.25},
            "interval": {"color": palette.soft, "strokeWidth": 2},
            "slice": {"stroke": palette.paper, "strokeWidth": 0.5},
        },
    }
