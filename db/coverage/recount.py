"""Storage of the recount: its lease, facts, dirty days, and cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    distinct,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import aliased

from db.coverage.cells import COUNTS, LEVELS, PAIRED, TOTAL, UNDATED
from db.coverage.first_days import update_first_days
from db.dialect import insert
from db.dialect.upserts import upsert_rows
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from db.enums.vocabulary import MentionField
from db.models import (
    Article,
    CoverageCell,
    CoverageDirty,
    CoverageFact,
    CoverageMark,
    CoverageSeries,
    CoverageState,
    MentionRow,
    Source,
)

LEASE_S = 20
"""Duration of the lease without renewal."""
_THE_ROW = CoverageState.id == 1


class LeaseLost(RuntimeError):
    """Another process holds the lease now; data read by this one may be outdated."""


def acquire_recount_lease(conn: Connection, *, now: datetime) -> int | None:
    """Return the number of our new lease; None while another process holds it."""
    conn.execute(insert(conn, CoverageState).values(id=1).on_conflict_do_nothing(index_elements=["id"]))
    free = or_(CoverageState.held_until.is_(None), CoverageState.held_until < now)
    taken = update(CoverageState).where(_THE_ROW, free).values(turn=CoverageState.turn + 1, held_until=_end(now))
    return conn.scalar(taken.returning(CoverageState.turn))


def renew_recount_lease(conn: Connection, lease: int, *, now: datetime) -> None:
    """Renew the lease; call it first in each transaction that writes. Raises LeaseLost."""
    own_lease = update(CoverageState).where(_THE_ROW, CoverageState.turn == lease)
    if conn.execute(own_lease.values(held_until=_end(now))).rowcount != 1:
        raise LeaseLost


def release_recount_lease(conn: Connection, lease: int) -> None:
    """Release the lease."""
    conn.execute(update(CoverageState).where(_THE_ROW, CoverageState.turn == lease).values(held_until=None))


def _end(now: datetime) -> datetime:
    return now + timedelta(seconds=LEASE_S)


# --- marked articles → facts, dirty days


def read_marks(conn: Connection, limit: int) -> list[tuple[int, int]]:
    """Return (mark, article id) of the oldest marks."""
    query = select(CoverageMark.id, CoverageMark.article_id).order_by(CoverageMark.id).limit(limit)
    return [(mark, article_id) for mark, article_id in conn.execute(query)]


class FactRow(NamedTuple):
    """A row of `CoverageFact`."""

    entity_id: str
    counts_on: date
    article_id: int
    name: int
    demonym: int
    concept: int
    name_in_title: int
    demonym_in_title: int
    concept_in_title: int
    place: int | None = None

    @property
    def key(self) -> tuple[str, date, int]:
        """The primary key."""
        return self.entity_id, self.counts_on, self.article_id

    @property
    def numbers(self) -> tuple[int, ...]:
        """The mentions by level, then those in titles."""
        return self.name, self.demonym, self.concept, self.name_in_title, self.demonym_in_title, self.concept_in_title


def read_facts(conn: Connection, article_ids: Sequence[int]) -> set[FactRow]:
    """Return the facts of these articles at their last count."""
    query = select(CoverageFact.__table__).where(CoverageFact.article_id.in_(article_ids))
    return {FactRow(**row._asdict()) for row in conn.execute(query)}


def find_facts(conn: Connection, article_ids: Sequence[int]) -> set[FactRow]:
    """Return the facts of these articles as they follow from articles and mentions now."""
    by_level = [_count_mentions(MentionRow.level == level) for level in LEVELS]
    in_title = [_count_mentions(MentionRow.level == level, MentionRow.field == MentionField.TITLE) for level in LEVELS]
    query = (
        select(MentionRow.entity_id, Article.id, *by_level, *in_title)
        .join(MentionRow, MentionRow.revision_id == Article.revision_id)
        .where(Article.id.in_(article_ids))
        .group_by(MentionRow.entity_id, Article.id)
    )
    days = _load_days(conn, article_ids)
    found: dict[int, list[FactRow]] = {}
    for entity, article_id, *numbers in conn.execute(query):
        # an article stored since the days were read has a mark of its own, and is counted by that
        if article_id in days:
            found.setdefault(article_id, []).append(FactRow(entity, days[article_id], article_id, *numbers))
    facts = {fact for rows in found.values() for fact in _with_places(rows)}
    for article_id, day in days.items():
        sums = map(sum, zip(*(fact.numbers for fact in found.get(article_id, ())), strict=True))
        facts.add(FactRow(TOTAL, day, article_id, *(tuple(sums) or (0,) * 6)))
    return facts


def _load_days(conn: Connection, article_ids: Sequence[int]) -> dict[int, date]:
    """Return the day on which each article counts."""
    query = select(Article.id, Article.counts_on, Article.is_undated).where(Article.id.in_(article_ids))
    return {article_id: UNDATED if is_undated else day for article_id, day, is_undated in conn.execute(query)}


def _count_mentions(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((and_(*conditions), 1), else_=0))


def _with_places(facts: Sequence[FactRow]) -> list[FactRow]:
    """Return each fact of an article with the entity's rank among those that it names."""

    def most_named_first(fact: FactRow) -> tuple[int, str]:
        return -fact.name, fact.entity_id

    ranked = enumerate(sorted(facts, key=most_named_first))
    return [fact._replace(place=place if fact.name else None) for place, fact in ranked]


def write_facts(
    conn: Connection, marks: Sequence[int], *, stale: Iterable[FactRow], fresh: Iterable[FactRow], dirty: Iterable[Any]
) -> None:
    """Settle marks: delete stale facts, insert fresh ones, and mark the (entity id, day) pairs as dirty."""
    keys = [fact.key for fact in stale]
    for first in range(0, len(keys), 200):
        key = tuple_(CoverageFact.entity_id, CoverageFact.counts_on, CoverageFact.article_id)
        conn.execute(delete(CoverageFact).where(key.in_(keys[first : first + 200])))
    upsert_rows(conn, CoverageFact, sorted(fresh, key=attrgetter("key")))
    upsert_rows(conn, CoverageDirty, sorted(dirty))
    conn.execute(delete(CoverageMark).where(CoverageMark.id.in_(marks)))


# --- dirty days → cells


def read_dirty(conn: Connection, limit: int) -> tuple[str, list[date]] | None:
    """Return the first entity that has dirty days, and the first of them; None if there are none."""
    entity = conn.scalar(select(func.min(CoverageDirty.entity_id)))
    if entity is None:
        return None
    days = select(CoverageDirty.counts_on).where(CoverageDirty.entity_id == entity).order_by(CoverageDirty.counts_on)
    return entity, list(conn.scalars(days.limit(limit)))


def read_countable(conn: Connection, entity: str, spans: Sequence[tuple[date, date]]) -> list[tuple[Any, ...]]:
    """Return the countable data of an entity: (day, story, source, language, country, genre, in scope, undated, then
    mentions of each level, then those in titles) per article. A span ends before its second day.
    """
    counted = (CoverageFact.name, CoverageFact.demonym, CoverageFact.concept)
    in_title = (CoverageFact.name_in_title, CoverageFact.demonym_in_title, CoverageFact.concept_in_title)
    query = (
        select(
            CoverageFact.counts_on,
            _STORY,
            Article.source_id,
            func.coalesce(Article.language, ""),
            func.coalesce(Source.country, ""),
            func.coalesce(Article.genre, ""),
            _IN_SCOPE,
            _UNDATED,
            *counted,
            *in_title,
        )
        .join(Article, Article.id == CoverageFact.article_id)
        .join(Source, Source.id == Article.source_id)
    )
    rows: list[tuple[Any, ...]] = []
    for first, after in spans:
        within = (CoverageFact.counts_on >= first, CoverageFact.counts_on < after)
        rows += map(tuple, conn.execute(query.where(CoverageFact.entity_id == entity, *within)))
    return rows


_STORY = func.coalesce(Article.cluster_id, Article.id)
_IN_SCOPE = case((Article.in_scope.is_(True), 1), else_=0)
_UNDATED = case((Article.published_at.is_(None), 1), else_=0)


CellKey = tuple[str, str, str, str, date]
"""Key of an entity's cell: grain, split, level, part, first day of the period."""
Counts = tuple[int, ...]
"""The numbers of a cell, in the order of `db.coverage.cells.COUNTS`."""


def count_pairs(conn: Connection, entity: str, days: Sequence[date]) -> dict[CellKey, Counts]:
    """Count on these days the articles that name the entity together with another, later in the order of ids."""
    one, other = aliased(CoverageFact), aliased(CoverageFact)
    scope_story = case((Article.in_scope.is_(True), _STORY))
    counts = (
        func.count(),
        func.count(distinct(_STORY)),
        literal(0),
        literal(0),
        func.sum(_IN_SCOPE),
        func.count(distinct(scope_story)),
        func.sum(_UNDATED),
    )
    query = (
        select(one.counts_on, other.entity_id, *counts)
        .join(other, and_(other.article_id == one.article_id, other.entity_id > one.entity_id, other.place < PAIRED))
        .join(Article, Article.id == one.article_id)
        .where(one.entity_id == entity, one.place < PAIRED, one.counts_on.in_(days))
        .group_by(one.counts_on, other.entity_id)
    )
    return {
        (Grain.DAY, CoverageSplit.ENTITY, CoverageLevel.NAME, part, day): tuple(map(int, numbers))
        for day, part, *numbers in conn.execute(query)
    }


def read_cells(conn: Connection, entity: str, buckets: Mapping[str, Sequence[date]]) -> dict[CellKey, Counts]:
    """Return the stored cells of an entity in these periods: per grain, the first days."""
    series = CoverageSeries
    query: Select[*tuple[Any, ...]] = select(
        series.grain, series.split, series.level, series.part, CoverageCell.bucket_on, *COUNTS
    ).join(CoverageCell, CoverageCell.series_id == series.id)
    cells = {}
    for grain, days in buckets.items():
        wanted = (series.entity_id == entity, series.grain == grain, CoverageCell.bucket_on.in_(days))
        for row in conn.execute(query.where(*wanted)):
            cells[row.grain, row.split, row.level, row.part, row.bucket_on] = _counts(row)
    return cells


_counts: Callable[[object], Counts] = attrgetter(*(column.key for column in COUNTS))


def number_series(conn: Connection, entity: str, keys: Iterable[CellKey]) -> dict[tuple[str, str, str, str], int]:
    """Return the number of each of the entity's series by (grain, split, level, part); new ones are added."""
    series = CoverageSeries
    wanted = {key[:4] for key in keys}
    query = select(series.grain, series.split, series.level, series.part, series.id).where(series.entity_id == entity)
    numbers = {(row.grain, row.split, row.level, row.part): row.id for row in conn.execute(query)}
    new = sorted(wanted - numbers.keys())
    if new:
        names = ("grain", "split", "level", "part")
        rows = [{"entity_id": entity, **dict(zip(names, key, strict=True))} for key in new]
        conn.execute(insert(conn, series).on_conflict_do_nothing(), rows)
        numbers = {(row.grain, row.split, row.level, row.part): row.id for row in conn.execute(query)}
    return numbers


def write_cells(
    conn: Connection,
    numbers: Mapping[tuple[str, str, str, str], int],
    changed: Sequence[tuple[CellKey, Counts]],
    gone: Sequence[CellKey],
) -> None:
    """Store the changed cells and remove the others, with first days; `numbers` are those of their series."""

    def place(key: CellKey) -> tuple[int, date]:
        return numbers[key[:4]], key[4]

    upsert_rows(conn, CoverageCell, sorted((*place(key), *counts) for key, counts in changed))
    if gone:  # one by one: SQLite reads the whole table for a list of pairs
        one = (CoverageCell.series_id == bindparam("series"), CoverageCell.bucket_on == bindparam("bucket"))
        places = [{"series": series, "bucket": bucket} for series, bucket in sorted(map(place, gone))]
        conn.execute(delete(CoverageCell).where(*one), places)
    update_first_days(conn, numbers, {key[:4] for key in (*(key for key, _ in changed), *gone)})


def settle(conn: Connection, entity: str, days: Sequence[date]) -> None:
    """Clear the dirty days of an entity after counting."""
    counted = (CoverageDirty.entity_id == entity, CoverageDirty.counts_on.in_(days))
    conn.execute(delete(CoverageDirty).where(*counted))
