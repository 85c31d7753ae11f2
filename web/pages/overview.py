"""The first page: this week, and what is unusual in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import Response

from db.coverage.first_seen import TopStory
from web.answers.page import Format, respond
from web.answers.render import show_days
from web.answers.tables import PageTable
from web.charts.bars import describe_interval
from web.kept.overview import Overview
from web.shared.links import change_query, search_address
from web.shared.params import read_days
from web.shared.store import Reading
from web.statistics.series import check_day, draw_course
from worker.coverage.profile import UnusualDays
from worker.coverage.stats.compare import Comparison
from worker.coverage.unusual import latest_day
from worker.coverage.week import DAYS, Highlight, WeekChange
from worker.search.hits import FoundArticle
from worker.search.records import list_record

router = APIRouter(include_in_schema=False)
_COLUMNS = (
    "kind",
    "entity",
    "with",
    "since",
    "until",
    "articles",
    "before",
    "expected",
    "p",
    "ratio",
    "ratio_low",
    "ratio_high",
    "first_on",
)


class OverviewPage:
    """The content of the overview."""

    template = "overview.html"
    title = "Overview"

    def __init__(self, overview: Overview, full: str | None) -> None:
        self.overview = overview
        self.week = overview.week
        self.full = full
        self.now = overview.at
        self.names = overview.names
        self.outlet_names = overview.names.parts

    def record(self) -> dict[str, Any]:
        """Return the week with what is unusual in it."""
        week = self.week
        return {
            "since": week.since.isoformat(),
            "until": week.until.isoformat(),
            "totals": asdict(week.totals),
            "before": asdict(week.before),
            "days": list(week.course),
            "unusual": self.rows(),
            "stories": [asdict(story) for story in week.stories],
            "outlets": [
                {"source": one.id, "state": one.state, "missed": round(one.missed, 2), "last_error": one.last_error}
                for one in self.overview.troubled
            ],
            "latest": [list_record(found.article) for found in self.overview.latest],
        }

    def table(self) -> PageTable:
        """Return what is unusual, a row for each entity or pair."""
        return PageTable.of_records(_COLUMNS, self.rows())

    def articles(self) -> Sequence[FoundArticle]:
        """Return the latest articles."""
        return self.overview.latest

    def rows(self) -> list[dict[str, Any]]:
        """Return what is unusual as records."""
        week = self.week
        highlights = [("burst", week.bursts), ("first", week.firsts), ("first together", week.pairs)]
        changes = [("rising", week.rising), ("falling", week.falling)]
        return [
            *(_highlight_record(kind, one) for kind, several in highlights for one in several),
            *(self._change_record(kind, one) for kind, several in changes for one in several),
        ]

    def _change_record(self, kind: str, change: WeekChange) -> dict[str, Any]:
        ratio = change.comparison.ratio
        since, until = self.compared_days(1)
        return {
            "kind": kind,
            "entity": change.entity,
            "since": since.isoformat(),
            "until": until.isoformat(),
            "articles": change.articles[1],
            "before": change.articles[0],
            "ratio": _finite(ratio.value),
            "ratio_low": _finite(ratio.low),
            "ratio_high": _finite(ratio.high),
        }

    def compared_days(self, place: int) -> tuple[date, date]:
        """Return the first and the last day of one of the two weeks compared, 0 or 1."""
        first = self.week.compared[0] + place * timedelta(days=DAYS)
        return first, first + timedelta(days=DAYS - 1)

    def highlight_link(self, one: Highlight) -> str:
        """Return the address of the articles of a highlight."""
        if one.other is not None:
            return search_address(together=[one.entity, one.other], since=one.since, until=one.until)
        return search_address(entity=one.entity, since=one.since, until=one.until)

    def change_link(self, change: WeekChange, place: int) -> str:
        """Return the address of the articles of an entity in one of the two weeks."""
        since, until = self.compared_days(place)
        return search_address(entity=change.entity, since=since, until=until)

    def week_link(self, *, before: bool = False) -> str:
        """Return the address of all articles of the week, or of the week before."""
        days = timedelta(days=DAYS if before else 0)
        return search_address(since=self.week.since - days, until=self.week.until - days)

    def course(self, articles: Sequence[int], name: str, last: date) -> Markup:
        """Return the sparkline of an entity up to a day."""
        return draw_course(articles, name, _label_days(articles, last))

    def total_course(self) -> Markup:
        """Return the sparkline of all articles."""
        course = self.week.course
        return draw_course(course, "All articles", _label_days(course, self.week.until), is_large=True)

    def describe_course(self) -> str:
        """Return a caption for the sparkline of all articles: its days, and its least and most articles."""
        course, last = self.week.course, self.week.until
        first = last - timedelta(days=len(course) - 1)
        return f"Articles a day, {show_days(first, last)}: {min(course, default=0):,} to {max(course, default=0):,}"

    def describe_expected(self, unusual: UnusualDays) -> str:
        """Return how many articles the weeks before let expect."""
        return f"{unusual.expected:,.1f} expected" if unusual.expected >= 1 else "less than one expected"

    def describe_ratio(self, comparison: Comparison) -> str:
        """Return how many times as many articles, with the interval."""
        return describe_interval(comparison.ratio)

    def outlet_articles(self, outlet: str) -> int:
        """Return the articles of an outlet in the week."""
        return sum(self.overview.courses[outlet][-DAYS:])

    def outlet_link(self, outlet: str) -> str:
        """Return the address of an outlet's articles of the week."""
        return search_address(source=outlet, since=self.week.since, until=self.week.until)

    @property
    def is_empty(self) -> bool:
        """True if there is no article to show."""
        return not self.overview.latest

    @property
    def has_unusual(self) -> bool:
        """True if anything is unusual in the week."""
        return bool(self.rows())

    @property
    def previous(self) -> str:
        """The address of the week before."""
        return change_query("/", [], {"until": self.week.since - timedelta(days=1)})

    @property
    def following(self) -> str | None:
        """The address of the week after; None for the latest."""
        after = self.week.until + timedelta(days=DAYS)
        if self.week.until >= self.overview.last_day:
            return None
        return change_query("/", [], {"until": after if after < self.overview.last_day else None})

    def story_link(self, story: TopStory) -> str:
        """Return the address of the story page."""
        return f"/stories/{story.article_id}"


def _highlight_record(kind: str, one: Highlight) -> dict[str, Any]:
    unusual = one.unusual
    return {
        "kind": kind,
        "entity": one.entity,
        "with": one.other,
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "articles": one.articles,
        "expected": unusual.expected if unusual else None,
        "p": unusual.p if unusual else None,
        "first_on": one.first_on.isoformat() if one.first_on else None,
    }


def _finite(value: float) -> float | None:
    return round(value, 4) if abs(value) < 1e12 else None


def _label_days(articles: Sequence[int], last: date) -> Mapping[str, date]:
    days = [last - timedelta(days=number) for number in range(len(articles))][::-1]
    return {day.isoformat(): day for day in days}


@router.get("/")
def show_overview(
    request: Request, store: Reading, format: Format, until: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """Return the overview of the seven days that end on `until`, by default the latest."""
    with store.reading() as conn:
        _, last = read_days(conn, "", until, store=store)
        now = store.now()
        latest = latest_day(conn, now=now)
        day = check_day("until", last or latest)
        overview = store.overviews.view(conn, day, last_day=latest, now=now, read_health=store.health)
    return respond(request, OverviewPage(overview, store.lack_of_room()), format)
