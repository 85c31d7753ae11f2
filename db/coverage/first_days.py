"""The first day of a series of cells, kept beside it, so that first appearances are found without all their cells."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, func, select, update

from db.coverage.cells import UNDATED
from db.dialect.functions import is_one_of_few
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from db.models import CoverageCell, CoverageSeries

_WITH_FIRST_DAY = {
    (Grain.DAY, CoverageSplit.ALL, CoverageLevel.ALL),
    (Grain.DAY, CoverageSplit.ENTITY, CoverageLevel.NAME),
}
"""The series of entities and of pairs by day; of the others nobody asks."""


def key_has_first_day(grain: str, split: str, level: str) -> bool:
    """Return whether series of this grain, split and level keep their first day."""
    return (grain, split, level) in _WITH_FIRST_DAY


def update_first_days(
    conn: Connection, numbers: Mapping[tuple[str, str, str, str], int], keys: Collection[tuple[str, str, str, str]]
) -> None:
    """Store the first days of series whose cells were written, in the same transaction.

    `numbers` are those of the series by (grain, split, level, part), `keys` those that may have changed.
    """
    ids = {numbers[key] for key in keys if key_has_first_day(*key[:3])}
    if not ids:
        return
    series, cells = CoverageSeries, CoverageCell
    first = select(func.min(cells.bucket_on)).where(cells.series_id == series.id, cells.bucket_on > UNDATED)
    first_on = first.scalar_subquery()
    query = update(series).where(is_one_of_few(series.id, ids), series.first_on.is_distinct_from(first_on))
    conn.execute(query.values(first_on=first_on))
