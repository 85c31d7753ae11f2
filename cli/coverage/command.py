"""`steppewatch coverage`: counts of articles about entities over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.shared.day_options import Since, Until, day_range, first_day, last_day
from cli.shared.output import fail
from cli.shared.store import open_store
from cli.shared.tables import Format, wants_json
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cli.coverage.render import ShownSeries
    from worker.coverage.stats.health import DayHealth
    from worker.coverage.stats.series import Counts

_DAYS_MAX = 40_000
"""Length limit of a range: more than a century of days."""


class SplitBy(StrEnum):
    """Breakdown of the counts."""

    source = CoverageSplit.SOURCE
    lang = CoverageSplit.LANG
    country = CoverageSplit.COUNTRY
    genre = CoverageSplit.GENRE


def coverage(
    entities: Annotated[list[str] | None, typer.Argument(metavar="ENTITY...", help="Ids, labels or aliases.")] = None,
    by: Annotated[Grain, typer.Option(help="Length of a period; weeks are those of ISO 8601.")] = Grain.DAY,
    split: Annotated[SplitBy | None, typer.Option(help="Count per outlet, language, country or genre.")] = None,
    level: Annotated[CoverageLevel, typer.Option(help="Only mentions of this level.")] = CoverageLevel.ALL,
    since: Since = None,
    until: Until = None,
    share: Annotated[bool, typer.Option("--share", help="Also as a share of all articles in scope.")] = False,
    voice: Annotated[bool, typer.Option("--voice", help="Also as a share of all these entities together.")] = False,
    compare: Annotated[
        tuple[str, str] | None, typer.Option(metavar="A..B C..D", help="Compare two ranges of days instead.")
    ] = None,
    unusual: Annotated[
        bool, typer.Option("--unusual", help="List unusual attention now, or on the day --until, over all entities.")
    ] = False,
    false_alarms: Annotated[
        float,
        typer.Option(
            metavar="SHARE", min=0.0, max=1.0, help="Expected share of chance findings in the list of --unusual."
        ),
    ] = 0.1,
    everything: Annotated[bool, typer.Option("--all", help="All findings of --unusual, not only the top ten.")] = False,
    plot: Annotated[str | None, typer.Option(metavar="F", help="Also draw a chart into F.png or F.svg.")] = None,
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Count articles, stories and mentions per period, including empty periods.

    A reprint counts as an article of its own and as part of its original's story. The default range is from the first
    to the last day with an article; a period at the edge of the range is counted whole. An article without a date
    counts on the day when a feed first showed it (`undated`); those imported by a person, or already in a feed when it
    was added, count in a separate period: the last line, with a null period in JSON. `alive` is the share of outlets
    that were collected without gaps; `impaired` is true where some were not, so a drop may be an artefact. `complete`
    is the estimated share of their articles that was seen, null if unknown.

    Example: steppewatch coverage csto kazakhstan --by month --split source

    Example: steppewatch coverage csto --compare 2021-12-01..2021-12-31 2022-01-01..2022-01-31

    Example: steppewatch coverage --unusual --false-alarms 0.05
    """
    from cli.coverage import render
    from cli.shared.lookup import entity_ids
    from db.collection.sources import find_names
    from db.vocabulary.versions import find_labels

    as_json = wants_json(format)
    if unusual:
        from cli.coverage.unusual import unusual as show_unusual

        return show_unusual(until=until, rate=false_alarms, as_json=as_json, everything=everything)
    if not entities:
        raise typer.BadParameter("name at least one entity", param_hint="ENTITY...")
    first, last = day_range(since, until)
    database = open_store()
    with database.reading() as conn:
        ids = entity_ids(conn, entities)
        if compare is not None:
            comparisons = _compare(conn, ids, compare, level)
            if as_json:
                render.comparisons_as_json(comparisons)
            else:
                render.comparisons_as_table(comparisons, render.Names(find_labels(conn), {}))
            return
        shown = _load_series(conn, ids, by, split, level, first, last, share=share, voice=voice)
        names = render.Names(find_labels(conn), find_names(conn) if split is SplitBy.source else {})
    if plot is not None:
        from cli.coverage.plot import draw

        draw(plot, shown, names, grain=by)
    if as_json:
        render.as_json(shown)
    else:
        render.as_table(shown, names)


def _load_series(
    conn: Connection,
    entities: Sequence[str],
    grain: Grain,
    split: SplitBy | None,
    level: CoverageLevel,
    since: date | None,
    until: date | None,
    *,
    share: bool,
    voice: bool,
) -> ShownSeries:
    from cli.coverage.render import UNDATED_PERIOD, ShownSeries
    from db.coverage.cells import TOTAL, UNDATED, count_undated, period_end, span
    from worker.coverage.health import collection_health_by_day, day_not_over
    from worker.coverage.stats.series import Point, fill, format_period, voices

    known = span(conn)
    first, last = since or (known and known[0]), until or (known and known[1])
    undated_cells = _cells(conn, entities, grain, split, level, UNDATED, UNDATED)
    undated = [
        Point(UNDATED_PERIOD, entity, part, counts) for (_, entity, part), counts in sorted(undated_cells.items())
    ]
    never_counted = count_undated(conn, entities, UNDATED, UNDATED, level=level)
    if first is None or last is None or first > last:
        return ShownSeries(
            points=(), health={}, totals={}, voices={}, split=split, undated=undated, without_date=(0, never_counted)
        )
    buckets = _buckets(first, last, grain)
    cells = _cells(conn, entities, grain, split, level, first, last)
    points = list(fill(cells, buckets, entities, grain=grain, is_split=split is not None))
    totals = {}
    if share:
        found = _cells(conn, [TOTAL], grain, split, CoverageLevel.ALL, first, last)
        totals = {(format_period(bucket, grain), part): counts for (bucket, _, part), counts in found.items()}
    after = period_end(buckets[-1], grain)
    health = collection_health_by_day(
        conn, buckets[0], after - timedelta(days=1), today=day_not_over(conn, datetime.now(UTC))
    )
    periods = {
        format_period(bucket, grain): _select_days(health, bucket, period_end(bucket, grain)) for bucket in buckets
    }
    by_first_sight = count_undated(conn, entities, buckets[0], after - timedelta(days=1), level=level)
    return ShownSeries(
        points=points,
        health=periods,
        totals=totals,
        voices=voices(points) if voice else {},
        split=split,
        begins=dict(zip(periods, buckets, strict=True)),
        undated=undated,
        without_date=(by_first_sight, never_counted),
    )


def _select_days(health: Mapping[date, DayHealth], first: date, after: date) -> Sequence[DayHealth]:
    return [health[first + timedelta(days=number)] for number in range((after - first).days)]


def _cells(
    conn: Connection,
    entities: Sequence[str],
    grain: Grain,
    split: SplitBy | None,
    level: CoverageLevel,
    since: date,
    until: date,
) -> dict[tuple[date, str, str], Counts]:
    from db.coverage.cells import cells_query
    from worker.coverage.stats.series import Counts

    query = cells_query(
        grain=grain,
        split=CoverageSplit.from_value(split or CoverageSplit.ALL),
        level=level,
        entities=entities,
        since=since,
        until=until,
    )
    cells = (row._asdict() for row in conn.execute(query))
    return {(cell.pop("bucket_on"), cell.pop("entity_id"), cell.pop("part")): Counts(**cell) for cell in cells}


def _buckets(first: date, last: date, grain: Grain) -> list[date]:
    """Return the first day of each period that overlaps the range."""
    from db.coverage.cells import period_end, period_start

    if (last - first).days > _DAYS_MAX or last.year == date.max.year:
        raise typer.BadParameter(
            f"{first} to {last} is more than a century; choose a shorter range", param_hint="--since"
        )
    buckets = []
    bucket = period_start(first, grain)
    while bucket <= last:
        buckets.append(bucket)
        bucket = period_end(bucket, grain)
    return buckets


def _compare(
    conn: Connection, entities: Sequence[str], stretches: tuple[str, str], level: CoverageLevel
) -> list[dict[str, Any]]:
    """Return the counts of each entity in two ranges of days, and their comparison."""
    from db.coverage.cells import count_stories
    from worker.coverage.stats.compare import compare

    spans = [_parse_span(text) for text in stretches]
    records = []
    for entity in entities:
        daily: list[list[Counts]] = []
        for first, last in spans:
            cells = _cells(conn, [entity], Grain.DAY, None, level, first, last)
            daily.append([cells.get((day, entity, ""), _empty_counts()) for day in _buckets(first, last, Grain.DAY)])
        before, after = ([counts.articles for counts in days] for days in daily)
        found = compare(before, after)
        records.append(
            {
                "entity": entity,
                "periods": [f"{first}..{last}" for first, last in spans],
                "days": [len(before), len(after)],
                "articles": [sum(before), sum(after)],
                "stories": [count_stories(conn, entity, first, last, level=level) for first, last in spans],
                "mentions": [sum(counts.mentions for counts in days) for days in daily],
                "comparison": found,
            }
        )
    return records


def _empty_counts() -> Counts:
    from worker.coverage.stats.series import Counts

    return Counts()


def _parse_span(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        days = first_day(first), last_day(last)
    except typer.BadParameter as error:
        raise typer.BadParameter(f"{text!r} is not like 2022-01-01..2022-01-31: {error.message}") from None
    if days[0] > days[1]:
        fail(f"--compare: {days[0]} is after {days[1]}")
    return days
