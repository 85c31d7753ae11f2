"""A series as a picture. Matplotlib takes most of a second to load: only who draws imports this."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import typer

from cli.output import fail, note, reason_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cli.coverageshow import Shown

_LINES_MAX = 10
"""More lines than colours cannot be told apart; the largest are drawn."""


def draw(path: str, shown: Shown) -> None:
    """Write the picture; impaired periods are shaded. Ends the command when there is nothing to draw or no way to."""
    kind = Path(path).suffix.lower().removeprefix(".")
    if kind not in ("png", "svg"):
        raise typer.BadParameter(f"{path} is neither .png nor .svg", param_hint="--plot")
    if not shown.points:
        fail("there is nothing to draw: no article in this range")
    target = Path(os.path.realpath(path))
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        part.touch(exist_ok=False)  # before the work, so that a bad path is told at once
        _render(part, kind, shown)
        part.replace(target)
    except OSError as error:
        fail(f"{path} cannot be written: {reason_of(error)}")
    finally:
        part.unlink(missing_ok=True)
    note(f"drawn: {path}")


def _render(path: Path, kind: str, shown: Shown) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "steppewatch"  # the same series gives the same file
    from matplotlib import pyplot as plt
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.ticker import MaxNLocator

    figure, axes = plt.subplots(figsize=(10, 4.5), layout="constrained")
    _lines(axes, shown)
    _shade(axes, shown)
    axes.set_ylabel("articles (solid), stories (dotted)")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.01)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.25)
    ticks = AutoDateLocator(maxticks=9)
    axes.xaxis.set_major_locator(ticks)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(ticks))
    axes.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
    with path.open("wb") as file:
        figure.savefig(file, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None)
    plt.close(figure)


def _lines(axes: Axes, shown: Shown) -> None:
    lines = sorted(shown.lines().items(), key=lambda line: -sum(point.counts.articles for point in line[1]))
    if len(lines) > _LINES_MAX:
        note(f"drawn are the {_LINES_MAX} largest of {len(lines)} series")
    for number, ((entity, part), course) in enumerate(lines[:_LINES_MAX]):
        days = np.array([shown.begins[point.period] for point in course], "datetime64[D]")
        label = entity if shown.split is None else f"{entity} · {part or 'unknown'}"
        colour = f"C{number}"
        articles = [point.counts.articles for point in course]
        marker = "o" if len(days) < 3 else ""
        axes.plot(days, articles, color=colour, label=label, linewidth=1.6, marker=marker)
        stories = [point.counts.stories for point in course]
        axes.plot(days, stories, color=colour, linewidth=1, linestyle=":")


def _shade(axes: Axes, shown: Shown) -> None:
    from matplotlib.dates import date2num

    label: str | None = "collection impaired"
    begins = date2num(list(shown.begins.values())).tolist()
    for period, begin, after in zip(shown.begins, begins, [*begins[1:], begins[-1] + 1], strict=True):
        if shown.is_impaired(period):
            half = (after - begin) / 2
            axes.axvspan(begin - half, after - half, color="0.85", linewidth=0, zorder=0, label=label)
            label = None
