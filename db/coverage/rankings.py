"""Entities with their articles in a range of weeks, the most covered first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from db.models import CoverageCell, CoverageSeries, EntityRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedEntity:
    """An entity with its articles in some weeks."""

    id: str
    type: str
    label: str
    description: str | None
    articles: int


def rank_entities(
    conn: Connection,
    since: date,
    until: date,
    *,
    limit: int,
    among: Collection[str] | None = None,
    type: str | None = None,
    after: str | None = None,
) -> Sequence[RankedEntity]:
    """Return entities, those with most articles first, optionally only those after one, and only some of them.

    `since` is the first day of a week. Raises LookupError if `after` does not exist.
    """
    counted = _counted(since, until)
    articles = counted.selected_columns.articles
    if among is not None:
        counted = counted.where(EntityRow.id.in_(among))
    if type:
        counted = counted.where(EntityRow.type == type)
    ranked = counted.subquery()
    query = select(ranked).order_by(ranked.c.articles.desc(), ranked.c.id).limit(limit)
    if after is not None:
        number = conn.scalar(_counted(since, until).where(EntityRow.id == after).with_only_columns(articles))
        if number is None:
            raise LookupError(f"there is no entity {after}")
        later = and_(ranked.c.articles == number, ranked.c.id > after)
        query = query.where(or_(ranked.c.articles < number, later))
    return [RankedEntity(**row._asdict() | {"articles": int(row.articles)}) for row in conn.execute(query)]


def _counted(since: date, until: date) -> Select[*tuple[Any, ...]]:
    series, cells = CoverageSeries, CoverageCell
    weekly = and_(
        series.entity_id == EntityRow.id,
        series.grain == Grain.WEEK,
        series.split == CoverageSplit.ALL,
        series.level == CoverageLevel.ALL,
        series.part == "",
    )
    within = and_(cells.series_id == series.id, cells.bucket_on.between(since, until))
    return (
        select(
            EntityRow.id,
            EntityRow.type,
            EntityRow.label,
            EntityRow.description,
            func.coalesce(func.sum(cells.articles), 0).label("articles"),
        )
        .outerjoin(series, weekly)
        .outerjoin(cells, within)
        .group_by(EntityRow.id, EntityRow.type, EntityRow.label, EntityRow.description)
    )


def count_types(conn: Connection) -> list[tuple[str, int]]:
    """Return the types of entities with the number of each, by name."""
    query = select(EntityRow.type, func.count()).group_by(EntityRow.type).order_by(EntityRow.type)
    return [(type, number) for type, number in conn.execute(query)]
