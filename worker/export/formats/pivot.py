"""Coverage with a column for each entity or query, for spreadsheets and plots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from db.enums.exports import CountedUnit
from worker.export.formats.column import Column, ColumnKind
from worker.export.formats.count_columns import ALIVE

_IMPAIRED = Column(
    name="impaired",
    meaning="true: on that day our collection of an outlet was impaired, the counts may be too low; empty as alive",
    kind=ColumnKind.FLAG,
)

DayHealth = Callable[[date], tuple[str | None, bool | None]]
"""Returns the last two columns of a day: the share of outlets alive with four decimals, and whether one was not."""


def wide_columns(names: Sequence[str], counted: CountedUnit) -> tuple[Column, ...]:
    """Return the columns: the day, one for each name, and the health of the collection."""
    day = Column(
        name="day",
        meaning="day on which the articles count, without any too; empty for those that count on none",
        kind=ColumnKind.DAY,
    )
    counts = (
        Column(name=name, meaning=f"{counted} of {name}", kind=ColumnKind.INTEGER, unit=counted, required=True)
        for name in names
    )
    return (day, *counts, ALIVE, _IMPAIRED)


def widen(
    cells: Iterable[tuple[date, str, int]], names: Sequence[str], days: tuple[date, date] | None, health: DayHealth
) -> Iterator[Sequence[object]]:
    """Yield a row for each day of a range: the day, the counts in the order of the names, the health.

    `cells` are (day, name, count), ordered by day.
    """
    if days is None:
        return
    first, last = days
    places = {name: place for place, name in enumerate(names)}
    coming = iter(cells)
    cell = next(coming, None)
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        counts = [0] * len(names)
        while cell is not None and cell[0] <= day:
            if cell[0] == day:
                counts[places[cell[1]]] = cell[2]
            cell = next(coming, None)
        yield (day, *counts, *health(day))
