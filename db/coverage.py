"""Coverage cells: never counted up, always counted again, so that they equal a recount at any quiet moment.

Whoever changes a fact calls `mark_articles` in the same transaction, before and after the change; `recount`
then computes the marked cells anew from articles and mentions. Marks are only added and removed, never updated,
so writers do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)

from db.dialect import lock_for_recount
from db.models import Article, CoverageCell, CoverageMark, MentionRow, Source

GRAINS = ("day", "week", "month")
SPLITS = ("all", "source", "lang", "country", "genre")
LEVELS = ("name", "demonym", "concept")

_PARTS: dict[str, Any] = {
    "all": literal(""),
    "source": Article.source_id,
    "lang": func.coalesce(Article.language, ""),
    "country": func.coalesce(Source.country, ""),
    "genre": func.coalesce(Source.kind, ""),
}


def bucket_of(day: date, grain: str) -> date:
    """Return the first day of the period that `day` lies in; weeks begin on Monday (ISO 8601)."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def bucket_end(bucket: date, grain: str) -> date:
    """Return the first day after the period."""
    if grain == "week":
        return bucket + timedelta(days=7)
    if grain == "month":
        return (bucket + timedelta(days=31)).replace(day=1)
    return bucket + timedelta(days=1)


def mark_articles(conn: Connection, article_ids: Sequence[int]) -> None:
    """Mark every cell these articles count in now. Call it before and after their facts change."""
    if article_ids:
        touched = (
            select(MentionRow.entity_id, Article.counts_on)
            .join(Article, Article.revision_id == MentionRow.revision_id)
            .where(Article.id.in_(article_ids))
            .distinct()
        )
        conn.execute(insert(CoverageMark).from_select(["entity_id", "counts_on"], touched))


def count_marks(conn: Connection) -> int:
    """Return how many marks wait for a recount."""
    return conn.scalar(select(func.count()).select_from(CoverageMark)) or 0


def recount(conn: Connection, *, limit: int = 1_000) -> int:
    """Compute marked cells again, in key order; return how many marks that settled.

    Only one recount runs at a time. Marks that arrive meanwhile stay for the next one.
    """
    lock_for_recount(conn)
    marks = conn.execute(
        select(CoverageMark.id, CoverageMark.entity_id, CoverageMark.counts_on)
        .order_by(CoverageMark.counts_on, CoverageMark.entity_id, CoverageMark.id)
        .limit(limit)
    ).all()
    buckets: dict[tuple[str, date], set[str]] = {}
    for _, entity_id, day in marks:
        for grain in GRAINS:
            buckets.setdefault((grain, bucket_of(day, grain)), set()).add(entity_id)
    for (grain, bucket), entities in sorted(buckets.items()):
        _recount_bucket(conn, grain, bucket, sorted(entities))
    if marks:
        conn.execute(delete(CoverageMark).where(CoverageMark.id.in_([mark.id for mark in marks])))
    return len(marks)


def _recount_bucket(conn: Connection, grain: str, bucket: date, entities: Sequence[str]) -> None:
    conn.execute(
        delete(CoverageCell).where(
            CoverageCell.grain == grain, CoverageCell.bucket_on == bucket, CoverageCell.entity_id.in_(entities)
        )
    )
    counted = count_facts(
        Article.counts_on >= bucket,
        Article.counts_on < bucket_end(bucket, grain),
        MentionRow.entity_id.in_(entities),
    ).subquery()
    key = (literal(grain).label("grain"), literal(bucket, Date).label("bucket_on"))
    columns = ["grain", "bucket_on", *counted.c.keys()]
    conn.execute(insert(CoverageCell).from_select(columns, select(*key, *counted.c)))


def count_facts(*conditions: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Return the query that counts straight from the facts.

    Columns: entity_id, split, part, level, articles, stories, mentions; one row for each part of each split
    and each level, and for the level `all`.
    """
    facts = (
        select(
            MentionRow.entity_id.label("entity_id"),
            MentionRow.level.label("level"),
            Article.id.label("article_id"),
            func.coalesce(Article.cluster_id, Article.id).label("story_id"),
            *(part.label(split) for split, part in _PARTS.items()),
            func.count().label("mentions"),
        )
        .select_from(MentionRow)
        .join(Article, Article.revision_id == MentionRow.revision_id)
        .join(Source, Source.id == Article.source_id)
        .where(*conditions)
        .group_by(MentionRow.entity_id, MentionRow.level, Article.id, Article.cluster_id, *list(_PARTS.values())[1:])
        .cte("facts")
    )
    branches = []
    for split in SPLITS:
        for level in (facts.c.level, literal("all")):
            keys = [facts.c.entity_id, facts.c[split]] + ([facts.c.level] if level is facts.c.level else [])
            branches.append(
                select(
                    facts.c.entity_id.label("entity_id"),
                    literal(split).label("split"),
                    facts.c[split].label("part"),
                    level.label("level"),
                    func.count(func.distinct(facts.c.article_id)).label("articles"),
                    func.count(func.distinct(facts.c.story_id)).label("stories"),
                    func.sum(facts.c.mentions).label("mentions"),
                ).group_by(*keys)
            )
    return union_all(*branches)


@dataclass(frozen=True, slots=True)
class Cell:
    """One stored count."""

    bucket_on: date
    entity_id: str
    part: str
    articles: int
    stories: int
    mentions: int


def iter_cells(
    conn: Connection,
    *,
    grain: str = "day",
    split: str = "all",
    level: str = "all",
    entities: Sequence[str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[Cell]:
    """Yield cells ordered by period, entity and part; `since` and `until` are inclusive days."""
    query = select(
        CoverageCell.bucket_on,
        CoverageCell.entity_id,
        CoverageCell.part,
        CoverageCell.articles,
        CoverageCell.stories,
        CoverageCell.mentions,
    ).where(CoverageCell.grain == grain, CoverageCell.split == split, CoverageCell.level == level)
    if entities is not None:
        query = query.where(CoverageCell.entity_id.in_(entities))
    if since is not None:
        query = query.where(CoverageCell.bucket_on >= bucket_of(since, grain))
    if until is not None:
        query = query.where(CoverageCell.bucket_on <= until)
    query = query.order_by(CoverageCell.bucket_on, CoverageCell.entity_id, CoverageCell.part)
    for row in conn.execution_options(yield_per=1_000).execute(query):
        yield Cell(*row)


def span(conn: Connection) -> tuple[date, date] | None:
    """Return the first and the last day on which an article counts; None for an empty store."""
    first, last = conn.execute(select(func.min(Article.counts_on), func.max(Article.counts_on))).one()
    return None if first is None else (first, last)
