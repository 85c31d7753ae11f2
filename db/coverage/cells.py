"""Coverage cells for reading, and the marks that request a recount.

Cells are never incremented, always counted again (`worker.coverage.recount`), so that they equal a recount at any quiet
moment. Each change of an article calls `mark_articles` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, distinct, func, insert, select

from db.changes import note_changes
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from db.enums.vocabulary import MentionLevel
from db.models import Article, CoverageCell, CoverageDirty, CoverageFact, CoverageMark, CoverageSeries, EntityRow

LEVELS = tuple(map(str, MentionLevel))
TOTAL = ""
"""In place of an entity: all articles."""
UNDATED = date.min
"""In place of a day: the period of articles that count on none (`first_sight`). It is its own week and month."""
PAIRED = 40
"""Maximum of entities per article that count as named together: the most frequent ones. 40 make 780 pairs."""


def period_start(day: date, grain: Grain) -> date:
    """Return the first day of the period that contains `day`; weeks begin on Monday (ISO 8601)."""
    if grain == Grain.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == Grain.MONTH else day


def period_end(bucket: date, grain: Grain) -> date:
    """Return the first day after the period."""
    if grain == Grain.WEEK:
        return bucket + timedelta(days=7)
    if grain == Grain.MONTH:
        return (bucket + timedelta(days=31)).replace(day=1)
    return bucket + timedelta(days=1)


def mark_articles(conn: Connection, article_ids: Sequence[int]) -> None:
    """Mark articles for a recount, both where they counted so far and where they count from now on.

    Call it once in the transaction that changes or removes them, before the change or after it.
    """
    if article_ids:
        conn.execute(insert(CoverageMark), [{"article_id": article_id} for article_id in sorted(set(article_ids))])
        note_changes(conn, article_ids)


def _gone_articles() -> Select[int]:
    gone = Article.id.is_(None)
    return select(CoverageFact.article_id).outerjoin(Article, Article.id == CoverageFact.article_id).where(gone)


def count_marks(conn: Connection) -> int:
    """Return the amount of work for the recount: marked articles, and affected days of entities."""
    return sum(conn.scalar(select(func.count()).select_from(table)) or 0 for table in (CoverageMark, CoverageDirty))


class Cell(NamedTuple):
    """One stored count, in the order of `cells_query`; for the numbers see `CoverageCell`."""

    bucket_on: date
    entity_id: str
    part: str
    articles: int
    stories: int
    mentions: int
    in_title: int
    scope_articles: int
    scope_stories: int
    undated: int


COUNTS = (
    CoverageCell.articles,
    CoverageCell.stories,
    CoverageCell.mentions,
    CoverageCell.in_title,
    CoverageCell.scope_articles,
    CoverageCell.scope_stories,
    CoverageCell.undated,
)


def cells_query(
    *,
    grain: Grain = Grain.DAY,
    split: CoverageSplit = CoverageSplit.ALL,
    level: CoverageLevel = CoverageLevel.ALL,
    entities: Sequence[str] | None = None,
    parts: Sequence[str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Select[*tuple[Any, ...]]:
    """Return the query for the columns of `Cell`; `since` and `until` are inclusive days.

    Without limits it includes the undated period. Without `entities`: all entities, not the totals; without
    `parts`: all parts of the split. Unordered, so that
    each series is one scan.
    """
    series = CoverageSeries
    query: Select[*tuple[Any, ...]] = (
        select(CoverageCell.bucket_on, series.entity_id, series.part, *COUNTS)
        .join(series, series.id == CoverageCell.series_id)
        .where(series.grain == grain, series.split == split, series.level == level)
    )
    if parts is not None:
        query = query.where(series.part.in_(parts))
    # by their ids the index finds the series of a level in steps; there are a thousand times as many of other splits
    query = query.where(series.entity_id.in_(select(EntityRow.id) if entities is None else entities))
    return query.where(*_within(CoverageCell.bucket_on, since and period_start(since, grain), until))


def count_series(
    conn: Connection, entities: Sequence[str], *, grain: Grain, split: CoverageSplit, level: CoverageLevel
) -> int:
    """Return how many series of cells there are of these entities, all parts together."""
    series = CoverageSeries
    found = (series.grain == grain, series.split == split, series.level == level, series.entity_id.in_(entities))
    return conn.scalar(select(func.count()).select_from(series).where(*found)) or 0


def _within(day: Any, since: date | None, until: date | None) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of a range of days; the undated period is in none."""
    if since is not None:
        yield day >= since
    elif until is not None:
        yield day > UNDATED
    if until is not None:
        yield day <= until


def iter_cells(conn: Connection, **criteria: Any) -> Generator[Cell]:
    """Yield the cells that `cells_query` finds, ordered by period, entity and part.

    A reader that stops early closes them, and so the cursor at the server.
    """
    series = CoverageSeries
    query = cells_query(**criteria).order_by(CoverageCell.bucket_on, series.entity_id, series.part)
    with conn.execute(query, execution_options={"yield_per": 1_000}) as result:
        yield from map(Cell._make, result)


def find_entities(conn: Connection) -> set[str]:
    """Return the ids of the entities that have cells."""
    series = CoverageSeries
    has_cells = select(CoverageCell.series_id).where(CoverageCell.series_id == series.id).exists()
    daily = (
        series.grain == Grain.DAY,
        series.split == CoverageSplit.ALL,
        series.level == CoverageLevel.ALL,
        series.entity_id != TOTAL,
    )
    return set(conn.scalars(select(series.entity_id).where(*daily, has_cells)))


def find_parts(conn: Connection, split: CoverageSplit) -> list[str]:
    """Return the outlets, languages, countries or genres that have cells, by name; "" for unknown is left out."""
    series = CoverageSeries
    whole = (series.grain == Grain.MONTH, series.split == split, series.level == CoverageLevel.ALL)
    query = select(series.part).where(*whole, series.entity_id == TOTAL, series.part != "")
    return sorted(set(conn.scalars(query)))


def count_stories(
    conn: Connection, entity: str, since: date, until: date, *, level: CoverageLevel = CoverageLevel.ALL
) -> int:
    """Return the number of stories of an entity in a range of days that is no period with a cell of its own."""
    within = (CoverageFact.entity_id == entity, CoverageFact.counts_on >= since, CoverageFact.counts_on <= until)
    story = func.coalesce(Article.cluster_id, Article.id)
    query = select(func.count(distinct(story))).join(CoverageFact, CoverageFact.article_id == Article.id).where(*within)
    if level != CoverageLevel.ALL:
        query = query.where(getattr(CoverageFact, level) > 0)
    return conn.scalar(query) or 0


def count_undated(
    conn: Connection, entities: Sequence[str], since: date, until: date, *, level: CoverageLevel = CoverageLevel.ALL
) -> int:
    """Return the number of articles without a date for any of the entities in these days, each counted once."""
    within = (CoverageFact.entity_id.in_(entities), CoverageFact.counts_on.between(since, until))
    query = select(func.count(distinct(Article.id))).join(CoverageFact, CoverageFact.article_id == Article.id)
    query = query.where(*within, Article.published_at.is_(None))
    if since > UNDATED:  # an index has these articles by the day on which they count
        query = query.where(Article.counts_on.between(since, until))
    if level != CoverageLevel.ALL:
        query = query.where(getattr(CoverageFact, level) > 0)
    return conn.scalar(query) or 0


def span(conn: Connection) -> tuple[date, date] | None:
    """Return the first and the last day on which an article counts; None without any."""
    dated = Article.is_undated.is_(False)
    first = conn.scalar(select(func.min(Article.counts_on)).where(dated))  # two queries: each is a step in the index
    last = conn.scalar(select(func.max(Article.counts_on)).where(dated))
    return (first, last) if first is not None and last is not None else None
