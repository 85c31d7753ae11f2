"""Coverage with a column for each entity, as spreadsheets and plots want it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from worker.export.columns import Column, Kind


def wide_columns(names: Sequence[str], counted: str) -> tuple[Column, ...]:
    """Return the columns: the day, then one for each name."""
    day = Column("day", "day on which the articles count; days without any are there too", Kind.DAY, required=True)
    return (day, *(Column(name, f"{counted} of {name}", Kind.INTEGER, counted, required=True) for name in names))


def widen(
    cells: Iterable[tuple[date, str, int]], names: Sequence[str], first: date, last: date
) -> Iterator[Sequence[object]]:
    """Yield a row for each day from `first` to `last`: the day, then the counts in the order of the names.

    `cells` are (day, name, count), ordered by day.
    """
    places = {name: place for place, name in enumerate(names)}
    coming = iter(cells)
    cell = next(coming, None)
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        counts = [0] * len(names)
        while cell is not None and cell[0] <= day:
            if cell[0] == day:
                counts[places[cell[1]]] = cell[2]
            cell = next(coming, None)
        yield (day, *counts)
