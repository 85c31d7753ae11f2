"""Charts of counts over time: articles and stories of entities, outlets or languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web.charts.axis import TimeAxis
from web.charts.lines import (
    build_axis,
    build_row,
    colour_channel,
    column_layers,
    describe_lines,
    hover_layer,
    is_short,
    largest,
    line_mark,
)
from web.charts.parts import (
    COUNT,
    ChartEvent,
    ChartLine,
    ChartPeriod,
    Spec,
    build_spec,
    distinct_names,
    link_channel,
    plain,
    tooltip,
    with_href,
)

_ROWS_MAX = 6_000
"""Above this number of points, zeros between zeros are left out of the data: the line is the same. If there are still
more, there are several in each pixel, and no pointer finds one: they are lines only.
"""
_PLACES_MAX = 24_000
"""Above this number of periods of all lines, only the least and the most of each run of neighbours are drawn: there are
no more pixels.
"""
_OF_POINTS = ("href", "complete", "collection")

_WITH_STORIES_MAX = 3
"""With more lines than this only articles are drawn; the tooltips have the stories."""


def plot_series(
    periods: Sequence[ChartPeriod],
    lines: Sequence[ChartLine],
    *,
    per: str,
    events: Sequence[ChartEvent] = (),
    title: Sequence[str] = (),
    remarks: Sequence[str] = (),
    height: int = 240,
) -> Spec:
    """Return a chart of articles (solid) and stories (dotted) per period, one line each, at most the largest eight.

    `per` is the grain: day, week or month. Bands show impaired collection; years without articles are left out; the
    scale is linear from zero. Each point has its numbers and its address, up to 6,000 points.
    """
    drawn = largest(lines)
    axis = build_axis(periods, drawn)
    names = distinct_names(line.name for line in drawn)
    rows = [row for line, name in zip(drawn, names, strict=True) for row in _rows(axis, line, name, len(drawn))]
    x = axis.channel(remarks=[*axis.describe_bands(), *map(plain, remarks)])
    has_stories = any(line.stories for line in drawn) and len(drawn) <= _WITH_STORIES_MAX
    unit = f"articles a {per} (solid), stories (dotted)" if has_stories else f"articles a {per}"
    base = {"x": x, "color": colour_channel(names), "detail": {"field": "stretch"}}
    y = {"field": "articles", "type": "quantitative", "axis": _count_axis(drawn, unit)}
    if not any(any(line.articles) for line in drawn):
        y["scale"] = {"domain": [0, 1]}  # else nothing would hang in the middle of the chart
    marked = _mark_events(axis, x, events)
    layers = [*axis.backdrop(x), *marked[:1]]
    # before the stories, because the legend looks like the first lines
    layers.append({"mark": line_mark("articles"), "encoding": base | {"y": y}})
    if has_stories:
        layers.append({"mark": line_mark("stories"), "encoding": base | {"y": y | {"field": "stories"}}})
    if len(rows) <= _ROWS_MAX:
        layers += _points(axis, rows, base | {"y": y}, is_many=len(drawn) > 1)
    else:
        rows = [{name: value for name, value in row.items() if name not in _OF_POINTS} for row in rows]
    layers += marked[1:]  # above the points, because they lead elsewhere
    return build_spec(
        description=describe_lines(axis, drawn, names, per),
        height=height,
        layer=layers,
        values=rows,
        title=title,
    )


def _rows(axis: TimeAxis, line: ChartLine, name: str, count: int) -> list[dict[str, Any]]:
    """Return the points of one of `count` lines."""
    step = -(-len(axis.periods) * count // _PLACES_MAX)
    rows = []
    for number, kept in enumerate(axis.kept):
        places: Sequence[int] = kept
        if len(axis.periods) * count > _ROWS_MAX:
            places = [place for place in kept if not _is_between_zeros(line.articles, kept, place)]
        for place in places if step == 1 else _extremes(line.articles, places, step):
            row = build_row(axis, line, name, place) | {"stretch": number}
            if line.stories:
                row["stories"] = line.stories[place]
            rows.append(row)
    return rows


def _is_between_zeros(values: Sequence[int], kept: range, place: int) -> bool:
    return kept.start < place < kept.stop - 1 and not any(values[place - 1 : place + 2])


def _extremes(values: Sequence[int], places: Sequence[int], step: int) -> list[int]:
    """Return the places of the smallest and the largest value of each run of places, and both ends."""
    found = {*places[:1], *places[-1:]}
    for start in range(0, len(places), 2 * step):
        run = places[start : start + 2 * step]
        found |= {min(run, key=lambda place: values[place]), max(run, key=lambda place: values[place])}
    return sorted(found)


def _count_axis(lines: Sequence[ChartLine], title: str) -> dict[str, Any]:
    """Return the axis of counts, which has no halves."""
    top = max((max(line.articles, default=0) for line in lines), default=0)
    few = {"values": list(range(top + 1))} if top <= 5 else {"tickMinStep": 1}
    return few | {"format": "~s" if top >= 10_000 else COUNT, "title": title}


def _points(
    axis: TimeAxis, rows: Sequence[Mapping[str, Any]], base: dict[str, Any], *, is_many: bool
) -> list[dict[str, Any]]:
    """Return the layers of points: seen under the pointer, each with its numbers and its articles."""
    fields = ("period", "name") if is_many else ("period",)
    numbers = {"articles": COUNT} | ({"stories": COUNT} if any("stories" in row for row in rows) else {})
    numbers |= {"complete": ".0%"} if any("complete" in row for row in rows) else {}
    tips = tooltip(*fields, **numbers)
    if any("collection" in row for row in rows):
        tips += tooltip("collection")
    encoding = base | {"tooltip": tips} | link_channel(rows)
    if is_many:
        return [hover_layer(encoding, is_shown=is_short(axis))]
    return column_layers(encoding, periods=sum(map(len, axis.kept)), is_shown=is_short(axis))


def _mark_events(axis: TimeAxis, x: dict[str, Any], events: Sequence[ChartEvent]) -> list[dict[str, Any]]:
    places = {axis.periods[place].label: place for kept in axis.kept for place in kept}
    rows = [
        with_href(
            {"at": axis.middle(places[event.period]), "period": event.period, "text": plain(event.text)},
            event.href,
        )
        for event in events
        if event.period in places
    ]
    if not rows:
        return []
    tips = [*tooltip("period"), {"field": "text", "title": "event", "type": "nominal"}]
    top = {"x": x, "y": {"value": 0}, "tooltip": tips} | link_channel(rows)
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "style": "event", "strokeDash": [1, 3], "tooltip": None},
            "encoding": {"x": x},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "point", "style": "event", "shape": "triangle-down", "size": 70, "filled": True},
            "encoding": top,
        },
    ]
