"""Coverage in two ranges of days, compared as the command compares it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from db.enums.coverage import CoverageLevel
from web.api.parts.answers import KNOWN_ONLY, answer, documented
from web.api.parts.row_models import ApiModel, said
from web.shared.params import InvalidParameter
from web.shared.store import Reading
from web.statistics.comparing import read_span
from worker.coverage.comparisons import compare_ranges, comparison_record
from worker.search.lookup import UnknownName, find_entity_ids

router = APIRouter(tags=["coverage"], dependencies=KNOWN_ONLY)

_ENTITIES_MAX = 10
_SPAN_EXAMPLES = ["2021-12-01..2021-12-31", "2022-01-01..2022-01-31"]


class EstimatedChange(ApiModel):
    """An estimate with its 95 % interval."""

    value: float | None = said("The estimate; null if there is none, or no bound.", 2.5)
    low: float | None = said("Lower end of the interval.", 1.6)
    high: float | None = said("Upper end of the interval; null if nothing bounds it.", 4.1)


class ComparedEntity(ApiModel):
    """The coverage of an entity in two ranges of days, as in `coverage --compare --format json`."""

    entity: str = said("Id of the entity.", "csto")
    periods: list[str] = said("The two ranges of days.", _SPAN_EXAMPLES)
    days: list[int] = said("Days in each.", [31, 31])
    articles: list[int] = said("Articles in each, reprints included.", [12, 62])
    stories: list[int] = said("Stories in each.", [10, 51])
    mentions: list[int] = said("Mentions in each.", [20, 140])
    dispersion: float = said("How much more days differ than by chance alone: 1 if no more.", 1.8)
    ratio: EstimatedChange = Field(description="How many times as many articles a day there are in the second range.")
    difference_per_day: EstimatedChange = Field(description="How many articles a day more there are in it.")


class CoverageComparison(ApiModel):
    """Comparisons of coverage."""

    comparisons: list[ComparedEntity] = Field(description="A comparison for each entity, in the order asked for.")


class ComparisonQuestion(BaseModel):
    """The comparison that is asked for."""

    entity: list[Annotated[str, Field(max_length=300)]] = Field(
        min_length=1, max_length=_ENTITIES_MAX, examples=[["csto"]], description="Id, label or alias; repeatable."
    )
    first: str = Field(max_length=80, examples=[_SPAN_EXAMPLES[0]], description="The first range of days, or 2021-12.")
    second: str = Field(
        max_length=80, examples=[_SPAN_EXAMPLES[1]], description="The range of days that is compared with the first."
    )
    level: CoverageLevel = Field(CoverageLevel.ALL, examples=["all"], description="Only mentions of this level.")


@router.get("/coverage/comparison", operation_id="compare_coverage", **documented(CoverageComparison, without=[404]))
def compare_coverage(request: Request, store: Reading, asked: Annotated[ComparisonQuestion, Query()]) -> Response:
    """Return how the coverage of entities changed between two ranges of days, with 95 % intervals.

    The intervals allow for days that differ more than by chance. They do not know of gaps in our collection: see
    `complete` of the coverage.
    """
    with store.reading() as conn:
        spans = [read_span(conn, name, getattr(asked, name), store=store) for name in ("first", "second")]
        try:
            entities = find_entity_ids(conn, asked.entity)
        except UnknownName as error:
            raise InvalidParameter("entity", error.message, error.hint, error.candidates) from None
        found = compare_ranges(conn, entities, (spans[0], spans[1]), asked.level)
    return answer(request, {"comparisons": [comparison_record(one) for one in found]})
