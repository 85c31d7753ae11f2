"""Rows of exports of counts: coverage cells, and outlets with their numbers in the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    and_,
    case,
    cast,
    column,
    func,
    select,
    type_coerce,
    values,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import aliased

from db.articles.filters import CannotFilter, CollectionHealth, Filters, Rows
from db.collection.feeds.feeds import LISTED
from db.collection.feeds.losses import losses_of_outlets
from db.coverage.cells import TOTAL, UNDATED
from db.dialect import bytewise
from db.dialect.functions import WordColumn, instant_text, is_one_of, is_one_of_few
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from db.models import Article, CoverageCell, CoverageSeries, EntityRow, Feed, Source

_FEW_PAIRS = 5_000


def coverage(conn: Connection, filters: Filters) -> Rows:
    """Return the stored cells per day, entity and outlet. They are not split by language, genre or scope."""
    if _beyond_cells(filters):
        raise CannotFilter(
            "coverage is not counted by language, genre, scope, level or reprints and cannot be filtered by them"
        )
    alive, impaired = _health(filters.health)
    day = cast(CoverageCell.bucket_on, SqlText)
    query = (
        select(
            _DAY.label("day"),
            CoverageSeries.entity_id.label("entity"),
            CoverageSeries.part.label("source"),
            CoverageCell.articles,
            CoverageCell.stories,
            CoverageCell.mentions,
            EntityRow.label.label("entity_label"),
            EntityRow.type.label("entity_type"),
            Source.name.label("source_name"),
            CoverageCell.in_title,
            CoverageCell.scope_articles,
            CoverageCell.scope_stories,
            CoverageCell.undated,
            alive.c.share.label("alive"),
            case((alive.c.day.is_(None), None), else_=impaired.c.day.is_not(None)).label("impaired"),
        )
        .join(CoverageSeries, CoverageSeries.id == CoverageCell.series_id)
        .join(EntityRow, EntityRow.id == CoverageSeries.entity_id)
        .join(Source, Source.id == CoverageSeries.part)
        .outerjoin(alive, alive.c.day == day)
        .outerjoin(impaired, and_(impaired.c.day == day, impaired.c.outlet == CoverageSeries.part))
        .where(*_daily(CoverageSplit.SOURCE, CoverageLevel.ALL), *_days(filters))
        .order_by(
            _IS_OF_NO_DAY,
            CoverageCell.bucket_on,
            bytewise(conn, CoverageSeries.entity_id),
            bytewise(conn, CoverageSeries.part),
        )
    )
    if filters.entities:
        query = query.where(CoverageSeries.entity_id.in_(filters.entities))
    if filters.sources:
        query = query.where(CoverageSeries.part.in_(filters.sources))
    return query


def cooccurrence(conn: Connection, filters: Filters) -> Rows:
    """Return the stored cells per day and pair of entities, each pair once: the lesser id first."""
    if filters.sources or _beyond_cells(filters):
        raise CannotFilter(
            "pairs are not counted by outlet, language, genre, scope, level or reprints and cannot be filtered by them"
        )
    one, another = aliased(EntityRow), aliased(EntityRow)
    in_order = bytewise(conn, CoverageSeries.entity_id) < bytewise(
        conn, CoverageSeries.part
    )  # stored in the locale's order
    first, second = case((in_order, one.id), else_=another.id), case((in_order, another.id), else_=one.id)
    query = (
        select(
            _DAY.label("day"),
            first.label("entity_a"),
            second.label("entity_b"),
            CoverageCell.articles,
            CoverageCell.stories,
            CoverageCell.scope_articles,
            CoverageCell.scope_stories,
            case((in_order, one.label), else_=another.label).label("label_a"),
            case((in_order, another.label), else_=one.label).label("label_b"),
        )
        .join(CoverageSeries, CoverageSeries.id == CoverageCell.series_id)
        .join(one, one.id == CoverageSeries.entity_id)
        .join(another, another.id == CoverageSeries.part)
        .where(*_daily(CoverageSplit.ENTITY, CoverageLevel.NAME), *_days(filters))
        .order_by(_IS_OF_NO_DAY, CoverageCell.bucket_on, bytewise(conn, first), bytewise(conn, second))
    )
    if filters.entities:
        pairs = _pairs_with(conn, filters.entities)
        listed = is_one_of_few if len(pairs) <= _FEW_PAIRS else is_one_of
        query = query.where(listed(CoverageSeries.id, pairs))
    return query


def _pairs_with(conn: Connection, entities: Sequence[str]) -> list[int]:
    """Return the series of pairs with one of the entities, which stands on either side.

    They are read beforehand, because a planner that guesses how many there are may go through all pairs.
    """
    pairs = select(CoverageSeries.id).where(*_daily(CoverageSplit.ENTITY, CoverageLevel.NAME))
    # the index begins with the first of the two: the second is found by going through all that may be the first
    behind = pairs.join(EntityRow, EntityRow.id == CoverageSeries.entity_id).where(CoverageSeries.part.in_(entities))
    return [*conn.scalars(pairs.where(CoverageSeries.entity_id.in_(entities))), *conn.scalars(behind)]


def _health(health: CollectionHealth | None) -> tuple[CTE, CTE]:
    """Return inline tables: (day, share) of the watched days, and (day, outlet) of the impaired ones.

    Days are texts here, which both databases compare alike.
    """
    day, none = column("day", SqlText()), [("", "")]  # a table must have a row, and no day is empty
    alive = sorted((day.isoformat(), f"{share:.4f}") for day, share in health.alive.items()) if health else []
    impaired = sorted((day.isoformat(), outlet) for day, outlet in health.impaired) if health else []
    return (
        values(day, column("share", WordColumn()), literal_binds=True).data(alive or none).cte("health"),
        values(day, column("outlet", SqlText()), literal_binds=True).data(impaired or none).cte("impaired"),
    )


_IS_OF_NO_DAY = case((CoverageCell.bucket_on == UNDATED, 1), else_=0)
_DAY = case((CoverageCell.bucket_on > UNDATED, CoverageCell.bucket_on))
"""The day of a cell; empty for the undated period."""


def _daily(split: CoverageSplit, level: CoverageLevel) -> Sequence[ColumnElement[bool]]:
    series = CoverageSeries
    return (series.grain == Grain.DAY, series.split == split, series.level == level, series.entity_id != TOTAL)


def _days(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.since is not None:
        yield CoverageCell.bucket_on >= filters.since
    elif filters.until is not None:
        yield CoverageCell.bucket_on > UNDATED
    if filters.until is not None:
        yield CoverageCell.bucket_on <= filters.until


def sources(conn: Connection, filters: Filters) -> Rows:
    """Return a row per outlet, by id, with its numbers in the database."""
    if filters.since or filters.until or filters.entities or _beyond_cells(filters):
        raise CannotFilter("the export of outlets can only be filtered by outlet")
    counted = select(Feed.source_id, func.count().label("n"), func.max(Feed.newest_at).label("newest_at"))
    feeds = counted.where(LISTED).group_by(Feed.source_id).subquery()
    lost = losses_of_outlets().subquery()
    # of each outlet by itself, so that an index has what is counted
    own, dated = Article.source_id == Source.id, Article.is_undated.is_(False)
    articles = select(func.count()).select_from(Article).where(own).scalar_subquery()
    first = select(func.min(Article.counts_on)).where(own, dated).scalar_subquery()
    last = select(func.max(Article.counts_on)).where(own, dated).scalar_subquery()
    collected_at = select(func.max(Article.collected_at)).where(own).scalar_subquery()
    query = (
        select(
            Source.id.label("source"),
            Source.name.label("source_name"),
            Source.country,
            _listed(cast(Source.languages, SqlText)).label("languages"),
            Source.kind,
            Source.homepage,
            Source.paywall,
            type_coerce(Source.origin, WordColumn()).label("origin"),
            instant_text(Source.added_at).label("added_at"),
            func.coalesce(feeds.c.n, 0).label("feeds"),
            articles.label("articles"),
            first.label("first_counts_on"),
            last.label("last_counts_on"),
            instant_text(collected_at).label("last_collected_at"),
            instant_text(feeds.c.newest_at).label("newest_at"),
            case(
                (func.coalesce(lost.c.missed, 0) > 0, lost.c.fresh / (lost.c.fresh + lost.c.missed)),
                (lost.c.polls > 0, 1.0),
            ).label("complete"),
            lost.c.missed.label("missed"),
        )
        .outerjoin(feeds, feeds.c.source_id == Source.id)
        .outerjoin(lost, lost.c.source_id == Source.id)
        .order_by(bytewise(conn, Source.id))
    )
    return query.where(Source.id.in_(filters.sources)) if filters.sources else query


def _listed(json: ColumnElement[str]) -> ColumnElement[str]:
    """Return a JSON list of plain words as words with spaces between them."""
    for letter, instead in (("[", ""), ("]", ""), ('"', ""), (",", "")):
        json = func.replace(json, letter, instead)
    return type_coerce(json, SqlText())


def _beyond_cells(filters: Filters) -> bool:
    uncounted = (filters.in_scope, filters.level, filters.article_ids, filters.changed_after, filters.changed_until)
    of_lists = (filters.languages, filters.genres, filters.countries, filters.lacks)
    of_stories = (filters.reprints_of, filters.reprinted_by, filters.together)
    return any(of_lists) or any(of_stories) or any(value is not None for value in uncounted)
