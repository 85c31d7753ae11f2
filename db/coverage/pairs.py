"""Entities that are named together, from the stored cells of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, func, or_, select, union_all

from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from db.models import CoverageCell, CoverageSeries, EntityRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """An entity that articles name together with another one."""

    entity: str
    articles: int
    first_on: date
    """The first of these days with such an article."""


def find_companions(conn: Connection, entity: str, since: date, until: date, *, limit: int) -> Sequence[Companion]:
    """Return the entities named most often together with this one on these days.

    They are counted as in `steppewatch export cooccurrence`: by name, among the most frequent of each article. Sums of
    days are numbers of articles, because each counts on one day.
    """
    series, cells = CoverageSeries, CoverageCell
    pairs = (series.grain == Grain.DAY, series.split == CoverageSplit.ENTITY, series.level == CoverageLevel.NAME)
    before = select(series.id, series.part.label("other")).where(*pairs, series.entity_id == entity)
    # stored once, under the lesser id: by all ids the index finds the others in steps
    after = select(series.id, series.entity_id.label("other")).where(
        *pairs, series.part == entity, series.entity_id.in_(select(EntityRow.id))
    )
    found = union_all(before, after).subquery()
    articles = func.sum(cells.articles)
    query = (
        select(found.c.other, articles, func.min(cells.bucket_on))
        .join(cells, cells.series_id == found.c.id)
        .where(cells.bucket_on.between(since, until))
        .group_by(found.c.other)
        .order_by(articles.desc(), found.c.other)
        .limit(limit)
    )
    return [
        Companion(entity=other, articles=int(number), first_on=first) for other, number, first in conn.execute(query)
    ]


def read_pair_days(conn: Connection, entity: str, other: str, since: date, until: date) -> dict[date, int]:
    """Return the articles that name both entities on each of these days; days without any are left out."""
    series, cells = CoverageSeries, CoverageCell
    query = (
        select(cells.bucket_on, cells.articles)
        .join(series, series.id == cells.series_id)
        .where(
            series.grain == Grain.DAY,
            series.split == CoverageSplit.ENTITY,
            series.level == CoverageLevel.NAME,
            or_(
                and_(series.entity_id == entity, series.part == other),
                and_(series.entity_id == other, series.part == entity),
            ),
            cells.bucket_on.between(since, until),
        )
    )
    return {day: articles for day, articles in conn.execute(query)}
