"""Attempts of collection by outlet and day, from the counted outcomes. Days are those of UTC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, not_, select

from db.coverage.cells import TOTAL, iter_cells
from db.dialect import utc_day
from db.enums.collection import FeedState
from db.enums.coverage import CoverageSplit
from db.enums.outcomes import CountedOutcome, PageKind, RequestOutcome, Stage
from db.models import Feed, Outcome

_SUCCEEDED: Mapping[Stage, tuple[CountedOutcome, ...]] = {
    Stage.POLL: (RequestOutcome.CHANGED, RequestOutcome.UNCHANGED),
    Stage.FETCH: (RequestOutcome.CAPTURED, RequestOutcome.UNCHANGED),
    Stage.PAGE: (PageKind.ARTICLE,),
}
_NOT_A_FAILURE = (RequestOutcome.GONE, RequestOutcome.MISSING, RequestOutcome.REFUSED)
"""The page or the feed is missing or off limits, but the outlet was reached."""


class Attempts(NamedTuple):
    """An outlet's attempts of collection on a day, successful and failed.

    `pages` are responses with their article, `pages_failed` those with other content.
    """

    outlet: str
    day: date
    polls: int
    polls_failed: int
    fetches: int
    fetches_failed: int
    pages: int
    pages_failed: int


def iter_attempts(
    conn: Connection, since: date, until: date, *, before: datetime | None = None, source_id: str | None = None
) -> Iterator[Attempts]:
    """Yield the attempts for each outlet and day, or of one outlet; both days are inclusive.

    `before` leaves out later attempts.
    """
    day = utc_day(conn, Outcome.at)
    end = datetime.combine(until, time(), UTC) + timedelta(days=1)
    within = (
        Outcome.at >= datetime.combine(since, time(), UTC),
        Outcome.at < (end if before is None else min(end, before)),
        Outcome.stage.in_(_SUCCEEDED),
        Outcome.source_id.is_not(None) if source_id is None else Outcome.source_id == source_id,
        Outcome.outcome.not_in(_NOT_A_FAILURE),
    )
    columns = (Outcome.source_id.label("outlet"), day.label("day"), *_count_attempts())
    for outlet, on, *numbers in conn.execute(select(*columns).where(*within).group_by(Outcome.source_id, day)):
        yield Attempts(outlet, on if isinstance(on, date) else date.fromisoformat(on), *map(int, numbers))


def _count_attempts() -> Iterator[ColumnElement[int]]:
    """Yield the successful and the failed attempts of each stage, labelled and ordered as in `Attempts`."""
    for stage, name in ((Stage.POLL, "polls"), (Stage.FETCH, "fetches"), (Stage.PAGE, "pages")):
        succeeded = Outcome.outcome.in_(_SUCCEEDED[stage])
        for label, condition in ((name, succeeded), (f"{name}_failed", not_(succeeded))):
            inputs = func.sum(Outcome.inputs).filter(Outcome.stage == stage, condition)
            yield func.coalesce(inputs, 0).label(label)


def find_first_poll(conn: Connection) -> date | None:
    """Return the day of the first poll of any outlet; None without polls."""
    first = conn.scalar(select(func.min(Outcome.at)).where(Outcome.stage == Stage.POLL))
    return first.date() if first is not None else None


def iter_printed(
    conn: Connection, since: date, until: date, *, source_id: str | None = None
) -> Iterator[tuple[str, date, int]]:
    """Yield (outlet, day, articles that count on it), of all outlets or of one."""
    parts = None if source_id is None else [source_id]
    for cell in iter_cells(conn, split=CoverageSplit.SOURCE, entities=[TOTAL], parts=parts, since=since, until=until):
        yield cell.part, cell.bucket_on, cell.articles


def read_given_up(conn: Connection) -> dict[str, date]:
    """Return the day of the last poll of each outlet without an active feed."""
    active = func.count().filter(Feed.state == FeedState.ACTIVE)
    query = select(Feed.source_id, func.max(Feed.polled_at)).group_by(Feed.source_id).having(active == 0)
    return {source_id: polled_at.date() for source_id, polled_at in conn.execute(query) if polled_at is not None}
