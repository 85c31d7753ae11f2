"""A picture of a series, from the same chart as in the pages. Import it only to draw: the library needs 160 MB."""

from __future__ import annotations

import os
import secrets
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.coverage.fonts import describe_missing_fonts
from cli.shared.output import fail, get_reason, note
from db.enums.coverage import CoverageSplit, Grain
from web.charts.axis import TimeAxis
from web.charts.lines import build_axis, largest
from web.charts.parts import ChartPeriod
from web.charts.render import render_png, render_svg
from web.charts.series import plot_series
from web.charts.shown import to_lines, to_periods
from worker.coverage.series import Names, describe_undated

if TYPE_CHECKING:
    from worker.coverage.series import ShownSeries

_TITLE_WIDTH, _REMARK_WIDTH, _HEIGHT = 90, 100, 360
_SPLITS: Mapping[str, str] = {CoverageSplit.SOURCE: " by outlet", CoverageSplit.LANG: " by language"}


def draw(path: str, shown: ShownSeries, names: Names, *, grain: Grain) -> None:
    """Draw the chart, with impaired periods shaded. Exit if there is nothing to draw or the file cannot be written."""
    kind = Path(path).suffix.lower().removeprefix(".")
    if kind not in ("png", "svg"):
        raise typer.BadParameter(f"{path} is neither .png nor .svg", param_hint="--plot")
    if not shown.points:
        fail("nothing to draw: there are no articles in this range")
    target = Path(os.path.realpath(path))
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        part.touch(exist_ok=False)  # before drawing, so that a bad path is reported at once
        part.write_bytes(_render(kind, shown, names, grain))
        part.replace(target)
    except OSError as error:
        fail(f"{path} cannot be written: {get_reason(error)}")
    finally:
        part.unlink(missing_ok=True)
    note(f"drawn: {path}")


def _render(kind: str, shown: ShownSeries, names: Names, grain: Grain) -> bytes:
    periods, lines = to_periods(shown, grain), to_lines(shown, names)
    drawn = largest(lines)
    if len(drawn) < len(lines):
        note(f"drawn are the {len(drawn)} largest of {len(lines)} series")
    spec = plot_series(
        periods,
        drawn,
        per=grain,
        title=_title(periods, shown, names, grain),
        remarks=_describe_gaps(build_axis(periods, drawn), shown),
        height=_HEIGHT,
    )
    if kind == "svg":
        return render_svg(spec).encode()
    for sentence in describe_missing_fonts("".join(line.name for line in drawn)):
        note(sentence)
    return render_png(spec)


def _title(periods: Sequence[ChartPeriod], shown: ShownSeries, names: Names, grain: Grain) -> list[str]:
    entities = dict.fromkeys(point.entity for point in shown.points)
    title_entities = ", ".join(names.entity(entity) for entity in entities)
    split = "" if shown.split == CoverageSplit.ALL else _SPLITS.get(shown.split, f" by {shown.split}")
    ends = dict.fromkeys((periods[0].label, periods[-1].label))
    return [
        textwrap.shorten(title_entities, _TITLE_WIDTH, placeholder="…") + split,
        f"per {grain}, {' to '.join(ends)}",
    ]


def _describe_gaps(axis: TimeAxis, shown: ShownSeries) -> list[str]:
    """Return the remarks printed below the chart."""
    remarks = []
    if left_out := axis.describe_gaps():
        remarks.append(
            f"Left out, no article: {textwrap.shorten(', '.join(left_out), _REMARK_WIDTH, placeholder='…')}."
        )
    impaired = [day for days in shown.health.values() for day in days if day.impaired]
    if impaired:
        remarks.append(
            f"Collection was impaired on {len(impaired)} day{'s' * (len(impaired) > 1)}: a fall may be ours."
        )
    return remarks + [f"{sentence}." for sentence in describe_undated(shown)]
