"""Coverage of a large store: its facts, series and cells as rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from benchmarks.bigstore.cells import CellSeries, Counter, FactRows, make_facts
from benchmarks.bigstore.loading import Loader, Row
from benchmarks.bigstore.material import Material
from benchmarks.bigstore.plan import DAYS, Numbers, Plan
from benchmarks.bigstore.words import LANGUAGES
from db.coverage.cells import TOTAL, UNDATED
from db.coverage.first_days import key_has_first_day
from db.enums.articles import Genre
from db.enums.coverage import CoverageSplit
from db.models import CoverageFact, CoverageSeries
from db.models.base import Base


def write_coverage(loader: Loader, plan: Plan, material: Material, first: date) -> dict[str, int]:
    """Write facts, series and cells; return their numbers."""
    level = material.levels(plan.language[plan.owner], plan.entity, plan.alias)
    facts = make_facts(plan, level)
    loader.write("coverage_facts", _columns(CoverageFact), _fact_rows(plan, facts, material, first))
    names, parts = _parts(plan, material)
    counter = Counter(plan, facts, first=first, days=DAYS, parts=parts)
    ids, cells = 0, 0
    for series in counter.iter_series():
        number, rows = _number(series)
        whose = zip(*(column.tolist() for column in rows), strict=True)
        part_names = names.get(series.split, material.entities)
        firsts = _find_first_days(series, number)
        loader.write(
            "coverage_series",
            _columns(CoverageSeries),
            (
                (ids + place, _name(material, who), series.grain.value, series.split.value, series.level.value,
                 part_names[part], first_on)
                for place, ((who, part), first_on) in enumerate(zip(whose, firsts, strict=True), 1)
            ),
        )  # fmt: skip
        loader.write_cells(number + ids + 1, series)
        ids, cells = ids + len(rows[0]), cells + len(number)
    return {"facts": len(facts.entity), "cells": cells, "series": ids}


def _name(material: Material, entity: int) -> str:
    return TOTAL if entity < 0 else material.entities[entity]


def _number(series: CellSeries) -> tuple[Numbers, tuple[Numbers, Numbers]]:
    """Return the series of each cell, from 0, and of each series its entity and part."""
    if not len(series.entity):
        return series.entity, (series.entity, series.part)
    is_new = (np.diff(series.entity, prepend=-9) != 0) | (np.diff(series.part, prepend=-9) != 0)
    return np.cumsum(is_new) - 1, (series.entity[is_new], series.part[is_new])


def _find_first_days(series: CellSeries, number: Numbers) -> Iterator[str | None]:
    """Yield the first day of each series of those that have one, as the recount stores it."""
    has_first = key_has_first_day(series.grain, series.split, series.level)
    dated = np.where([day > UNDATED for day in series.buckets], np.arange(len(series.buckets)), len(series.buckets))
    first = np.full(int(number[-1]) + 1 if len(number) else 0, len(series.buckets))
    np.minimum.at(first, number, dated[series.bucket])
    for place in first.tolist():
        yield series.buckets[place].isoformat() if has_first and place < len(series.buckets) else None


def _parts(plan: Plan, material: Material) -> tuple[dict[CoverageSplit, list[str]], dict[CoverageSplit, Numbers]]:
    """Return the names of the parts of each split, and the part of each article."""
    countries = sorted({outlet.country or "" for outlet in material.outlets})
    country = np.array([countries.index(outlet.country or "") for outlet in material.outlets])
    names = {
        CoverageSplit.ALL: [""],
        CoverageSplit.SOURCE: [outlet.id for outlet in material.outlets],
        CoverageSplit.LANG: list(LANGUAGES),
        CoverageSplit.COUNTRY: countries,
        CoverageSplit.GENRE: [*(genre.value for genre in Genre), ""],
    }
    parts = {
        CoverageSplit.ALL: np.zeros_like(plan.day),
        CoverageSplit.SOURCE: plan.outlet,
        CoverageSplit.LANG: plan.language,
        CoverageSplit.COUNTRY: country[plan.outlet],
        CoverageSplit.GENRE: plan.genre,
    }
    return names, parts


def _fact_rows(plan: Plan, facts: FactRows, material: Material, first: date) -> Iterator[Row]:
    """Yield the rows of facts in the order of their key."""
    days = [UNDATED.isoformat(), *(f"{first + timedelta(days=place)}" for place in range(DAYS))]
    day = np.where(plan.is_of_no_day, 0, plan.day + 1)[facts.article]
    order = np.lexsort((facts.article, day, facts.entity))
    for begin in range(0, len(order), 100_000):
        rows = order[begin : begin + 100_000]
        columns = (facts.entity, day, facts.article, *facts.mentions, *facts.in_title, facts.place)
        for entity, on, article, *counts, place in zip(*(column[rows].tolist() for column in columns), strict=True):
            yield _name(material, entity), days[on], article + 1, *counts, place if place >= 0 else None


def _columns(model: type[Base]) -> str:
    return ", ".join(column.name for column in model.__table__.columns)
