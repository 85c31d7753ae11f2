"""The time axis of charts: whole, or without the years that have no article. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from web.charts.parts import ChartPeriod
from worker.coverage.stats.stretches import gaps, spread, stretches

_EPOCH = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000
_NAMED_MAX, _TICKS_MAX = 9, 12
DATES = {"year": "%Y", "quarter": "%b %Y", "month": "%b %Y", "week": "%-d %b", "date": "%-d %b", "day": "%-d %b"}
"""Formats of dates on axes."""
_IMPAIRED = "impaired: a fall may be ours"
_BAND_TEXTS = {"text": "collection", "first": "from", "last": "to"}


def to_ms(day: date) -> int:
    """Return the first instant of a day in UTC, in milliseconds of Unix time."""
    return (day.toordinal() - _EPOCH) * _DAY_MS


def instant_ms(at: datetime) -> int:
    """Return an instant in milliseconds of Unix time."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


class TimeAxis:
    """The places of periods on the axis, in milliseconds.

    If years without articles are left out, the later periods move up, and the axis is no calendar any more: its labels
    are the names of periods.
    """

    def __init__(self, periods: Sequence[ChartPeriod], is_empty: Sequence[bool]) -> None:
        self.periods = periods
        begins = [period.begins for period in periods]
        self.kept = stretches(begins, is_empty) if periods else []
        self.gaps = gaps(self.kept, len(periods)) if periods else []
        self.is_whole = not self.gaps
        self._begins = self._places()

    def _places(self) -> dict[int, int]:
        days = sum((self.periods[kept[-1]].after - self.periods[kept[0]].begins).days for kept in self.kept)
        room = max(1, round(days * 0.04)) * _DAY_MS
        places: dict[int, int] = {}
        free = to_ms(self.periods[self.kept[0][0]].begins) if self.kept else 0
        for kept in self.kept:
            first = self.periods[kept[0]].begins
            for place in kept:
                places[place] = free + (self.periods[place].begins - first).days * _DAY_MS
            free += (self.periods[kept[-1]].after - first).days * _DAY_MS + room
        return places

    def span(self, place: int) -> tuple[int, int]:
        """Return begin and end of a period on the axis."""
        period = self.periods[place]
        begin = self._begins[place]
        return begin, begin + max((period.after - period.begins).days, 1) * _DAY_MS

    def middle(self, place: int) -> int:
        """Return the middle of a period, where its points are drawn."""
        begin, end = self.span(place)
        return (begin + end) // 2

    def separators(self) -> list[int]:
        """Return the places where years are left out between two stretches."""
        pairs = zip(self.kept, self.kept[1:], strict=False)
        return [(self.span(before[-1])[1] + self.span(after[0])[0]) // 2 for before, after in pairs]

    def describe_gaps(self) -> list[str]:
        """Return the ranges of periods that are left out: `2010-01 to 2021-11`."""
        return [f"{self.periods[gap[0]].label} to {self.periods[gap[-1]].label}" for gap in self.gaps]

    def describe_bands(self, *, is_covered: bool = False) -> list[str]:
        """Return the legend of the bands, if there are any."""
        return [f"{'strip above' if is_covered else 'shaded'}: collection impaired"] if self._bands() else []

    def channel(self, field: str = "at", *, remarks: Sequence[str] = ()) -> dict[str, Any]:
        """Return the x channel."""
        scale = {"nice": False}
        axis: dict[str, Any] = {"title": list(remarks) or None}
        total = sum(map(len, self.kept))
        if self.is_whole and total > _TICKS_MAX:
            axis["format"] = DATES
            axis["tickCount"] = {"signal": f"min(ceil(width / 90), {_NAMED_MAX})"}
        else:
            named = spread(self.kept, _NAMED_MAX if self.gaps else _TICKS_MAX)
            names = {self.middle(place): self.periods[place].label for place in named}
            axis["values"] = list(names)
            axis["labelExpr"] = f"{json.dumps(names)}[toNumber(datum.value)]"
        if self.is_whole:
            return {"field": field, "type": "temporal", "scale": scale | {"type": "utc"}, "axis": axis}
        return {"field": field, "type": "quantitative", "scale": scale | {"zero": False}, "axis": axis}

    def backdrop(self, channel: dict[str, Any], *, is_covered: bool = False) -> list[dict[str, Any]]:
        """Return the layers behind a chart: its whole range, bands of impaired collection, marks of years left out.

        Where the chart covers its whole ground, the bands are strips above it.
        """
        places = [place for kept in self.kept for place in kept]
        ends = [self.span(places[0])[0], self.span(places[-1])[1]] if places else []
        layers: list[dict[str, Any]] = [
            {
                "data": {"values": [{"at": at} for at in ends]},
                "mark": {"type": "point", "opacity": 0, "size": 0, "tooltip": None},
                "encoding": {"x": channel | {"field": "at"}},
            }
        ]
        if bands := self._bands():
            layers.append(
                {
                    "data": {"values": bands},
                    "mark": {"type": "rect", "style": "strip" if is_covered else "band"},
                    "encoding": ({"y": {"value": -6}, "y2": {"value": -2}} if is_covered else {})
                    | {
                        "x": channel | {"field": "from"},
                        "x2": {"field": "to"},
                        "tooltip": [{"field": name, "title": title} for name, title in _BAND_TEXTS.items()],
                    },
                }
            )
        if separators := self.separators():
            layers.append(
                {
                    "data": {"values": [{"at": at} for at in separators]},
                    "mark": {"type": "rule", "style": "gap", "tooltip": None},
                    "encoding": {"x": channel | {"field": "at"}},
                }
            )
        return layers

    def _bands(self) -> list[dict[str, Any]]:
        """Return one band for each run of impaired periods."""
        bands: list[dict[str, Any]] = []
        for place in (place for kept in self.kept for place in kept):
            period = self.periods[place]
            if not period.is_impaired:
                continue
            begin, end = self.span(place)
            if bands and bands[-1]["to"] == begin:
                bands[-1] |= {"to": end, "last": period.label}
            else:
                bands.append({"from": begin, "to": end, "first": period.label, "last": period.label, "text": _IMPAIRED})
        return bands
