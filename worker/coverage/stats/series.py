"""Counts per period as a series, without gaps and with a label for each period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db.enums.coverage import Grain

_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The counts of one period: articles (reprints included), stories (clusters), mentions; and parts of these.

    `in_title` are mentions; the scope counts are articles and stories; `undated` are articles without a known date of
    publication.
    """

    articles: int = 0
    stories: int = 0
    mentions: int = 0
    in_title: int = 0
    scope_articles: int = 0
    scope_stories: int = 0
    undated: int = 0


_NOTHING = Counts()

Place = tuple[date, str, str]
"""Position of a cell: first day of the period, entity, part of the material ("" for the whole)."""


@dataclass(frozen=True, slots=True)
class Point:
    """The counts of an entity in one period and, in a split, one part of the material."""

    period: str
    entity: str
    part: str
    counts: Counts


def format_period(bucket: date, grain: Grain) -> str:
    """Return the label of the period that begins on `bucket`: `2022-01-05`, `2022-W01` (ISO 8601) or `2022-01`."""
    if grain == Grain.WEEK:
        year, week, _ = bucket.isocalendar()
        return f"{year:04}-W{week:02}"
    return bucket.isoformat()[:7] if grain == Grain.MONTH else bucket.isoformat()


def fill(
    cells: Mapping[Place, Counts], buckets: Sequence[date], entities: Iterable[str], *, grain: Grain, is_split: bool
) -> Iterator[Point]:
    """Yield a point for every period of `buckets` and every entity; zero without a cell.

    In a split each entity has a point for every part of any of its cells, and none without a cell. Points are ordered
    by period, then by entity in the given order, then by part.
    """
    parts: dict[str, set[str]] = {entity: set() if is_split else {""} for entity in entities}
    for _, entity, part in cells:
        parts[entity].add(part)
    lines = [(entity, part) for entity, found in parts.items() for part in sorted(found)]
    for bucket in buckets:
        period = format_period(bucket, grain)
        for entity, part in lines:
            yield Point(period, entity, part, cells.get((bucket, entity, part), _NOTHING))


def share(part: int, whole: int) -> float | None:
    """Return part of whole, in six digits; None if the whole is zero."""
    return round(part / whole, 6) if whole else None


def voices(points: Sequence[Point]) -> dict[tuple[str, str], Counts]:
    """Return the sums of all entities of the points, by (period, part): the whole of a share of voice.

    An article that mentions two of them counts for each, so that the shares of a period add up to one.
    """
    wholes: dict[tuple[str, str], Counts] = {}
    for point in points:
        key = point.period, point.part
        before, more = wholes.get(key, _NOTHING), point.counts
        wholes[key] = Counts(articles=before.articles + more.articles, stories=before.stories + more.stories)
    return wholes


def squeeze(values: Sequence[int], width: int) -> list[int]:
    """Return at most `width` sums of neighbouring values, in their order, with the same total."""
    step = -(-len(values) // max(width, 1)) or 1
    return [sum(values[start : start + step]) for start in range(0, len(values), step)]


def sparkline(values: Sequence[int]) -> str:
    """Return a bar for each value, in proportion to the largest; a dot for zero, so that 1 beside 1,000 stays
    visible.
    """
    top = max(values, default=0)
    return "".join(_BARS[(value * len(_BARS) - 1) // top] if value > 0 else "·" for value in values)
