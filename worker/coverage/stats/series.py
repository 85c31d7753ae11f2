"""Counts per period as a series: no period is missing, and each has a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Counts:
    """What was written in one period: articles (reprints included), stories (clusters), mentions; and parts of these.

    `in_title` is of the mentions; in scope are some of the articles and stories; of `undated` ones nobody says when
    they were published.
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
"""Where a cell stands: first day of the period, entity, part of the material ("" for the whole)."""


@dataclass(frozen=True, slots=True)
class Point:
    """The counts of an entity in one period and, in a split, one part of the material."""

    period: str
    entity: str
    part: str
    counts: Counts


def label_of(bucket: date, grain: str) -> str:
    """Return the name of the period that begins on `bucket`: `2022-01-05`, `2022-W01` (ISO 8601) or `2022-01`."""
    if grain == "week":
        year, week, _ = bucket.isocalendar()
        return f"{year:04}-W{week:02}"
    return bucket.isoformat()[:7] if grain == "month" else bucket.isoformat()


def fill(
    cells: Mapping[Place, Counts], buckets: Sequence[date], entities: Iterable[str], *, grain: str, is_split: bool
) -> Iterator[Point]:
    """Yield a point for every period of `buckets` and every entity; zero where there is no cell.

    In a split each entity has a point for every part that any of its cells is of, and none if it has no cell.
    Points come by period, then by entity in the order given, then by part.
    """
    parts: dict[str, set[str]] = {entity: set() if is_split else {""} for entity in entities}
    for _, entity, part in cells:
        parts[entity].add(part)
    lines = [(entity, part) for entity, found in parts.items() for part in sorted(found)]
    for bucket in buckets:
        period = label_of(bucket, grain)
        for entity, part in lines:
            yield Point(period, entity, part, cells.get((bucket, entity, part), _NOTHING))


def share(part: int, whole: int) -> float | None:
    """Return part of whole, in six digits; None when there is no whole."""
    return round(part / whole, 6) if whole else None


def voices(points: Sequence[Point]) -> dict[tuple[str, str], Counts]:
    """Return what all entities of the points have together, by (period, part): the whole of a share of voice.

    An article that names two of them counts for each, so that the shares of a period are one together.
    """
    wholes: dict[tuple[str, str], Counts] = {}
    for point in points:
        key = point.period, point.part
        before, more = wholes.get(key, _NOTHING), point.counts
        wholes[key] = Counts(before.articles + more.articles, before.stories + more.stories)
    return wholes


def squeeze(values: Sequence[int], width: int) -> list[int]:
    """Return at most `width` sums of neighbouring values, in their order; together they are the same sum."""
    step = -(-len(values) // max(width, 1)) or 1
    return [sum(values[start : start + step]) for start in range(0, len(values), step)]


def sparkline(values: Sequence[int]) -> str:
    """Return a bar for each value, in proportion to the largest; a dot for zero, so that 1 beside 1,000 is seen."""
    top = max(values, default=0)
    return "".join(_BARS[(value * len(_BARS) - 1) // top] if value > 0 else "·" for value in values)
