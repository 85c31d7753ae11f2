"""Series of coverage in pages: the question in an address, the links behind its numbers, its charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Query
from markupsafe import Markup
from pydantic import BaseModel, Field, field_validator
from sqlalchemy import Connection

from db.articles.filters import Lack
from db.coverage.cells import period_end, period_start, span
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from web.charts.parts import ChartLine, ChartPeriod
from web.charts.sparkline import draw_sparkline
from web.shared.links import Value, search_address
from web.shared.params import InvalidParameter, read_days
from web.shared.store import Store
from worker.coverage.series import ShownSeries, point_record
from worker.coverage.stats.series import Point
from worker.coverage.unusual import latest_day

PERIODS_MAX = 2_000
"""Maximum number of periods of a page: five years of days."""
_COMPLETE, _ALIVE = 0.95, 0.9
"""With a lesser share of the articles seen, or of outlets collected without gaps, a chart is shaded."""
_DAYS_MAX, _SPLIT_DAYS_MAX, _WEEKS_MAX = 400, 120, 200
"""Without a grain in the address, the longest range that is shown by day, in days (of several lines, which would hide
each other: fewer), and by week, in weeks."""
_LEAST_DAYS = 14
"""Days that are shown at least, also of a collection that has just begun."""
_USUAL_DAYS = {Grain.DAY: 90, Grain.WEEK: 364, Grain.MONTH: 1_096}


class PageSplit(StrEnum):
    """The splits that pages show."""

    ALL = CoverageSplit.ALL
    SOURCE = CoverageSplit.SOURCE
    LANG = CoverageSplit.LANG
    COUNTRY = CoverageSplit.COUNTRY
    GENRE = CoverageSplit.GENRE


_OTHER_SCRIPTS = {"kk": "kk-Latn", "uz": "uz-Cyrl"}
SPLIT_NAMES = {
    PageSplit.ALL: "none",
    PageSplit.SOURCE: "outlet",
    PageSplit.LANG: "language",
    PageSplit.COUNTRY: "country",
    PageSplit.GENRE: "genre",
}
GRAIN_NAMES = (("", "automatic"), *((grain, grain) for grain in Grain))
LEVEL_NAMES = (
    (CoverageLevel.ALL, "all"),
    (CoverageLevel.NAME, "by name"),
    (CoverageLevel.DEMONYM, "by a people"),
    (CoverageLevel.CONCEPT, "by an idea"),
)


class SeriesParameters(BaseModel):
    """A series in an address: days, grain, level and split; empty values are those that are usual."""

    since: str = Field("", max_length=40, description="First day: 2022-01-05, 2022-01, 2022, today, yesterday or 90d.")
    until: str = Field("", max_length=40, description="Last day, in the same ways: 2022 ends in December.")
    by: Grain | None = Field(None, description="Length of a period; by default as fits the range.")
    level: CoverageLevel = Field(CoverageLevel.ALL, description="Only mentions of this level.")
    split: PageSplit = Field(PageSplit.ALL, description="Count per outlet, language, country or genre.")

    @field_validator("by", "level", "split", mode="before")
    @classmethod
    def _leave_out(cls, value: Any, info: Any) -> Any:
        return cls.model_fields[info.field_name].default if value == "" else value


def _series_parameters(parameters: Annotated[SeriesParameters, Query()]) -> SeriesParameters:
    return parameters


AskedSeries = Annotated[SeriesParameters, Depends(_series_parameters)]
"""A parameter of a view: the series in its address."""


@dataclass(frozen=True, slots=True)
class PeriodRange:
    """The whole periods that a page shows: their grain, the first and the last day."""

    grain: Grain
    since: date
    until: date


def read_range(conn: Connection, parameters: SeriesParameters, *, store: Store) -> PeriodRange:
    """Return the periods that an address asks for. Raises InvalidParameter."""
    first, last = read_days(conn, parameters.since, parameters.until, store=store)
    last = last or max(latest_day(conn, now=store.now()), first or date.min)
    check_day("until", last)
    first = first or _usual_first(conn, last, _USUAL_DAYS[parameters.by or Grain.DAY])
    check_day("since", first)
    grain = parameters.by or _fit_grain((last - first).days, is_split=parameters.split != PageSplit.ALL)
    days = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 28}[grain]
    if (last - first).days // days > PERIODS_MAX:
        longer = "choose a shorter range" if grain is Grain.MONTH else "choose longer ones, or a shorter range"
        raise InvalidParameter("since", f"{first} to {last} is more than {PERIODS_MAX:,} {grain}s", longer)
    until = period_end(period_start(last, grain), grain) - timedelta(days=1)
    return PeriodRange(grain, period_start(first, grain), until)


def _usual_first(conn: Connection, last: date, days: int) -> date:
    """Return the first of the usual number of days, but none long before the first article of all."""
    known = span(conn)
    least = last - timedelta(days=_LEAST_DAYS - 1)
    return max(last - timedelta(days=days - 1), min(known[0], least) if known else date.min)


def _fit_grain(days: int, *, is_split: bool) -> Grain:
    most = _SPLIT_DAYS_MAX if is_split else _DAYS_MAX
    return Grain.DAY if days <= most else Grain.WEEK if days <= 7 * _WEEKS_MAX else Grain.MONTH


def check_day(name: str, day: date) -> date:
    """Return the day. Raises InvalidParameter for one at an end of the calendar, beside which there are no others."""
    if day.year >= date.max.year or day.year <= date.min.year + 100:
        raise InvalidParameter(name, "there are no articles at the end of time", "choose a year like 2022")
    return day


def name_level(level: CoverageLevel) -> str:
    """Return the level of mentions as a filter of the search; empty for all."""
    return "" if level == CoverageLevel.ALL else str(level)


def link_part(split: str, part: str, **filters: Value) -> str | None:
    """Return the address of the articles of a part, which is empty where it is unknown; None if no filter finds it."""
    if split == CoverageSplit.ALL:
        return search_address(**filters)
    if not part:
        return search_address(**filters, lacks=split) if split in tuple(Lack) else None
    if split == CoverageSplit.COUNTRY:
        return search_address(country=part, **filters)  # exactly: the query country:RU has RU/UZ too
    if split == CoverageSplit.LANG and part in _OTHER_SCRIPTS:  # the filter would include the other script
        return search_address(q=f"lang:{part} NOT lang:{_OTHER_SCRIPTS[part]}", **filters)
    return search_address(**filters, **{str(split): part})


@dataclass(frozen=True, slots=True)
class SeriesLinks:
    """The addresses of the articles behind the points of a series."""

    shown: ShownSeries
    grain: Grain
    level: CoverageLevel = CoverageLevel.ALL

    def last_day(self, period: str) -> date:
        """Return the last day of a period."""
        return period_end(self.shown.begins[period], self.grain) - timedelta(days=1)

    def point(self, point: Point) -> str | None:
        """Return the address for a point; None if no list holds exactly its articles, or there are none."""
        if not point.counts.articles or point.period not in self.shown.begins:
            return None
        days = {"since": self.shown.begins[point.period], "until": self.last_day(point.period)}
        return link_part(self.shown.split, point.part, entity=point.entity, level=name_level(self.level), **days)

    def periods(self) -> list[ChartPeriod]:
        """Return the periods of a chart."""
        return [
            ChartPeriod(
                label=label,
                begins=begins,
                after=period_end(begins, self.grain),
                is_impaired=self.explains_fall(label),
                complete=self.shown.complete(label, ""),
            )
            for label, begins in self.shown.begins.items()
        ]

    def explains_fall(self, period: str) -> bool:
        """Return whether so much was not collected in a period that a fall may be ours.

        One of a hundred outlets is impaired on most days, which explains none.
        """
        if not self.shown.is_impaired(period):
            return False
        complete, alive = self.shown.complete(period, ""), self.shown.alive(period)
        return complete is None or complete < _COMPLETE or (alive is not None and alive < _ALIVE)

    def line(self, points: Sequence[Point], key: str, name: str) -> ChartLine:
        """Return the line of a chart for the points of one entity or part."""
        return ChartLine(
            key=key,
            name=name,
            articles=[point.counts.articles for point in points],
            stories=[point.counts.stories for point in points],
            hrefs=[self.point(point) for point in points],
            impaired=[self.shown.flag(point) for point in points],
        )


def series_records(shown: ShownSeries) -> list[dict[str, Any]]:
    """Return the points as `steppewatch coverage --format json` writes them."""
    return [point_record(shown, point) for point in (*shown.points, *shown.undated)]


def series_columns(shown: ShownSeries) -> list[str]:
    """Return the columns of the CSV of a series."""
    split = [] if shown.split == CoverageSplit.ALL else [str(shown.split)]
    counts = ["articles", "stories", "mentions", "in_title", "scope_articles", "scope_stories", "undated"]
    shares = ["share", "stories_share"] if shown.totals else []
    voices = ["voice", "stories_voice"] if shown.voices else []
    return ["period", "entity", *split, *counts, *shares, *voices, "alive", "complete", "impaired"]


def draw_course(articles: Sequence[int], name: str, shown: Mapping[str, date], *, is_large: bool = False) -> Markup:
    """Return a sparkline of the articles of consecutive periods; `shown` are the labels of the periods."""
    labels = list(shown)
    span = f", {labels[0]} to {labels[-1]}" if labels else ""
    top = max(articles, default=0)
    label = f"{name}: {sum(articles):,} articles{span}, at most {top:,} in one period"
    if is_large:
        return draw_sparkline(articles, label=label, width=720, height=120, css_class="spark wide-spark")
    return draw_sparkline(articles, label=label, css_class="spark")
