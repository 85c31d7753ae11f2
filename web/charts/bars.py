"""Charts with a row for each of several things: bars with numbers, and changes between two periods. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web.charts.parts import (
    COUNT,
    NAME_MAX,
    Spec,
    build_spec,
    distinct_names,
    link_channel,
    plain,
    to_number,
    tooltip,
    with_href,
)
from worker.coverage.stats.compare import Comparison, Interval

BARS_MAX = 30
_ROW_PX = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartBar:
    """A bar: an outlet, language or entity, with its number."""

    key: str
    name: str
    value: int
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartChange:
    """The counts of an entity, outlet or language in two periods, and their comparison."""

    key: str
    name: str
    articles: tuple[int, int]
    comparison: Comparison
    href: str | None = None


def plot_bars(bars: Sequence[ChartBar], *, unit: str = "articles", title: Sequence[str] = ()) -> Spec:
    """Return a chart of horizontal bars with their numbers, at most the first thirty, in the given order."""
    shown = bars[:BARS_MAX]
    names = distinct_names(bar.name for bar in shown)
    rows = [
        with_href({"key": bar.key, "name": name, "value": bar.value, "unit": unit}, bar.href)
        for bar, name in zip(shown, names, strict=True)
    ]
    x = {
        "field": "value",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, max([bar.value for bar in shown] + [1])], "range": [0, {"expr": "width - 54"}]},
    }
    tips = [{"field": "name"}, {"field": "value", "title": unit, "type": "quantitative", "format": COUNT}]
    base = {"y": _names(names), "tooltip": tips} | link_channel(rows)
    layers = [
        {"mark": {"type": "bar", "cornerRadiusEnd": 2, "height": {"band": 0.72}}, "encoding": base | {"x": x}},
        {
            "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 4},
            "encoding": base | {"x": x, "text": {"field": "value", "type": "quantitative", "format": COUNT}},
        },
    ]
    numbers = ", ".join(f"{name} {bar.value:,}" for bar, name in zip(shown, names, strict=True))
    description = f"{unit.capitalize()}: {numbers}." if shown else "No data."
    return build_spec(
        description=description, height=max(len(shown), 1) * _ROW_PX, layer=layers, values=rows, title=title
    )


def plot_comparison(
    changes: Sequence[ChartChange], *, periods: tuple[str, str], is_ratio: bool = False, title: Sequence[str] = ()
) -> Spec:
    """Return a chart of the change of each row between two periods, with its interval and the line of no change.

    The change is articles a day more or fewer, or with `is_ratio` how many times as many. What nothing bounds ends at
    the edge of the chart. `periods` names both periods.
    """
    shown, periods = changes[:BARS_MAX], (plain(periods[0], NAME_MAX), plain(periods[1], NAME_MAX))
    names = distinct_names(change.name for change in shown)
    rows = [_change_row(change, name, is_ratio) for change, name in zip(shown, names, strict=True)]
    known = [value for row in rows for value in (row["low"], row["value"], row["high"]) if value is not None]
    none = 1.0 if is_ratio else 0.0
    domain = _widen(min([*known, none]), max([*known, none + 1.0]))
    unit = "times as many articles a day" if is_ratio else "articles a day, more or fewer"
    axis = {"title": [unit, f"{periods[0]} →", periods[1]], "grid": True, "tickCount": {"signal": "ceil(width / 90)"}}
    x = {"field": "value", "type": "quantitative", "axis": axis, "scale": {"domain": domain, "zero": False}}
    said = {"before": periods[0], "after": periods[1], "said": "times as many" if is_ratio else "more a day"}
    tips = [*tooltip("name"), *({"field": field, "title": text} for field, text in said.items())]
    for row in rows:
        row["from"] = domain[0] if row["low"] is None else row["low"]
        row["to"] = domain[1] if row["high"] is None else row["high"]
    layers = _change_layers(x, {"y": _names(names), "tooltip": tips} | link_channel(rows), none)
    text = "; ".join(f"{row['name']} {row['before']} → {row['after']}, {row['said']}" for row in rows)
    description = f"{unit.capitalize()}, {periods[0]} against {periods[1]}: {text}." if rows else "No data."
    return build_spec(
        description=description, height=max(len(shown), 1) * _ROW_PX, layer=layers, values=rows, title=title
    )


def _change_layers(x: dict[str, Any], base: dict[str, Any], none: float) -> list[dict[str, Any]]:
    """Return the line of no change, the intervals and the estimates."""
    return [
        {
            "data": {"values": [{"at": none}]},
            "mark": {"type": "rule", "style": "zero", "tooltip": None},
            "encoding": {"x": x | {"field": "at"}},
        },
        {
            "mark": {"type": "rule", "style": "interval"},
            "encoding": base | {"x": x | {"field": "from"}, "x2": {"field": "to"}},
        },
        {
            "transform": [{"filter": "isValid(datum.value)"}],
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
            "encoding": base | {"x": x},
        },
    ]


def _change_row(change: ChartChange, name: str, is_ratio: bool) -> dict[str, Any]:
    interval = change.comparison.ratio if is_ratio else change.comparison.difference
    before, after = change.articles
    row = {
        "key": change.key,
        "name": name,
        "before": before,
        "after": after,
        "value": to_number(interval.value),
        "low": to_number(interval.low),
        "high": to_number(interval.high),
        "said": describe_interval(interval),
    }
    return with_href(row, change.href)


def _widen(low: float, high: float) -> list[float]:
    """Return a range with some room at both ends, so that only what nothing bounds ends at the edge of the chart."""
    room = (high - low) * 0.04
    return [low - room, high + room]


def describe_interval(interval: Interval) -> str:
    """Return an estimate and its interval in words: `1.50 (0.80–2.70)`, `−0.50 (−2.00 to 1.00)`, `∞ (≥ 3.32)`."""
    value = "?" if math.isnan(interval.value) else "∞" if math.isinf(interval.value) else _decimal(interval.value)
    if math.isinf(interval.high):
        return f"{value} (≥ {_decimal(interval.low)})" if math.isfinite(interval.low) else f"{value} (unbounded)"
    if not interval.low >= 0:
        return f"{value} ({_decimal(interval.low)} to {_decimal(interval.high)})"
    return f"{value} ({_decimal(interval.low)}–{_decimal(interval.high)})"


def _decimal(value: float) -> str:
    """Return a number with two decimals and a true minus."""
    return f"{value:,.2f}".replace("-", "\N{MINUS SIGN}").replace("inf", "∞")


def _names(names: Sequence[str]) -> dict[str, Any]:
    axis = {"title": None, "domain": False, "ticks": False}
    return {"field": "name", "type": "nominal", "scale": {"domain": list(names)}, "axis": axis}
