"""Output of series and comparisons as JSON and tables."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cli.shared.output import escape_controls, to_json
from db.enums.coverage import CoverageSplit
from worker.coverage.comparisons import comparison_record
from worker.coverage.series import Names, ShownSeries, describe_undated, point_record
from worker.coverage.stats.series import Point, sparkline, squeeze

if TYPE_CHECKING:
    from rich.table import Table

    from worker.coverage.stats.compare import Interval


def as_json(shown: ShownSeries) -> None:
    """Print the series as one JSON list, an object per line."""
    print_list(point_record(shown, point) for point in (*shown.points, *shown.undated))


def print_list(records: Iterable[Mapping[str, Any]]) -> None:
    """Print records as one JSON list, one per line."""
    between = "[\n"
    for record in records:
        sys.stdout.write(between + to_json(record))
        between = ",\n"
    sys.stdout.write("[]\n" if between == "[\n" else "\n]\n")


def as_table(shown: ShownSeries, names: Names) -> None:
    """Print a sparkline and the non-empty periods for each entity and part."""
    from rich.console import Console
    from rich.text import Text

    console = Console()
    lines = shown.lines()
    undated = {(point.entity, point.part): point for point in shown.undated}
    if not lines and not undated:
        console.print("No article yet.")
    for (entity, part), course in (lines | {key: [] for key in undated if key not in lines}).items():
        articles = [point.counts.articles for point in course]
        title = Text(escape_controls(names.entity(entity)), style="bold")
        if shown.split != CoverageSplit.ALL:
            title.append(f" · {escape_controls(names.part(part))}", style="not bold")
        if course:
            span = f"{course[0].period} to {course[-1].period}"
            title.append(f"  articles: {sum(articles):,}, {span}", style="dim not bold")
        console.print(title)
        if course:
            console.print(Text(sparkline(squeeze(articles, console.width - 2)), style="cyan"))
        table = _table(shown, [*course, *filter(None, [undated.get((entity, part))])])
        if table.row_count:
            console.print(table)
        console.print()
    if any(shown.is_impaired(period) for period in shown.health):
        console.print("! collection was impaired: a fall may be ours", style="yellow")
    for sentence in describe_undated(shown):
        console.print(sentence, style="dim")


def _table(shown: ShownSeries, course: Sequence[Point]) -> Table:
    from rich.table import Table

    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("period")
    shares = [name for name, is_shown in (("share", shown.totals), ("voice", shown.voices)) if is_shown]
    # imported articles have no collection health
    was_watched = any(shown.alive(point.period) is not None for point in course)
    for name in ("articles", "stories", "mentions", "in title", *shares, *(["outlets alive"] if was_watched else [])):
        table.add_column(name, justify="right")
    for point in course:
        counts, record = point.counts, point_record(shown, point)
        if counts.articles or record["impaired"]:
            numbers = (f"{n:,}" for n in (counts.articles, counts.stories, counts.mentions, counts.in_title))
            alive = "" if record["alive"] is None else f"{record['alive']:.0%}{' !' if record['impaired'] else ''}"
            cells = (*numbers, *(_percent(record[name]) for name in shares))
            table.add_row(point.period, *cells, *([alive] if was_watched else []))
    return table


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def comparisons_as_json(records: Sequence[Mapping[str, Any]]) -> None:
    """Print comparisons as one JSON list, an object per line; numbers that are not finite become null."""
    print_list(comparison_record(record) for record in records)


def comparisons_as_table(records: Sequence[Mapping[str, Any]], names: Names) -> None:
    """Print one line per entity: the counts in both ranges, and the change."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("entity")
    for name in ("articles", "stories", "articles a day", "times as many", "more a day"):
        table.add_column(name, justify="right")
    for record in records:
        found = record["comparison"]
        rates = (n / days for n, days in zip(record["articles"], record["days"], strict=True))
        table.add_row(
            escape_controls(names.entity(record["entity"])),
            " → ".join(f"{n:,}" for n in record["articles"]),
            " → ".join(f"{n:,}" for n in record["stories"]),
            " → ".join(f"{rate:.2f}" for rate in rates),
            _words(found.ratio),
            _words(found.difference),
        )
    console = Console()
    console.print(f"{' → '.join(records[0]['periods'])}; in brackets: 95 % interval", style="dim")
    console.print(table)


def _words(interval: Interval) -> str:
    value = "?" if math.isnan(interval.value) else "∞" if math.isinf(interval.value) else f"{interval.value:.2f}"
    return f"{value} ({interval.low:.2f}–{'∞' if math.isinf(interval.high) else f'{interval.high:.2f}'})"
