"""The outlets, and one outlet: how it is collected, what may be missing, and how much it copies and is copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from db.articles.counting_day import day_at
from db.articles.filters import Filters
from db.articles.lists.echoes import Echo, read_echo
from db.collection.feeds.days import OutletPollDay, list_outlet_days
from db.collection.feeds.losses import find_newest, measure_losses
from db.collection.sources.sources import list_sources
from db.coverage.cells import TOTAL
from db.enums.coverage import CoverageSplit, Grain
from db.status import OutletState, read_outlet_states
from web.answers.page import Format, respond
from web.answers.render import count_things
from web.answers.tables import PageTable
from web.charts.parts import ChartLine, ChartPeriod, Spec
from web.charts.series import plot_series
from web.charts.sparkline import draw_sparkline
from web.shared.hubs import describe_outlet_hubs
from web.shared.links import outlet_address, search_address
from web.shared.params import InvalidParameter, UnknownPage, get_source
from web.shared.store import Reading, Store
from worker.catalogue.records import outlet_record, outlet_row_record
from worker.coverage.health import collection_health_by_day
from worker.coverage.series import SeriesQuestion, ShownSeries, load_series, point_record
from worker.coverage.stats.series import Counts
from worker.search.hits import FoundArticle, list_newest

_DAYS, _POLL_DAYS, _LATEST = 90, 14, 12
TROUBLE = (OutletState.FAILING, OutletState.IMPAIRED)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletsPage:
    """The list of outlets."""

    rows: Sequence[Mapping[str, Any]]
    """One record for each outlet, as `source list` prints it."""
    state: str
    now: datetime
    template = "outlets.html"
    title = "Outlets"
    columns = (
        "id",
        "name",
        "country",
        "languages",
        "kind",
        "collected_by",
        "state",
        "feeds",
        "articles",
        "latest_at",
        "newest_at",
        "complete",
        "last_error",
    )

    @property
    def states(self) -> Mapping[str, int]:
        """The number of outlets in each state, over all outlets."""
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[str(row["state"])] = counts.get(str(row["state"]), 0) + 1
        return dict(sorted(counts.items(), key=lambda item: -item[1]))

    @property
    def shown(self) -> Sequence[Mapping[str, Any]]:
        """The outlets in the chosen state: those in trouble first, then by name."""
        chosen = [row for row in self.rows if not self.state or row["state"] == self.state]
        return sorted(chosen, key=lambda row: (row["state"] not in TROUBLE, str(row["name"]).casefold()))

    def record(self) -> list[Mapping[str, Any]]:
        """Return the outlets as `source list --format json` prints them."""
        return list(self.shown)

    def table(self) -> PageTable:
        """Return the outlets."""
        return PageTable.of_records(self.columns, [dict(row) for row in self.shown])


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletPage:
    """One outlet."""

    facts: Mapping[str, Any]
    """The record of the outlet, as `source show` prints it."""
    state: str
    series: ShownSeries
    days: tuple[date, date]
    polls: Sequence[OutletPollDay]
    echo: Echo
    found: Sequence[FoundArticle]
    now: datetime
    template = "outlet.html"

    @property
    def title(self) -> str:
        """The name of the outlet."""
        return str(self.facts["name"])

    @property
    def counts(self) -> list[int]:
        """The number of articles on each day."""
        return [point.counts.articles for point in self.series.points]

    @property
    def impaired_days(self) -> int:
        """The number of days on which its collection was impaired."""
        return sum(self.series.flag(point) for point in self.series.points)

    @property
    def chart(self) -> Spec:
        """The articles a day, with the days of impaired collection."""
        return plot_series(self._periods(), [self._line()], per="day")

    @property
    def sparkline(self) -> Markup:
        """The same as a small line."""
        label = f"{count_things(sum(self.counts), 'article')} in {len(self.counts)} days"
        return draw_sparkline(self.counts, label=label, width=640, height=80)

    def list_link(self, **filters: str) -> str:
        """Return the address of its articles on the days of the reprints, optionally only of some."""
        return search_address(source=str(self.facts["id"]), **filters, since=self.days[0], until=self.days[1])

    def reprints_link(self, outlet: str = "") -> str:
        """Return the address of the reprints of its articles on these days, optionally only those of an outlet."""
        outlet_id = str(self.facts["id"])
        return search_address(source=outlet, reprints_of=outlet_id, since=self.days[0], until=self.days[1])

    def _periods(self) -> list[ChartPeriod]:
        outlet = str(self.facts["id"])
        return [
            ChartPeriod(
                label=label,
                begins=begins,
                after=begins + timedelta(days=1),
                is_impaired=self.series.is_impaired(label, outlet),
                complete=self.series.complete(label, outlet),
            )
            for label, begins in self.series.begins.items()
        ]

    def _line(self) -> ChartLine:
        outlet, points = str(self.facts["id"]), {point.period: point for point in self.series.points}
        counts = [points[label].counts if label in points else Counts() for label in self.series.begins]
        return ChartLine(
            key=outlet,
            name=self.title,
            articles=[count.articles for count in counts],
            stories=[count.stories for count in counts],
            hrefs=[search_address(source=outlet, since=label, until=label) for label in self.series.begins],
        )

    def articles(self) -> Sequence[FoundArticle]:
        """Return its latest articles."""
        return self.found

    def record(self) -> dict[str, Any]:
        """Return the outlet with its articles by day, its polls by day, and its reprints."""
        return {
            **self.facts,
            "state": self.state,
            "echo": {**asdict(self.echo), "echo_share": self.echo.echo_share},
            "polls": [asdict(day) | {"day": day.day.isoformat()} for day in self.polls],
            "days": self._day_records(),
        }

    def table(self) -> PageTable:
        """Return its articles and stories by day, with the health of the collection."""
        columns = ("period", "articles", "stories", "mentions", "complete", "impaired")
        return PageTable.of_records(columns, self._day_records())

    def _day_records(self) -> list[dict[str, Any]]:
        return [point_record(self.series, point) for point in self.series.points]


@router.get("/outlets")
def show_outlets(
    request: Request, store: Reading, format: Format, state: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """Return the list of outlets."""
    now = store.now()
    with store.reading() as conn:
        states = read_outlet_states(conn, now=now)
        losses, newest = measure_losses(conn, until=now), find_newest(conn)
        rows = [
            outlet_row_record(row, states[row.id], losses.get(row.id), newest.get(row.id)) for row in list_sources(conn)
        ]
    return respond(request, OutletsPage(rows=rows, state=state, now=now), format)


@router.get("/outlets/{name}")
def show_outlet(request: Request, store: Reading, format: Format, name: str) -> Response:
    """Return the page of an outlet, named by id, name or domain."""
    with store.reading() as conn:
        source_id = _find(conn, name)
        if source_id != name:
            return RedirectResponse(outlet_address(source_id), 302)
        return respond(request, read_outlet(conn, source_id, store), format)


def _find(conn: Connection, name: str) -> str:
    try:
        return get_source(conn, name[:300])
    except InvalidParameter as error:
        similar = {candidate: outlet_address(candidate) for candidate in error.candidates}
        raise UnknownPage(f"no outlet: {error.message}", similar | {"all outlets": "/outlets"}) from None


def read_outlet(conn: Connection, source_id: str, store: Store) -> OutletPage:
    """Return the content of the page of an outlet; LookupError for an unknown id."""
    now = store.now()
    today = day_at(conn, now)
    days = (today - timedelta(days=_DAYS - 1), today)
    question = SeriesQuestion(
        entities=[TOTAL],
        grain=Grain.DAY,
        split=CoverageSplit.SOURCE,
        parts=[source_id],
        since=days[0],
        until=days[1],
    )
    return OutletPage(
        facts=outlet_record(conn, source_id, now=now, hubs=describe_outlet_hubs(conn, source_id, now=now)),
        state=read_outlet_states(conn, now=now, source_id=source_id)[source_id],
        series=load_series(conn, question, now=now, read_health=partial(collection_health_by_day, source_id=source_id)),
        days=days,
        polls=list_outlet_days(conn, source_id, limit=_POLL_DAYS),
        echo=read_echo(conn, source_id, *days),
        found=list_newest(conn, Filters(sources=[source_id]), after=None, limit=_LATEST),
        now=now,
    )
