"""Coverage over time: series of entities, as the command counts them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.responses import Response

from db.coverage.cells import count_series, span
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from web.api.parts.answers import KNOWN_ONLY, answer, documented
from web.api.parts.row_models import ApiModel, said
from web.shared.params import InvalidParameter, Names, read_days
from web.shared.store import Reading, Store
from web.statistics.series import PageSplit
from worker.coverage.series import (
    RangeTooLong,
    SeriesQuestion,
    list_periods,
    load_series,
    point_record,
)
from worker.search.lookup import UnknownName, find_entity_ids

router = APIRouter(tags=["coverage"], dependencies=KNOWN_ONLY)

POINTS_MAX = 20_000
"""Maximum number of points in an answer."""


class CoveragePoint(ApiModel):
    """The counts of one entity in one period, as in `coverage --format json`."""

    period: str | None = said("Day, week or month; null for articles that count in none.", "2022-01-06")
    entity: str = said("Id of the entity.", "csto")
    source: str | None = said("Outlet, in a split by outlet.", None, default=None)
    lang: str | None = said("Language, in a split by language.", None, default=None)
    country: str | None = said("Country of the outlet, in a split by country.", None, default=None)
    genre: str | None = said("Genre, in a split by genre.", None, default=None)
    articles: int = said("Articles that mention it, reprints included.", 12)
    stories: int = said("Clusters among them: never add these up.", 7)
    mentions: int = said("Mentions in them.", 40)
    in_title: int = said("Those of the mentions that stand in a title.", 5)
    scope_articles: int = said("Those of the articles that are in scope.", 12)
    scope_stories: int = said("Clusters among those.", 7)
    undated: int = said("Articles without a known date among them.", 0)
    share: float | None = said("Share of all articles in scope, with `share`.", None, default=None)
    stories_share: float | None = said("Share of all stories in scope, with `share`.", None, default=None)
    voice: float | None = said("Share of these entities together, with `voice`.", None, default=None)
    stories_voice: float | None = said("The same of stories, with `voice`.", None, default=None)
    alive: float | None = said("Share of the watched outlets whose collection was whole.", 0.98)
    complete: float | None = said("Estimated share of published articles that was seen.", 0.997)
    impaired: bool = said("Whether the counts may be too low, because collection was impaired.", False)


class CoverageSeriesPoints(ApiModel):
    """Series of coverage."""

    coverage: list[CoveragePoint] = Field(
        description="A point for each period, entity and part, also for empty periods; then those of no period."
    )


class CoverageQuestion(BaseModel):
    """The series that are asked for."""

    entity: Names = Field(min_length=1, examples=[["csto"]], description="Id, label or alias; repeatable.")
    since: str = Field(
        "", max_length=40, examples=["2022-01"], description="First day; else the first with an article."
    )
    until: str = Field("", max_length=40, examples=["2022-01"], description="Last day; else the last with an article.")
    by: Grain = Field(Grain.DAY, examples=["day"], description="Length of a period; weeks are those of ISO 8601.")
    split: PageSplit = Field(
        PageSplit.ALL, examples=["source"], description="Count per outlet, language, country or genre."
    )
    level: CoverageLevel = Field(CoverageLevel.ALL, examples=["all"], description="Only mentions of this level.")
    share: bool = Field(False, examples=[False], description="Also as a share of all articles in scope.")
    voice: bool = Field(False, examples=[False], description="Also as a share of all these entities together.")


@router.get("/coverage", operation_id="get_coverage", **documented(CoverageSeriesPoints, without=[404]))
def get_coverage(request: Request, store: Reading, asked: Annotated[CoverageQuestion, Query()]) -> Response:
    """Return the counts of entities per period, as `coverage --format json` prints them.

    The health of the collection is at most ten minutes old; that of days before the last two months, six hours.
    """
    with store.reading() as conn:
        question = _read_question(conn, asked, store)
        try:
            _check_size(conn, question)
            shown = load_series(conn, question, now=store.now(), read_health=store.health)
        except RangeTooLong as error:
            raise InvalidParameter("since", str(error)) from None
    points = [point_record(shown, point) for point in (*shown.points, *shown.undated)]
    return answer(request, {"coverage": points})


def _read_question(conn: Connection, asked: CoverageQuestion, store: Store) -> SeriesQuestion:
    first, last = read_days(conn, asked.since, asked.until, store=store)
    try:
        entities = find_entity_ids(conn, asked.entity)
    except UnknownName as error:
        raise InvalidParameter("entity", error.message, error.hint, error.candidates) from None
    return SeriesQuestion(
        entities=entities,
        grain=asked.by,
        split=CoverageSplit.from_value(asked.split),
        level=asked.level,
        since=first,
        until=last,
        has_share=asked.share,
        has_voice=asked.voice,
    )


def _check_size(conn: Connection, question: SeriesQuestion) -> None:
    """Refuse a question with too many points. Raises InvalidParameter and RangeTooLong."""
    known = span(conn)
    first, last = question.since or (known and known[0]), question.until or (known and known[1])
    if first is None or last is None or first > last:
        return
    series = count_series(conn, question.entities, grain=question.grain, split=question.split, level=question.level)
    points = len(list_periods(first, last, question.grain)) * max(series, len(question.entities))
    if points > POINTS_MAX:
        longer = replace(question, grain=Grain.MONTH).grain
        hint = f"choose fewer days or entities, or by={longer}"
        raise InvalidParameter("since", f"these would be {points:,} points, more than {POINTS_MAX:,}", hint)
