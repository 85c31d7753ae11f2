"""Coverage cells: never counted up, always counted again, so that they equal a recount at any quiet moment.

Whoever changes a fact calls `mark_articles` in the same transaction, before and after the change; `recount`
then computes the marked cells anew from articles and mentions. Marks are only added and removed, never updated,
so writers do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Date, bindparam, delete, func, insert, select, text

from db.dialect import lock_for_recount
from db.models import Article, CoverageCell, CoverageMark, MentionRow

GRAINS = ("day", "week", "month")
SPLITS = ("all", "source", "lang", "country", "genre")
LEVELS = ("name", "demonym", "concept")


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
    scope = {"grain": grain, "bucket": bucket, "after": bucket_end(bucket, grain), "entities": entities}
    conn.execute(_DELETE_CELLS, scope)
    conn.execute(_COUNT_CELLS, scope)


_DELETE_CELLS = text(
    "DELETE FROM coverage_cells WHERE grain = :grain AND bucket_on = :bucket AND entity_id IN :entities"
).bindparams(bindparam("bucket", type_=Date), bindparam("entities", expanding=True))

_FACTS = """
    SELECT m.entity_id, m.level, a.id AS article, coalesce(a.cluster_id, a.id) AS story, count(*) AS mentions,
           '' AS part_all, a.source_id AS part_source, coalesce(a.language, '') AS part_lang,
           coalesce(s.country, '') AS part_country, coalesce(a.genre, '') AS part_genre
    FROM articles a JOIN mentions m ON m.revision_id = a.revision_id JOIN sources s ON s.id = a.source_id
    WHERE a.counts_on >= :bucket AND a.counts_on < :after AND m.entity_id IN :entities
    GROUP BY m.entity_id, m.level, a.id, a.cluster_id, a.source_id, a.language, a.genre, s.country
"""


def _count_part(split: str, level: str) -> str:
    """Return the SQL that counts one split, for each level by itself or for all levels together."""
    return f"""
    SELECT :grain, :bucket, entity_id, '{split}', part_{split}, {level},
           count(DISTINCT article), count(DISTINCT story), sum(mentions)
    FROM facts GROUP BY entity_id, part_{split}{", level" if level == "level" else ""}
    """


_COUNT_CELLS = text(
    f"""
    WITH facts AS ({_FACTS})
    INSERT INTO coverage_cells (grain, bucket_on, entity_id, split, part, level, articles, stories, mentions)
    {" UNION ALL ".join(_count_part(split, level) for split in SPLITS for level in ("level", "'all'"))}
    """
).bindparams(bindparam("bucket", type_=Date), bindparam("after", type_=Date), bindparam("entities", expanding=True))


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
    first = conn.scalar(select(func.min(Article.counts_on)))  # two queries: each is one step in the index
    last = conn.scalar(select(func.max(Article.counts_on)))
    return (first, last) if first is not None and last is not None else None
