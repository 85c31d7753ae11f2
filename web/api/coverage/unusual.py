"""Unusual attention of a day: bursts and first appearances, as the command finds them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from web.api.parts.answers import KNOWN_ONLY, answer, documented
from web.api.parts.row_models import ApiModel, said
from web.shared.params import read_days
from web.shared.store import Reading
from web.statistics.series import check_day
from worker.coverage.unusual import UnusualKind, find_unusual, latest_day

router = APIRouter(tags=["coverage"], dependencies=KNOWN_ONLY)


class StoryBehind(ApiModel):
    """A story behind a count."""

    article_id: int = said("Its original.", 17)
    url: str = said("Address of the original.", "https://example.org/news/17")
    title: str | None = said("Headline of the original.", "Peacekeepers arrive")
    headline: str = said("The same, or its first words.", "Peacekeepers arrive")
    articles: int = said("Counted articles of the story.", 4)


class UnusualEntry(ApiModel):
    """An entity with unusual attention, as in `coverage --unusual --format json`."""

    kind: UnusualKind = said("More articles than expected, the first ones, or the first with another entity.", "burst")
    entity: str = said("Id of the entity.", "csto")
    other: str | None = said("The entity that it appears with for the first time.", None)
    since: str = said("First day of the burst, or day of the appearance.", "2022-01-06")
    until: str | None = said("Last day of a burst.", "2022-01-06")
    first: str | None = said("Day of the first appearance of an entity in a burst, if that is new.", None)
    articles: int = said("Its articles on these days.", 15)
    expected: float | None = said("Articles that were expected in a burst.", 2.4)
    p: float | None = said("Chance of so many articles without a cause.", 0.0001)
    interest: float = said("Articles beyond the expected ones, in units of chance.", 6.8)
    stories: list[StoryBehind] = Field(description="The largest stories behind it.")


class UnusualCoverage(ApiModel):
    """The unusual attention of a day."""

    day: str = said("The day.", "2022-01-06")
    unusual: list[UnusualEntry] = Field(description="The unusual entities, the most interesting first.")


@router.get("/coverage/unusual", operation_id="list_unusual_coverage", **documented(UnusualCoverage, without=[404]))
def list_unusual_coverage(
    request: Request,
    store: Reading,
    until: Annotated[
        str,
        Query(max_length=40, description="The day; else the last one with an article.", examples=["2022-01-06"]),
    ] = "",
    false_alarms: Annotated[
        float,
        Query(ge=0, le=1, description="Share of the bursts that may be chance.", examples=[0.1]),
    ] = 0.1,
) -> Response:
    """Return the entities with unusually many articles on a day or the three days before it, and first appearances."""
    with store.reading() as conn:
        _, day = read_days(conn, "", until, store=store)
        day = check_day("until", day) if day else latest_day(conn, now=store.now())
        found = find_unusual(conn, day, rate=false_alarms, now=store.now(), read_health=store.health)
    blank = dict.fromkeys(UnusualEntry.model_fields)
    entries = [blank | {"other" if name == "with" else name: value for name, value in one.items()} for one in found]
    return answer(request, {"day": day.isoformat(), "unusual": entries})
