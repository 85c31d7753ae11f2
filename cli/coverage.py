"""`steppewatch coverage`: how much was written about what, over time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.export import DAY, day_range
from cli.store import open_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from worker.coverage.series import Point

_DAYS_MAX = 40_000
"""More than a century of days."""


class Grain(StrEnum):
    """How long a period is."""

    day = "day"
    week = "week"
    month = "month"


class Split(StrEnum):
    """Into which parts the material is divided."""

    source = "source"
    lang = "lang"
    country = "country"
    genre = "genre"


class Level(StrEnum):
    """Which mentions count."""

    name = "name"
    demonym = "demonym"
    concept = "concept"
    all = "all"


class Format(StrEnum):
    """How the answer looks."""

    json = "json"
    table = "table"


def coverage(
    entities: Annotated[list[str], typer.Argument(metavar="ENTITY...", help="Ids or labels of the vocabulary.")],
    by: Annotated[Grain, typer.Option(help="Length of a period; weeks are those of ISO 8601.")] = Grain.day,
    split: Annotated[Split | None, typer.Option(help="Count per outlet, language, country or genre.")] = None,
    level: Annotated[Level, typer.Option(help="Only mentions of this level.")] = Level.all,
    since: Annotated[datetime | None, typer.Option(formats=DAY, metavar="DAY", help="First day, 2022-01-05.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, metavar="DAY", help="Last day.")] = None,
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Count articles, stories and mentions per period; periods without any are there with zeros.

    A reprint is an article of its own and part of its original's story. Without --since and --until the range is
    from the first to the last day with an article; periods that the range touches are counted whole.

    Example: steppewatch coverage csto kazakhstan --by month --split source
    """
    from cli.names import entity_ids

    first, last = day_range(since, until)
    database = open_store()
    with database.reading() as conn:
        ids = entity_ids(conn, entities)
        points = _series(conn, ids, by, split, level, first, last)
    if (format or (Format.table if sys.stdout.isatty() else Format.json)) is Format.json:
        _print_json(points, split)
    else:
        _print_table(list(points), split)


def _series(
    conn: Connection,
    entities: Sequence[str],
    grain: Grain,
    split: Split | None,
    level: Level,
    since: date | None,
    until: date | None,
) -> Iterator[Point]:
    from db.coverage import iter_cells, span
    from worker.coverage.series import Counts, fill

    known = span(conn)
    first, last = since or (known and known[0]), until or (known and known[1])
    if first is None or last is None:
        return iter(())
    cells = {
        (cell.bucket_on, cell.entity_id, cell.part): Counts(cell.articles, cell.stories, cell.mentions)
        for cell in iter_cells(
            conn, grain=grain, split=split or "all", level=level, entities=entities, since=first, until=last
        )
    }
    return fill(cells, _buckets(first, last, grain), entities, grain=grain, is_split=split is not None)


def _buckets(first: date, last: date, grain: Grain) -> list[date]:
    """Return the first day of each period that touches the range."""
    from db.coverage import bucket_end, bucket_of

    if (last - first).days > _DAYS_MAX or last.year == date.max.year:
        raise typer.BadParameter(
            f"{first} to {last} is more than a century; choose a shorter range", param_hint="--since"
        )
    buckets = []
    bucket = bucket_of(first, grain)
    while bucket <= last:
        buckets.append(bucket)
        bucket = bucket_end(bucket, grain)
    return buckets


def _print_json(points: Iterator[Point], split: Split | None) -> None:
    """Print one list with an object per line."""
    between = "[\n"
    for point in points:
        part = {} if split is None else {split.value: point.part or None}
        counts = point.counts
        numbers = {"articles": counts.articles, "stories": counts.stories, "mentions": counts.mentions}
        record = {"period": point.period, "entity": point.entity, **part, **numbers}
        sys.stdout.write(between + json.dumps(record, ensure_ascii=False))
        between = ",\n"
    sys.stdout.write("[]\n" if between == "[\n" else "\n]\n")


def _print_table(points: Sequence[Point], split: Split | None) -> None:
    """Print, per entity and part, its course as a line of bars and the periods that are not empty."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from worker.coverage.series import sparkline, squeeze

    console = Console()
    lines: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        lines.setdefault((point.entity, point.part), []).append(point)
    if not lines:
        console.print("No article yet.")
    for (entity, part), course in lines.items():
        articles = [point.counts.articles for point in course]
        title = Text(entity, style="bold")
        if split is not None:
            title.append(f" · {part or 'unknown'}", style="not bold")
        title.append(f"  articles: {sum(articles):,}, {course[0].period} to {course[-1].period}", style="dim not bold")
        console.print(title)
        console.print(Text(sparkline(squeeze(articles, console.width - 2)), style="cyan"))
        table = Table(box=None, header_style="dim", pad_edge=False)
        table.add_column("period")
        for name in ("articles", "stories", "mentions"):
            table.add_column(name, justify="right")
        for point in course:
            counts = point.counts
            if counts.articles:
                table.add_row(point.period, f"{counts.articles:,}", f"{counts.stories:,}", f"{counts.mentions:,}")
        if table.row_count:
            console.print(table)
        console.print()
