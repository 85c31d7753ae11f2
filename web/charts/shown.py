"""A series as the commands and pages show it, as input of charts. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from db.coverage.cells import period_end
from db.enums.coverage import CoverageSplit, Grain
from web.charts.parts import ChartLine, ChartPeriod

if TYPE_CHECKING:
    from worker.coverage.series import Names, ShownSeries
    from worker.coverage.stats.series import Point


def to_periods(shown: ShownSeries, grain: Grain) -> list[ChartPeriod]:
    """Return the periods of a series, with the health of all outlets."""
    return [
        ChartPeriod(
            label=label,
            begins=begins,
            after=period_end(begins, grain),
            is_impaired=shown.is_impaired(label),
            complete=shown.complete(label, "") if shown.split != CoverageSplit.SOURCE else None,
        )
        for label, begins in shown.begins.items()
    ]


def to_lines(shown: ShownSeries, names: Names, *, href: Callable[[Point], str | None] | None = None) -> list[ChartLine]:
    """Return a line for each entity and part of a series; `href` gives the address of the articles behind a point.

    The key is the entity, in a split the part, or both if there are several entities: `csto/steppe-herald`.
    """
    is_one = len({point.entity for point in shown.points}) == 1
    lines = []
    for (entity, part), course in shown.lines().items():
        if shown.split == CoverageSplit.ALL:
            key, name = entity, names.entity(entity)
        elif is_one:
            key, name = part, names.part(part)
        else:
            key, name = f"{entity}/{part}", f"{names.entity(entity)}, {names.part(part)}"
        lines.append(
            ChartLine(
                key=key,
                name=name,
                articles=[point.counts.articles for point in course],
                stories=[point.counts.stories for point in course],
                hrefs=[href(point) for point in course] if href else (),
                impaired=[shown.flag(point) for point in course],
            )
        )
    return lines
