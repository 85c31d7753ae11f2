"""The question of the page that compares, as its form and its address write it, and its answer from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import Field
from sqlalchemy import Connection

from db.collection.sources.sources import find_names
from db.coverage.cells import period_start
from db.coverage.rankings import RankedEntity, rank_entities
from db.enums.coverage import CoverageSplit, Grain
from db.vocabulary.versions import find_labels
from web.shared.params import InvalidParameter, Names, get_entity, read_days
from web.shared.store import Store
from web.statistics.series import PageSplit, PeriodRange, SeriesParameters, check_day, read_range
from worker.coverage import series
from worker.coverage.comparisons import DayRange, compare_parts, compare_ranges
from worker.coverage.series import SeriesQuestion, ShownSeries, load_series
from worker.coverage.unusual import latest_day

ENTITIES_MAX = 20
_SPAN_DAYS_MAX = 4_000
_SUGGESTED = 100
_WEEKS = timedelta(weeks=12)


class CompareParameters(SeriesParameters):
    """Entities to compare, or the parts of one; with two ranges of days those ranges."""

    entity: Names = Field([], description="Id, label or alias; repeatable.")
    first: str = Field("", max_length=90, description="Days like 2021-12-01..2021-12-31 or 2021-12.")
    second: str = Field("", max_length=90, description="Days to compare with the first.")


def _compare_parameters(parameters: Annotated[CompareParameters, Query()]) -> CompareParameters:
    return parameters


AskedComparison = Annotated[CompareParameters, Depends(_compare_parameters)]
"""A parameter of a view: the comparison in its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCoverage:
    """Series beside each other, and two ranges of days compared if there are any."""

    entities: Sequence[str] = ()
    grain: Grain = Grain.DAY
    since: date | None = None
    until: date | None = None
    shown: ShownSeries | None = None
    spans: tuple[DayRange, DayRange] | None = None
    comparisons: Sequence[Mapping[str, Any]] = ()
    names: series.Names
    suggested: Sequence[RankedEntity] = ()
    """The most covered entities, for the form."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """What cannot be used, by field of the form."""
    now: datetime


def read_comparison(conn: Connection, parameters: CompareParameters, *, store: Store) -> ComparedCoverage:
    """Return the answer to a question, with its errors by field instead if it has any."""
    errors: dict[str, str] = {}
    now = store.now()
    entities = _find_entities(conn, parameters, errors)
    spans = _read_spans(conn, parameters, errors, store=store)
    asked = _read_days(conn, parameters, errors, store=store)
    if parameters.split != PageSplit.ALL and len(entities) > 1:
        errors["split"] = "only one entity can be split; name one, or choose none"
    frame: dict[str, Any] = {
        "names": series.Names(find_labels(conn), find_names(conn)),
        "suggested": _suggest(conn, latest_day(conn, now=now)),
        "now": now,
        "errors": errors,
        "entities": entities,
    }
    if errors or not entities or asked is None:
        return ComparedCoverage(**frame)
    split = CoverageSplit.from_value(parameters.split)
    question = SeriesQuestion(
        entities=entities,
        grain=asked.grain,
        split=split,
        level=parameters.level,
        since=asked.since,
        until=asked.until,
        has_voice=split == CoverageSplit.ALL,
    )
    comparisons: Sequence[Mapping[str, Any]] = ()
    if spans and split == CoverageSplit.ALL:
        comparisons = compare_ranges(conn, entities, spans, parameters.level)
    elif spans:
        comparisons = compare_parts(conn, entities[0], spans, parameters.level, split)
    return ComparedCoverage(
        **frame,
        grain=asked.grain,
        since=asked.since,
        until=asked.until,
        shown=load_series(conn, question, now=now, read_health=store.health),
        spans=spans,
        comparisons=comparisons,
    )


def _find_entities(conn: Connection, parameters: CompareParameters, errors: dict[str, str]) -> list[str]:
    found: dict[str, None] = {}
    for name in (name.strip() for name in parameters.entity):
        if not name:
            continue
        try:
            found[get_entity(conn, name)] = None
        except InvalidParameter as error:
            errors.setdefault("entity", _write(error))
    if len(found) > ENTITIES_MAX:
        errors["entity"] = f"at most {ENTITIES_MAX} entities can be compared"
    return list(found)[:ENTITIES_MAX]


def _read_days(
    conn: Connection, parameters: CompareParameters, errors: dict[str, str], *, store: Store
) -> PeriodRange | None:
    try:
        return read_range(conn, parameters, store=store)
    except InvalidParameter as error:
        errors[error.name] = _write(error)
        return None


def _read_spans(
    conn: Connection, parameters: CompareParameters, errors: dict[str, str], *, store: Store
) -> tuple[DayRange, DayRange] | None:
    written = {"first": parameters.first.strip(), "second": parameters.second.strip()}
    spans = []
    for name, text in written.items():
        try:
            spans.append(read_span(conn, name, text, store=store) if text else None)
        except InvalidParameter as error:
            errors[name] = _write(error)
    if any(written.values()) and not all(written.values()):
        missing = next(name for name, text in written.items() if not text)
        errors.setdefault(missing, "name both ranges of days, or neither")
    first, second = (*spans, None, None)[:2]
    return (first, second) if first and second and not errors else None


def read_span(conn: Connection, name: str, text: str, *, store: Store) -> DayRange:
    """Return the first and the last day of a range like 2022-01-01..2022-01-31. Raises InvalidParameter."""
    begin, _, end = text.partition("..")
    try:
        first, last = read_days(conn, begin, end or begin, store=store)
        if first is None or last is None:
            raise InvalidParameter(name, f"{text!r} is not like 2022-01-01..2022-01-31")
        if (check_day(name, last) - check_day(name, first)).days >= _SPAN_DAYS_MAX:
            raise InvalidParameter(name, f"more than {_SPAN_DAYS_MAX:,} days; choose a shorter range")
    except InvalidParameter as error:
        raise InvalidParameter(name, error.message, error.hint) from None
    return first, last


def _write(error: InvalidParameter) -> str:
    return f"{error.message}{'; ' if error.hint else ''}{error.hint}"


def _suggest(conn: Connection, day: date) -> Sequence[RankedEntity]:
    return rank_entities(conn, period_start(day - _WEEKS, Grain.WEEK), day, limit=_SUGGESTED)
