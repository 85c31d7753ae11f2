"""Outlets day by day: polls, fresh entries, lengths of texts and suspect pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from db.enums.outcomes import PageKind, Stage
from db.models import Article, Feed, FeedDay, Outcome, Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledDay:
    """An outlet on one day in UTC: its successful polls, and entries listed for the first time."""

    outlet: str
    day: date
    polls: int
    fresh: int


def iter_polled_days(conn: Connection, since: date, until: date) -> Iterator[PolledDay]:
    """Yield the days of each outlet; both days are inclusive. Feeds of one outlet share entries: the largest counts."""
    query = (
        select(
            Feed.source_id.label("outlet"),
            FeedDay.day,
            func.sum(FeedDay.polls - FeedDay.failures).label("polls"),
            func.max(FeedDay.fresh).label("fresh"),
        )
        .join(Feed, Feed.id == FeedDay.feed_id)
        .where(FeedDay.day >= since, FeedDay.day <= until)
        .group_by(Feed.source_id, FeedDay.day)
    )
    for row in conn.execute(query):
        yield PolledDay(outlet=row.outlet, day=row.day, polls=int(row.polls), fresh=int(row.fresh))


def measure_texts(conn: Connection, since: datetime, until: datetime) -> dict[str, tuple[int, float]]:
    """Return by outlet the number of articles collected between two instants, and their mean length in characters."""
    query = (
        select(Article.source_id, func.count().label("n"), func.avg(func.length(Revision.text)).label("mean"))
        .join(Revision, Revision.id == Article.revision_id)
        .where(Article.collected_at >= since, Article.collected_at < until, Article.source_id.is_not(None))
        .group_by(Article.source_id)
    )
    return {row.source_id: (int(row.n), float(row.mean or 0)) for row in conn.execute(query)}


def count_suspect_pages(conn: Connection, since: datetime) -> dict[str, tuple[int, int]]:
    """Return by outlet the pages that were judged since an instant, and the suspect ones among them."""
    suspect = func.sum(Outcome.inputs).filter(Outcome.outcome == PageKind.SUSPECT)
    query = (
        select(Outcome.source_id, func.sum(Outcome.inputs).label("pages"), func.coalesce(suspect, 0).label("suspect"))
        .where(Outcome.stage == Stage.PAGE, Outcome.at >= since, Outcome.source_id.is_not(None))
        .group_by(Outcome.source_id)
    )
    return {row.source_id: (int(row.pages), int(row.suspect)) for row in conn.execute(query)}
