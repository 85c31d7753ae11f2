"""Output of series and comparisons as JSON and tables."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from cli.shared.output import escape_controls, to_json
from db.enums.coverage import CoverageSplit
from worker.coverage.stats.health import complete
from worker.coverage.stats.series import Counts, Point, share, sparkline, squeeze

if TYPE_CHECKING:
    from rich.table import Table

    from worker.coverage.stats.compare import Interval
    from worker.coverage.stats.health import DayHealth


UNDATED_PERIOD = "undated"
"""Name of the period for articles that count on no day; null in JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSeries:
    """A series, with the data shown beside it."""

    points: Sequence[Point]
    health: Mapping[str, Sequence[DayHealth]]
    """Collection health on each day of a period, by its label."""
    totals: Mapping[tuple[str, str], Counts]
    """Counts of all articles, by (period, part); empty unless shares were requested."""
    voices: Mapping[tuple[str, str], Counts]
    """Counts of these entities together, by (period, part); empty unless requested."""
    split: str | None
    begins: Mapping[str, date] = field(default_factory=dict)
    """First day of each period."""
    undated: Sequence[Point] = ()
    """Points for articles that count in no period."""
    without_date: tuple[int, int] = (0, 0)
    """Numbers of articles without a date: those counted on the day they were first seen, and those counted on no day.
    """

    def lines(self) -> dict[tuple[str, str], list[Point]]:
        """Return the points by (entity, part), in order."""
        lines: dict[tuple[str, str], list[Point]] = {}
        for point in self.points:
            lines.setdefault((point.entity, point.part), []).append(point)
        return lines

    def complete(self, period: str, part: str) -> float | None:
        """Return the estimated share of published articles that was seen in a period; None if unknown.

        For one outlet if the series is split by outlet, else for all that were watched.
        """
        share_seen = complete(self.health.get(period, ()), part if self.split == CoverageSplit.SOURCE else None)
        return None if share_seen is None else round(share_seen, 4)

    def alive(self, period: str) -> float | None:
        """Return the share of healthy outlets in a period, as the mean of its days; None if none was watched."""
        shares = [day.alive for day in self.health.get(period, ()) if day.alive is not None]
        return round(sum(shares) / len(shares), 4) if shares else None

    def is_impaired(self, period: str, outlet: str | None = None) -> bool:
        """Return whether collection was impaired on any day of the period, for this outlet or for any."""
        days = self.health.get(period, ())
        return any(day.impaired if outlet is None else outlet in day.impaired for day in days)

    def flag(self, point: Point) -> bool:
        """Return whether a point may be too low because collection was impaired."""
        return self.is_impaired(point.period, point.part if self.split == CoverageSplit.SOURCE else None)


@dataclass(frozen=True, slots=True)
class Names:
    """Labels of entities and outlets for tables and charts."""

    entities: Mapping[str, str]
    """Labels of entities by id."""
    parts: Mapping[str, str]
    """Names of outlets by id; other parts are their own names."""

    def entity(self, id: str) -> str:
        """Return the label of an entity."""
        return self.entities.get(id, id)

    def part(self, part: str) -> str:
        """Return the display name of a part."""
        return self.parts.get(part, part) or "unknown"


def as_json(shown: ShownSeries) -> None:
    """Print the series as one JSON list, an object per line."""
    print_list(_record(shown, point) for point in (*shown.points, *shown.undated))


def _record(shown: ShownSeries, point: Point) -> dict[str, Any]:
    counts, key = point.counts, (point.period, point.part)
    is_undated = point.period == UNDATED_PERIOD
    record: dict[str, Any] = {"period": None if is_undated else point.period, "entity": point.entity}
    if shown.split is not None:
        record[shown.split] = point.part or None
    record |= asdict(counts)
    if shown.totals:
        total = shown.totals.get(key, Counts())
        record["share"] = share(counts.scope_articles, total.scope_articles)
        record["stories_share"] = share(counts.scope_stories, total.scope_stories)
    if shown.voices:
        voice = shown.voices.get(key, Counts())
        record["voice"] = share(counts.articles, voice.articles)
        record["stories_voice"] = share(counts.stories, voice.stories)
    return record | {
        "alive": shown.alive(point.period),
        "complete": shown.complete(point.period, point.part),
        "impaired": shown.flag(point),
    }


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
        if shown.split is not None:
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


def describe_undated(shown: ShownSeries) -> list[str]:
    """Return sentences on the articles without a date; empty if there are none."""
    by_first_sight, never_counted = shown.without_date
    sentences = []
    if by_first_sight:
        sentences.append(f"{_articles(by_first_sight)} without a date: counted on the day a feed brought them")
    if never_counted:
        why = "brought in by a person, or in a feed before it was followed"
        sentences.append(f"{_articles(never_counted)} without a date in no period: {why}")
    return sentences


def _articles(number: int) -> str:
    return f"{number:,} article{'' if number == 1 else 's'}"


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
        counts, record = point.counts, _record(shown, point)
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
    print_list(_plain(record) for record in records)


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    found = record["comparison"]
    plain = {name: value for name, value in record.items() if name != "comparison"}
    plain["dispersion"] = round(found.dispersion, 4)
    for name, interval in (("ratio", found.ratio), ("difference_per_day", found.difference)):
        plain[name] = {part: _number(value) for part, value in asdict(interval).items()}
    return plain


def _number(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


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
