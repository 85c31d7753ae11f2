"""Comparison of the coverage of entities in two ranges of days."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.coverage.cells import count_stories
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from worker.coverage.series import SeriesQuestion, list_periods, read_counts
from worker.coverage.stats.compare import compare
from worker.coverage.stats.series import Counts

DayRange = tuple[date, date]
"""First and last day."""


def compare_ranges(
    conn: Connection, entities: Sequence[str], spans: tuple[DayRange, DayRange], level: CoverageLevel
) -> list[dict[str, Any]]:
    """Return the counts of each entity in two ranges of days, and their comparison."""
    records = []
    for entity in entities:
        daily: list[list[Counts]] = []
        for first, last in spans:
            cells = read_counts(conn, SeriesQuestion(entities=[entity], level=level), first, last)
            daily.append([cells.get((day, entity, ""), Counts()) for day in list_periods(first, last, Grain.DAY)])
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


def compare_parts(
    conn: Connection, entity: str, spans: tuple[DayRange, DayRange], level: CoverageLevel, split: CoverageSplit
) -> list[dict[str, Any]]:
    """Return the counts of an entity in two ranges of days by outlet, language or the like, and their comparison.

    The parts with most articles come first. Stories are not counted: those of days cannot be added.
    """
    question = SeriesQuestion(entities=[entity], level=level, split=split)
    cells = [read_counts(conn, question, first, last) for first, last in spans]
    parts = {part for found in cells for _, _, part in found}
    records = []
    for part in parts:
        daily = [
            [found.get((day, entity, part), Counts()) for day in list_periods(first, last, Grain.DAY)]
            for found, (first, last) in zip(cells, spans, strict=True)
        ]
        before, after = ([counts.articles for counts in days] for days in daily)
        records.append(
            {
                "entity": entity,
                "part": part,
                "periods": [f"{first}..{last}" for first, last in spans],
                "days": [len(before), len(after)],
                "articles": [sum(before), sum(after)],
                "mentions": [sum(counts.mentions for counts in days) for days in daily],
                "comparison": compare(before, after),
            }
        )
    return sorted(records, key=lambda record: (-sum(record["articles"]), record["part"]))


def comparison_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a comparison as a record for JSON; numbers that are not finite become null."""
    found = record["comparison"]
    plain = {name: value for name, value in record.items() if name != "comparison"}
    plain["dispersion"] = round(found.dispersion, 4)
    for name, interval in (("ratio", found.ratio), ("difference_per_day", found.difference)):
        plain[name] = {part: _number(value) for part, value in asdict(interval).items()}
    return plain


def _number(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
