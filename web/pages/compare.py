"""The page that compares: share of voice over time, and two ranges of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from db.enums.coverage import CoverageSplit
from web.answers.page import Format, PageFormat, respond
from web.answers.tables import PageTable
from web.charts.bars import ChartChange, describe_interval, plot_comparison
from web.charts.parts import Spec
from web.charts.share import plot_share
from web.shared.params import InvalidParameter
from web.shared.store import Reading
from web.statistics.comparing import AskedComparison, ComparedCoverage, CompareParameters, read_comparison
from web.statistics.series import (
    GRAIN_NAMES,
    LEVEL_NAMES,
    SPLIT_NAMES,
    PageSplit,
    SeriesLinks,
    draw_course,
    link_part,
    name_level,
    series_columns,
    series_records,
)
from worker.coverage.comparisons import comparison_record
from worker.coverage.stats.compare import Interval
from worker.coverage.stats.series import Point, share

router = APIRouter(include_in_schema=False)
_INPUTS, _LINES, _ROWS_MAX = 4, 8, 400
_COMPARED = (
    "entity",
    "part",
    "first",
    "second",
    "articles_first",
    "articles_second",
    "stories_first",
    "stories_second",
)
_INTERVALS = ("ratio", "difference_per_day")


class ComparePage:
    """The content of the page that compares."""

    template = "compare.html"
    title = "Compare"
    splits = tuple(SPLIT_NAMES.items())
    grains = GRAIN_NAMES
    levels = LEVEL_NAMES

    def __init__(self, parameters: CompareParameters, answer: ComparedCoverage) -> None:
        self.parameters, self.answer = parameters, answer
        self.errors = answer.errors
        self.now = answer.now
        self.is_split = parameters.split != PageSplit.ALL
        self.split_name = SPLIT_NAMES[parameters.split] if self.is_split else "entity"
        self.lines = self._rank_lines()
        self._totals = [sum(column) for column in zip(*(map(_articles, line) for _, line in self.lines), strict=True)]
        self.total = sum(self._totals)
        self.most = max((sum(map(_articles, line)) for _, line in self.lines), default=0)
        """The articles of the largest line."""

    def _rank_lines(self) -> list[tuple[str, Sequence[Point]]]:
        """Return the points of each entity or part with its id, the most articles first in a split."""
        if self.answer.shown is None:
            return []
        lines: list[tuple[str, Sequence[Point]]] = [
            (part if self.is_split else entity, line) for (entity, part), line in self.answer.shown.lines().items()
        ]
        return sorted(lines, key=lambda line: -sum(map(_articles, line[1]))) if self.is_split else lines

    def record(self) -> dict[str, Any]:
        """Return the series with the shares of voice, and the comparison."""
        asked, answer = self.parameters, self.answer
        return {
            "entities": list(answer.entities),
            "since": answer.since.isoformat() if answer.since else None,
            "until": answer.until.isoformat() if answer.until else None,
            "by": answer.grain,
            "level": asked.level,
            "split": asked.split,
            "series": self._series(),
            "comparisons": [comparison_record(record) for record in answer.comparisons],
        }

    def table(self) -> PageTable:
        """Return the comparison of two ranges of days if there is one, else the series."""
        if self.answer.spans:
            names = [f"{name}{end}" for name in _INTERVALS for end in ("", "_low", "_high")]
            return PageTable.of_records((*_COMPARED, *names), [_flat(record) for record in self.answer.comparisons])
        if self.answer.shown is None:
            return PageTable(("period", "entity", "articles"), [])
        columns = series_columns(self.answer.shown)
        return PageTable.of_records(columns if "voice" in columns else [*columns, "voice"], self._series())

    def _series(self) -> list[dict[str, Any]]:
        """Return the points as records; in a split with the share of each part in the articles of its period."""
        shown = self.answer.shown
        if shown is None:
            return []
        records = series_records(shown)
        if not self.is_split:
            return records
        totals = dict(zip(shown.begins, self._totals, strict=True)) if self.lines else {}
        return [record | {"voice": share(record["articles"], totals.get(record["period"], 0))} for record in records]

    @property
    def fields(self) -> Sequence[str]:
        """The values of the fields for entities, some of them empty."""
        written = [name for name in self.parameters.entity if name.strip()]
        return [*written, *[""] * max(1, _INPUTS - len(written))]

    def name(self, key: str) -> str:
        """Return the name of an entity or part."""
        return self.answer.names.part(key) if self.is_split else self.answer.names.entity(key)

    def course(self, key: str, line: Sequence[Point], *, is_large: bool = False) -> Markup:
        """Return the sparkline of an entity or part."""
        assert self.answer.shown is not None
        return draw_course(list(map(_articles, line)), self.name(key), self.answer.shown.begins, is_large=is_large)

    def voice(self, articles: int) -> float | None:
        """Return the share of a number of articles in all those compared."""
        return share(articles, self.total)

    def link(self, key: str, since: date | None = None, until: date | None = None) -> str | None:
        """Return the address of the articles of an entity or part in a range of days, by default the whole."""
        days = {"since": since or self.answer.since, "until": until or self.answer.until}
        filters = days | {"level": name_level(self.parameters.level)}
        if self.is_split:
            return link_part(self.parameters.split, key, entity=self.answer.entities[0], **filters)
        return link_part(CoverageSplit.ALL, "", entity=key, **filters)

    def point_link(self, point: Point) -> str | None:
        """Return the address of the articles of a point."""
        return self._links.point(point)

    @property
    def _links(self) -> SeriesLinks:
        assert self.answer.shown is not None
        return SeriesLinks(self.answer.shown, self.answer.grain, self.parameters.level)

    @property
    def spec(self) -> Spec:
        """The chart of the shares."""
        links = self._links
        drawn = [links.line(line, key, self.name(key)) for key, line in self.lines]
        return plot_share(links.periods(), drawn, per=self.answer.grain)

    @property
    def change_spec(self) -> Spec:
        """The chart of the two ranges of days."""
        assert self.answer.spans is not None
        changes = [
            ChartChange(
                key=self.read_key(record),
                name=self.name(self.read_key(record)),
                articles=(record["articles"][0], record["articles"][1]),
                comparison=record["comparison"],
                href=self.link(self.read_key(record), *self.answer.spans[1]),
            )
            for record in self.answer.comparisons
        ]
        first, second = (f"{begin} to {end}" for begin, end in self.answer.spans)
        return plot_comparison(changes, periods=(first, second))

    def read_key(self, record: Mapping[str, Any]) -> str:
        """Return the part or the entity of a comparison."""
        return str(record["part"] if self.is_split else record["entity"])

    @property
    def rows(self) -> Sequence[tuple[str, Sequence[Point]]]:
        """The periods with articles, the latest first, with a point for each of the first lines."""
        several = [line for _, line in self.lines[:_LINES]]
        periods = [points for points in zip(*several, strict=True) if any(map(_articles, points))]
        return [(points[0].period, points) for points in reversed(periods)][:_ROWS_MAX]

    def describe(self, interval: Interval) -> str:
        """Return an estimate with its interval."""
        return describe_interval(interval)


def _articles(point: Point) -> int:
    return point.counts.articles


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a comparison as a row of the CSV."""
    known = comparison_record(record)
    row = {"entity": known["entity"], "part": known.get("part")}
    row |= dict(zip(("first", "second"), known["periods"], strict=True))
    for name in ("articles", "stories"):
        row |= dict(zip((f"{name}_first", f"{name}_second"), known.get(name, (None, None)), strict=True))
    for name in _INTERVALS:
        found = known[name]
        row |= {name: found["value"], f"{name}_low": found["low"], f"{name}_high": found["high"]}
    return row


@router.get("/compare")
def show_comparison(request: Request, store: Reading, format: Format, parameters: AskedComparison) -> Response:
    """Return the comparison, or the form with what is wrong in it."""
    with store.reading() as conn:
        answer = read_comparison(conn, parameters, store=store)
    if answer.errors and format is not PageFormat.HTML:
        name, message = next(iter(answer.errors.items()))
        raise InvalidParameter(name, message)
    return respond(request, ComparePage(parameters, answer), format, 422 if answer.errors else 200)
