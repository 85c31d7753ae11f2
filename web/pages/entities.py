"""The list of entities: found by any of their names, the most covered first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from db.coverage.cells import cells_query, period_start
from db.coverage.rankings import RankedEntity, count_types, rank_entities
from db.enums.coverage import Grain
from db.vocabulary.versions import find_labels
from web.answers.page import Format, respond
from web.answers.tables import PageTable
from web.shared.links import search_address
from web.shared.names import find_name_book
from web.shared.params import InvalidParameter
from web.shared.store import Reading, Store
from web.statistics.series import draw_course
from worker.coverage.series import list_periods
from worker.coverage.stats.series import format_period
from worker.coverage.unusual import latest_day

router = APIRouter(include_in_schema=False)
WEEKS, ENTITIES = 13, 50
_FOUND_MAX = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityList:
    """Entities as the page lists them."""

    entities: Sequence[RankedEntity]
    names: Mapping[str, str]
    """The name by which each was found, if it is another one than its label."""
    courses: Mapping[str, Sequence[int]]
    """Articles of each week."""
    weeks: Sequence[date]
    until: date
    types: Sequence[tuple[str, int]]
    following: str | None
    """The entity after which the list continues."""
    now: datetime


class EntitiesPage:
    """The content of the list of entities."""

    template = "entities.html"
    title = "Entities"

    def __init__(self, found: EntityList, q: str, type: str) -> None:
        self.found, self.q, self.type = found, q, type

    def record(self) -> dict[str, Any]:
        """Return the entities of this part of the list."""
        return {
            "since": self.found.weeks[0].isoformat(),
            "until": self.found.until.isoformat(),
            "entities": [self._record(entity) for entity in self.found.entities],
            "after": self.found.following,
        }

    def table(self) -> PageTable:
        """Return the entities of this part of the list."""
        columns = ("id", "type", "label", "description", "articles", "weeks")
        return PageTable.of_records(columns, [self._record(entity) for entity in self.found.entities])

    def _record(self, entity: RankedEntity) -> dict[str, Any]:
        return asdict(entity) | {"weeks": list(self.found.courses[entity.id])}

    def course(self, entity: RankedEntity) -> Markup:
        """Return the sparkline of an entity."""
        labels = {format_period(week, Grain.WEEK): week for week in self.found.weeks}
        return draw_course(self.found.courses[entity.id], entity.label, labels)

    def articles_link(self, entity: RankedEntity) -> str:
        """Return the address of an entity's articles."""
        return search_address(entity=entity.id, since=self.found.weeks[0], until=self.found.until)


@router.get("/entities")
def show_entities(
    request: Request,
    store: Reading,
    format: Format,
    q: Annotated[str, Query(max_length=300)] = "",
    type: Annotated[str, Query(max_length=40)] = "",
    after: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Return the entities with such a name and type, the most covered first."""
    with store.reading() as conn:
        found = _find(conn, store, q=q.strip(), type=type.strip(), after=after or None)
    return respond(request, EntitiesPage(found, q.strip(), type.strip()), format)


def _find(conn: Connection, store: Store, *, q: str, type: str, after: str | None) -> EntityList:
    now = store.now()
    day = latest_day(conn, now=now)
    weeks = list_periods(period_start(day - timedelta(weeks=WEEKS - 1), Grain.WEEK), day, Grain.WEEK)
    until = weeks[-1] + timedelta(days=6)
    types = count_types(conn)
    if type and type not in dict(types):
        raise InvalidParameter("type", f"no entity is a {type!r}", f"types are {', '.join(dict(types)) or 'none yet'}")
    labels = find_labels(conn)
    names = find_name_book(conn).find(q, labels) if q else {}
    try:
        among = list(names)[:_FOUND_MAX] if q else None
        ranked = rank_entities(conn, weeks[0], until, limit=ENTITIES + 1, among=among, type=type or None, after=after)
    except LookupError as error:
        raise InvalidParameter("after", str(error)) from None
    shown = ranked[:ENTITIES]
    return EntityList(
        entities=shown,
        names={entity: name for entity, name in names.items() if name != labels[entity]},
        courses=_read_courses(conn, [entity.id for entity in shown], weeks),
        weeks=weeks,
        until=until,
        types=types,
        following=shown[-1].id if len(ranked) > ENTITIES else None,
        now=now,
    )


def _read_courses(conn: Connection, ids: Sequence[str], weeks: Sequence[date]) -> dict[str, list[int]]:
    courses = {id: [0] * len(weeks) for id in ids}
    places = {week: place for place, week in enumerate(weeks)}
    for cell in conn.execute(cells_query(grain=Grain.WEEK, entities=ids, since=weeks[0], until=weeks[-1])):
        courses[cell.entity_id][places[cell.bucket_on]] = cell.articles
    return courses
