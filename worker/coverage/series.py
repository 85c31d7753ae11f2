"""Series of coverage with all that is shown beside them: the health of the collection, totals, undated articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from db.coverage.cells import COUNTS, TOTAL, UNDATED, cells_query, count_undated, period_end, period_start, span
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from worker.coverage.health import HealthReader, collection_health_by_day, day_not_over
from worker.coverage.stats.health import DayHealth, complete
from worker.coverage.stats.series import Counts, Point, fill, format_period, share, voices

UNDATED_PERIOD = "undated"
"""Name of the period for articles that count on no day; null in JSON."""
DAYS_MAX = 40_000
"""Length limit of a range: more than a century of days."""


_COUNTS = tuple(one.name for one in fields(Counts))


class RangeTooLong(ValueError):
    """The range of days is longer than a century; the message says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesQuestion:
    """The series that are asked for."""

    entities: Sequence[str]
    """Ids of entities; `TOTAL` for all articles."""
    grain: Grain = Grain.DAY
    split: CoverageSplit = CoverageSplit.ALL
    level: CoverageLevel = CoverageLevel.ALL
    parts: Sequence[str] | None = None
    """Only these outlets, languages, countries or genres of the split; None for all."""
    since: date | None = None
    """First day; without it the first day with an article."""
    until: date | None = None
    """Last day; without it the last day with an article."""
    has_share: bool = False
    """Whether the counts of all articles are asked for too."""
    has_voice: bool = False
    """Whether the sums of these entities are asked for too."""


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
    split: CoverageSplit
    begins: Mapping[str, date] = field(default_factory=dict)
    """First day of each period."""
    undated: Sequence[Point] = ()
    """Points for articles that count in no period."""
    without_date: tuple[int, int] = (0, 0)
    """Numbers of articles without a date: those counted on the day they were first seen, and those counted on no day.
    """
    _alive: dict[str, float | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _complete: dict[tuple[str, str | None], float | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Shares that were asked for before: all parts of a period have them in common."""

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
        outlet = part if self.split == CoverageSplit.SOURCE else None
        if (period, outlet) not in self._complete:
            share_seen = complete(self.health.get(period, ()), outlet)
            self._complete[period, outlet] = None if share_seen is None else round(share_seen, 4)
        return self._complete[period, outlet]

    def alive(self, period: str) -> float | None:
        """Return the share of healthy outlets in a period, as the mean of its days; None if none was watched."""
        if period not in self._alive:
            shares = [day.alive for day in self.health.get(period, ()) if day.alive is not None]
            self._alive[period] = round(sum(shares) / len(shares), 4) if shares else None
        return self._alive[period]

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


def load_series(
    conn: Connection, question: SeriesQuestion, *, now: datetime, read_health: HealthReader = collection_health_by_day
) -> ShownSeries:
    """Return the series of a question, with a point for each period, also for empty ones. Raises RangeTooLong.

    `read_health` reads the health of the collection, which is costly; a caller may keep it.
    """
    undated_cells = read_counts(conn, question, UNDATED, UNDATED)
    undated = [
        Point(UNDATED_PERIOD, entity, part, counts) for (_, entity, part), counts in sorted(undated_cells.items())
    ]
    never_counted = _count_undated(conn, question, undated, UNDATED, UNDATED)
    known = span(conn)
    first, last = question.since or (known and known[0]), question.until or (known and known[1])
    if first is None or last is None or first > last:
        return ShownSeries(
            points=(),
            health={},
            totals={},
            voices={},
            split=question.split,
            undated=undated,
            without_date=(0, never_counted),
        )
    grain = question.grain
    buckets = list_periods(first, last, grain)
    cells = read_counts(conn, question, first, last)
    is_split = question.split != CoverageSplit.ALL
    points = list(fill(cells, buckets, question.entities, grain=grain, is_split=is_split))
    last_day = period_end(buckets[-1], grain) - timedelta(days=1)
    health = read_health(conn, buckets[0], last_day, today=day_not_over(conn, now))
    periods = {
        format_period(bucket, grain): _select_days(health, bucket, period_end(bucket, grain)) for bucket in buckets
    }
    by_first_sight = _count_undated(conn, question, points, buckets[0], last_day)
    return ShownSeries(
        points=points,
        health=periods,
        totals=_read_totals(conn, question, first, last) if question.has_share else {},
        voices=voices(points) if question.has_voice else {},
        split=question.split,
        begins=dict(zip(periods, buckets, strict=True)),
        undated=undated,
        without_date=(by_first_sight, never_counted),
    )


def _count_undated(conn: Connection, question: SeriesQuestion, points: Sequence[Point], first: date, last: date) -> int:
    """Return the number of articles without a date on these days, which the points cover, each counted once."""
    if len(question.entities) == 1:  # an article is in one point alone
        return sum(point.counts.undated for point in points)
    if not any(point.counts.undated for point in points):
        return 0
    return count_undated(conn, question.entities, first, last, level=question.level)


def _read_totals(conn: Connection, question: SeriesQuestion, first: date, last: date) -> dict[tuple[str, str], Counts]:
    whole = replace(question, entities=[TOTAL], level=CoverageLevel.ALL)
    found = read_counts(conn, whole, first, last)
    return {(format_period(bucket, question.grain), part): counts for (bucket, _, part), counts in found.items()}


def _select_days(health: Mapping[date, DayHealth], first: date, after: date) -> Sequence[DayHealth]:
    return [health[first + timedelta(days=number)] for number in range((after - first).days)]


_NUMBERS = tuple(column.key for column in COUNTS)


def read_counts(
    conn: Connection, question: SeriesQuestion, since: date, until: date
) -> dict[tuple[date, str, str], Counts]:
    """Return the stored counts by (first day of the period, entity, part); empty periods are left out."""
    query = cells_query(
        grain=question.grain,
        split=question.split,
        level=question.level,
        entities=question.entities,
        parts=question.parts,
        since=since,
        until=until,
    )
    # by position and all at once, because a frequent entity has ten thousand cells in a season
    return {
        (bucket_on, entity_id, part): Counts(**dict(zip(_NUMBERS, numbers, strict=True)))
        for bucket_on, entity_id, part, *numbers in conn.execute(query).all()
    }


def list_periods(first: date, last: date, grain: Grain) -> list[date]:
    """Return the first day of each period that overlaps the range. Raises RangeTooLong."""
    if (last - first).days > DAYS_MAX or last.year == date.max.year:
        raise RangeTooLong(f"{first} to {last} is more than a century; choose a shorter range")
    buckets = []
    bucket = period_start(first, grain)
    while bucket <= last:
        buckets.append(bucket)
        bucket = period_end(bucket, grain)
    return buckets


def point_record(shown: ShownSeries, point: Point) -> dict[str, Any]:
    """Return a point as a record for JSON, with its shares and the health of the collection."""
    counts, key = point.counts, (point.period, point.part)
    is_undated = point.period == UNDATED_PERIOD
    record: dict[str, Any] = {"period": None if is_undated else point.period, "entity": point.entity}
    if shown.split != CoverageSplit.ALL:
        record[shown.split] = point.part or None
    record |= {name: getattr(counts, name) for name in _COUNTS}
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
