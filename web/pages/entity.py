"""The page of an entity: its coverage over time, where it comes from, and the articles behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from db.articles.filters import Lack
from db.coverage.cells import period_start
from db.coverage.first_seen import TopStory
from db.enums.coverage import CoverageSplit
from db.vocabulary.versions import find_entity
from web.answers.page import Format, respond
from web.answers.render import show_days
from web.answers.tables import PageTable
from web.charts.heat import plot_heat
from web.charts.parts import ChartEvent, Spec
from web.charts.series import plot_series
from web.shared.links import change_query, entity_address, page_address, search_address
from web.shared.params import UnknownPage
from web.shared.store import Reading
from web.statistics.profiles import EntityProfile, read_profile
from web.statistics.series import (
    GRAIN_NAMES,
    LEVEL_NAMES,
    SPLIT_NAMES,
    AskedSeries,
    SeriesLinks,
    draw_course,
    link_part,
    name_level,
    series_columns,
    series_records,
)
from worker.coverage.profile import PartCount, UnusualDays
from worker.coverage.series import describe_undated
from worker.coverage.stats.series import Point, format_period
from worker.search.hits import FoundArticle
from worker.search.lookup import UnknownName, find_entity_ids
from worker.search.records import list_record

router = APIRouter(include_in_schema=False)
_ROWS_MAX = 400


class EntityPage:
    """The content of the page of an entity."""

    template = "entity.html"
    splits = tuple(SPLIT_NAMES.items())
    grains = GRAIN_NAMES
    levels = LEVEL_NAMES

    def __init__(self, profile: EntityProfile) -> None:
        self.profile = profile
        self.entity = profile.entity
        self.title = profile.entity.label
        self.now = profile.now
        self.outlet_names = profile.names.parts
        self.is_split = profile.shown.split != CoverageSplit.ALL
        self.links = SeriesLinks(profile.shown, profile.grain, profile.parameters.level)

    def record(self) -> dict[str, Any]:
        """Return the series as `steppewatch coverage` writes it, with all that stands beside it."""
        known = self.profile
        return {
            "entity": asdict(self.entity),
            "since": known.since.isoformat(),
            "until": known.until.isoformat(),
            "by": known.grain,
            "level": known.parameters.level,
            "split": known.parameters.split,
            "series": series_records(known.shown),
            "bursts": [_plain(asdict(burst)) for burst in known.bursts],
            "sources": [asdict(count) for count in known.outlets],
            "languages": [asdict(count) for count in known.languages],
            "genres": [asdict(count) for count in known.genres],
            "named_together": [_plain(asdict(companion)) for companion in known.companions],
            "stories": [asdict(story) for story in known.stories],
            "names": [asdict(name) for name in known.aliases],
            "latest": [list_record(found.article) for found in known.latest],
        }

    def table(self) -> PageTable:
        """Return the series, a row for each period and part."""
        shown = self.profile.shown
        return PageTable.of_records(series_columns(shown), series_records(shown))

    def articles(self) -> Sequence[FoundArticle]:
        """Return the latest articles."""
        return self.profile.latest

    @property
    def total(self) -> int:
        """The articles of the whole range."""
        return sum(count.articles for count in self.profile.outlets)

    @property
    def per_day(self) -> str:
        """The mean of articles a day."""
        days = (self.profile.until - self.profile.since).days + 1
        return f"{self.total / days:,.1f}" if self.total > days else f"{self.total / days:.2g}"

    @property
    def mentions(self) -> int:
        """The mentions of the whole range."""
        return sum(count.mentions for count in self.profile.outlets)

    @property
    def remarks(self) -> Sequence[tuple[str, str]]:
        """Sentences on articles without a date, each with the address of those articles."""
        links = (search_address(**self.filters, lacks=Lack.DATE), self.undated_link)
        numbers = self.profile.shown.without_date
        found = [link for link, number in zip(links, numbers, strict=True) if number]
        return list(zip(describe_undated(self.profile.shown), found, strict=True))

    @property
    def mentions_link(self) -> str:
        """The address of the table of the mentions."""
        return page_address("/exports", kind="mentions", **self.filters)

    def point_mentions_link(self, point: Point) -> str:
        """Return the address of the table of the mentions of a period, of the whole material."""
        days = {"since": self.profile.shown.begins[point.period], "until": self.links.last_day(point.period)}
        return page_address("/exports", kind="mentions", **{**self.filters, **days})

    @property
    def lines(self) -> Sequence[tuple[str, Sequence[Point]]]:
        """The points by part, with its name, the most articles first."""
        lines = self.profile.shown.lines()
        ranked = sorted(lines.items(), key=lambda line: -sum(point.counts.articles for point in line[1]))
        return [
            (self.profile.names.part(part) if self.is_split else self.title, points) for (_, part), points in ranked
        ]

    @property
    def rows(self) -> Sequence[Point]:
        """The periods with articles or with impaired collection, the latest first."""
        shown = self.profile.shown
        told = [point for point in reversed(shown.points) if point.counts.articles or shown.flag(point)]
        return told[:_ROWS_MAX]

    @property
    def spec(self) -> Spec:
        """The chart of the series."""
        drawn = [self.links.line(points, points[0].part or self.entity.id, name) for name, points in self.lines]
        return plot_series(self.links.periods(), drawn, per=self.profile.grain, events=self._events())

    def _events(self) -> list[ChartEvent]:
        grain = self.profile.grain
        return [
            ChartEvent(
                period=format_period(period_start(burst.day, grain), grain),
                text=f"{burst.articles:,} articles, {burst.expected:g} expected",
                href=self.burst_link(burst),
            )
            for burst in self.profile.bursts
        ]

    @property
    def heat_spec(self) -> Spec:
        """The chart of outlets against time."""
        heat = self.profile.heat
        return plot_heat(heat.periods, heat.lines, per=heat.per)

    @property
    def heat_course(self) -> str:
        """The sparkline in place of the heat map: that of the largest outlet."""
        line = self.profile.heat.lines[0]
        labels = {period.label: period.begins for period in self.profile.heat.periods}
        return draw_course(line.articles, line.name, labels, is_large=True)

    @property
    def caption(self) -> str:
        """The text below the chart."""
        shown = self.profile.shown
        parts = [f"{show_days(self.profile.since, self.profile.until)}, articles a {self.profile.grain}"]
        if self.is_split:
            parts.append(f"the largest of {len(self.lines)} by {self.split_name}")
        if any(self.links.explains_fall(period) for period in shown.begins):
            parts.append("shaded: so much was not collected that a fall may be ours")
        return "; ".join(parts) + ". A point leads to its articles."

    def course(self, points: Sequence[Point], name: str, *, is_large: bool = False) -> str:
        """Return the sparkline of a line."""
        articles = [point.counts.articles for point in points]
        return draw_course(articles, name, self.profile.shown.begins, is_large=is_large)

    def burst_link(self, burst: UnusualDays) -> str:
        """Return the address of the articles of a burst."""
        return search_address(entity=self.entity.id, since=burst.since, until=burst.day)

    def part_link(self, split: str, count: PartCount) -> str | None:
        """Return the address of the articles of a part in the whole range."""
        return link_part(split, count.part, **self.filters)

    def line_link(self, part: str) -> str | None:
        """Return the address of the articles of a line in the whole range."""
        return link_part(self.profile.shown.split, part, **self.filters)

    @property
    def split_name(self) -> str:
        """The name of the split in a sentence."""
        return SPLIT_NAMES[self.profile.parameters.split]

    def all_link(self) -> str:
        """Return the address of all articles of the range."""
        return search_address(**self.filters)

    @property
    def undated_link(self) -> str:
        """The address of the articles that count on no day."""
        level = name_level(self.profile.parameters.level)
        return search_address(entity=self.entity.id, level=level, lacks=Lack.DAY)

    def together_link(self, other: str) -> str:
        """Return the address of the articles that count as naming this entity and another one."""
        return search_address(together=[self.entity.id, other], **self.days)

    @property
    def days(self) -> Mapping[str, date]:
        """The range as parameters of an address."""
        return {"since": self.profile.since, "until": self.profile.until}

    @property
    def filters(self) -> Mapping[str, str | date]:
        """The entity, the level of its mentions and the range, as parameters of an address."""
        return {"entity": self.entity.id, "level": name_level(self.profile.parameters.level), **self.days}

    @property
    def copied(self) -> Sequence[TopStory]:
        """The stories with several articles."""
        return [story for story in self.profile.stories if story.articles > 1]

    @property
    def names_by_language(self) -> Sequence[tuple[str, Sequence[str]]]:
        """The names of the vocabulary by language, each once."""
        ordered = sorted(self.profile.aliases, key=lambda name: name.language)
        return [
            (language, list(dict.fromkeys(name.text for name in names)))
            for language, names in groupby(ordered, key=lambda name: name.language)
        ]


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in record.items()}


@router.get("/entities/{name:path}")
def show_entity(name: str, request: Request, store: Reading, format: Format, parameters: AskedSeries) -> Response:
    """Return the page of an entity; another of its names leads to the address with its id."""
    with store.reading() as conn:
        entity_id = _find(conn, name)
        entity = find_entity(conn, entity_id)
        if entity is None:
            raise HTTPException(404)
        if entity_id != name:
            return RedirectResponse(change_query(entity_address(entity_id), request.query_params.multi_items(), {}))
        profile = read_profile(conn, entity, parameters, store=store)
    return respond(request, EntityPage(profile), format)


def _find(conn: Connection, name: str) -> str:
    try:
        return find_entity_ids(conn, [name[:300]])[0]
    except UnknownName as error:
        hint = f"; {error.hint}" if error.hint else ""
        similar = {candidate: entity_address(candidate) for candidate in error.candidates}
        raise UnknownPage(f"{error.message}{hint}", similar | {"all entities": "/entities"}) from None
