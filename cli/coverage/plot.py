"""A chart of a series. Import it only to draw: matplotlib takes most of a second to load."""

from __future__ import annotations

import os
import secrets
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.shared.output import fail, get_reason, note
from db.enums.coverage import CoverageSplit
from worker.coverage.series import Names, describe_undated
from worker.coverage.stats.stretches import gaps, spread, stretches

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from worker.coverage.series import ShownSeries
    from worker.coverage.stats.series import Point

_LINES_MAX = 10
"""Maximum number of lines, limited by the number of distinct colours; the largest are drawn."""
_TICKS_MAX, _TITLE_WIDTH, _NAME_WIDTH = 9, 90, 42


def _name(names: Names, shown: ShownSeries, entity: str, part: str) -> str:
    """Return the legend of a line."""
    called = [names.entity(entity)]
    if shown.split != CoverageSplit.ALL:
        called.append(names.part(part))
    return "\n".join(_plain(name, _NAME_WIDTH) for name in called)


def draw(path: str, shown: ShownSeries, names: Names, *, grain: str) -> None:
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
        _render(part, kind, shown, names, grain)
        part.replace(target)
    except OSError as error:
        fail(f"{path} cannot be written: {get_reason(error)}")
    finally:
        part.unlink(missing_ok=True)
    note(f"drawn: {path}")


class _Axis:
    """The time axis, in days, without the periods that are left out."""

    def __init__(self, shown: ShownSeries) -> None:
        self.periods = list(shown.begins)
        self.begins = list(shown.begins.values())
        written = {point.period for point in shown.points if point.counts.articles}
        self.kept = stretches(self.begins, [period not in written for period in self.periods])
        self.gaps = gaps(self.kept, len(self.begins))
        self.is_whole = not self.gaps
        self.after = (
            [*self.begins[1:], self.begins[-1] + (self.begins[-1] - self.begins[-2])] if self.begins[1:] else []
        )
        self.x = self._places()

    def _places(self) -> dict[int, float]:
        """Return the position of each remaining period, with space for a mark between two stretches."""
        room = sum((self.begins[kept[-1]] - self.begins[kept[0]]).days for kept in self.kept) * 0.04 + 1
        places, free = {}, float(self.begins[0].toordinal() - _EPOCH)
        for kept in self.kept:
            if self.is_whole:
                free = float(self.begins[kept[0]].toordinal() - _EPOCH)
            for place in kept:
                places[place] = free + (self.begins[place] - self.begins[kept[0]]).days
            free = places[kept[-1]] + room
        return places

    def course(self, points: Sequence[Point], name: str) -> tuple[list[float], list[float]]:
        """Return the x and y values of a line, interrupted where periods are left out."""
        x: list[float] = []
        y: list[float] = []
        for kept in self.kept:
            x += [self.x[place] for place in kept] + [float("nan")]
            y += [float(getattr(points[place].counts, name)) for place in kept] + [float("nan")]
        return x[:-1], y[:-1]


_EPOCH = date(1970, 1, 1).toordinal()
"""The day from which matplotlib counts."""


def _render(path: Path, kind: str, shown: ShownSeries, names: Names, grain: str) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "steppewatch"  # equal series make equal files
    from matplotlib import pyplot as plt
    from matplotlib.ticker import MaxNLocator

    figure, axes = plt.subplots(figsize=(10, 5), layout="constrained")
    axis = _Axis(shown)
    _lines(axes, axis, shown, names)
    _shade(axes, axis, shown)
    _name_periods(axes, axis)
    axes.set_title(_title(axis, shown, names, grain), loc="left", fontsize="medium")
    axes.set_ylabel(f"a {grain}: articles (solid), stories (dotted)")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.01)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.25)
    axes.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
    if remarks := _describe_gaps(axis, shown):
        axes.set_xlabel("\n".join(remarks), loc="left", fontsize="small", color="0.35")
    with path.open("wb") as file:
        figure.savefig(file, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None)
    plt.close(figure)


_SPLITS: Mapping[str, str] = {CoverageSplit.SOURCE: " by outlet", CoverageSplit.LANG: " by language"}


def _title(axis: _Axis, shown: ShownSeries, names: Names, grain: str) -> str:
    entities = dict.fromkeys(point.entity for point in shown.points)
    title_entities = ", ".join(names.entity(entity) for entity in entities)
    split = "" if shown.split == CoverageSplit.ALL else _SPLITS.get(shown.split, f" by {shown.split}")
    periods = dict.fromkeys((axis.periods[0], axis.periods[-1]))
    return f"{_plain(title_entities, _TITLE_WIDTH)}{split}\nper {grain}, {' to '.join(periods)}"


def _plain(name: str, width: int) -> str:
    """Return a name, shortened to `width`, with dollar signs escaped so that they do not start a formula."""
    return textwrap.shorten(name, width, placeholder="…").replace("$", r"\$")


def _describe_gaps(axis: _Axis, shown: ShownSeries) -> list[str]:
    """Return the remarks printed below the chart."""
    remarks = []
    left_out = [f"{axis.periods[gap[0]]} to {axis.periods[gap[-1]]}" for gap in axis.gaps]
    if left_out:
        remarks.append(f"Left out, no article: {textwrap.shorten(', '.join(left_out), 100, placeholder='…')}.")
    impaired = [day for days in shown.health.values() for day in days if day.impaired]
    if impaired:
        remarks.append(
            f"Collection was impaired on {len(impaired)} day{'s' * (len(impaired) > 1)}: a fall may be ours."
        )
    return remarks + [f"{sentence}." for sentence in describe_undated(shown)]


def _lines(axes: Axes, axis: _Axis, shown: ShownSeries, names: Names) -> None:
    lines = sorted(shown.lines().items(), key=lambda line: -sum(point.counts.articles for point in line[1]))
    if len(lines) > _LINES_MAX:
        note(f"drawn are the {_LINES_MAX} largest of {len(lines)} series")
    is_short = max(map(len, axis.kept)) < 4
    for number, ((entity, part), course) in enumerate(lines[:_LINES_MAX]):
        colour, marker = f"C{number}", "o" if is_short else ""
        label = _name(names, shown, entity, part)
        axes.plot(*axis.course(course, "articles"), color=colour, label=label, linewidth=1.6, marker=marker)
        axes.plot(*axis.course(course, "stories"), color=colour, linewidth=1, linestyle=":")


def _name_periods(axes: Axes, axis: _Axis) -> None:
    """Label the time axis, and mark the periods that are left out."""
    if axis.is_whole and len(axis.periods) > _TICKS_MAX:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        ticks = AutoDateLocator(maxticks=_TICKS_MAX)
        axes.xaxis.set_major_locator(ticks)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(ticks))
        return
    named = spread(axis.kept, _TICKS_MAX)
    axes.set_xticks([axis.x[place] for place in named], [axis.periods[place] for place in named])
    axes.tick_params(axis="x", labelsize="small", labelrotation=0 if axis.is_whole else 20)
    for before, after in zip(axis.kept, axis.kept[1:], strict=False):
        middle = (axis.x[before[-1]] + axis.x[after[0]]) / 2
        axes.axvline(middle, color="0.5", linewidth=1, linestyle=(0, (2, 3)))


def _shade(axes: Axes, axis: _Axis, shown: ShownSeries) -> None:
    label: str | None = "collection impaired"
    for place, x in axis.x.items():
        if shown.is_impaired(axis.periods[place]):
            half = ((axis.after[place] - axis.begins[place]).days if axis.after else 1) / 2
            axes.axvspan(x - half, x + half, color="0.85", linewidth=0, zorder=0, label=label)
            label = None
