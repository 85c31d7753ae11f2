"""The time zone in which days begin, and the day on which an article counts. Stored, so that all processes agree."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select, update

from db.coverage.cells import mark_articles
from db.dialect import insert
from db.models import Article, CoverageState

_THE_ROW = CoverageState.id == 1
_BATCH = 1_000


def counts_on(
    published_at: datetime | None, collected_at: datetime, *, is_day: bool = False, zone: ZoneInfo | None = None
) -> date:
    """Return the day on which an article counts: of publication, or of collection if the publication is unknown.

    `is_day`: the publication is a day without a time, which is that day in every zone. Without a zone: in UTC.
    """
    if published_at is not None and is_day:
        return published_at.astimezone(UTC).date()
    return (published_at or collected_at).astimezone(zone or UTC).date()


def get_time_zone(conn: Connection) -> ZoneInfo:
    """Return the database's time zone. It cannot change before this transaction ends; the recount's lease can."""
    state = select(CoverageState.time_zone).where(_THE_ROW)
    name = conn.scalar(state.with_for_update(read=True, key_share=True))
    return ZoneInfo(name or "UTC")


def zone_name(conn: Connection) -> str:
    """Return the name of the database's time zone."""
    return conn.scalar(select(CoverageState.time_zone).where(_THE_ROW)) or "UTC"


def day_at(conn: Connection, moment: datetime) -> date:
    """Return the day at an instant in the database's time zone."""
    return moment.astimezone(ZoneInfo(zone_name(conn))).date()


def choose_zone(conn: Connection, name: str) -> None:
    """Set the database's time zone; if it differs from the previous one, `redate` then moves the archive."""
    conn.execute(insert(conn, CoverageState).values(id=1).on_conflict_do_nothing(index_elements=["id"]))
    before = conn.scalar(select(CoverageState.time_zone).where(_THE_ROW).with_for_update())
    if before != name:
        conn.execute(update(CoverageState).where(_THE_ROW).values(time_zone=name, redated_to=0))


def redate(conn: Connection) -> bool:
    """Move some articles to their day in the database's zone; return False when all are moved.

    Call it repeatedly, each time in a transaction of its own; it resumes after an interruption.
    """
    state = select(CoverageState.time_zone, CoverageState.redated_to).where(_THE_ROW)
    row = conn.execute(state.where(CoverageState.redated_to.is_not(None)).with_for_update(key_share=True)).first()
    if row is None:
        return False
    columns = (Article.id, Article.published_at, Article.collected_at, Article.published_is_day, Article.counts_on)
    query = select(*columns).where(Article.id > row.redated_to).order_by(Article.id).limit(_BATCH)
    articles = conn.execute(query).all()
    zone = ZoneInfo(row.time_zone)
    moved: list[dict[str, Any]] = [
        {"of_id": article_id, "day": day}
        for article_id, published_at, collected_at, is_day, before in articles
        if (day := counts_on(published_at, collected_at, is_day=is_day, zone=zone)) != before
    ]
    if moved:
        conn.execute(update(Article).where(Article.id == bindparam("of_id")).values(counts_on=bindparam("day")), moved)
        mark_articles(conn, [move["of_id"] for move in moved])
    redated_to = articles[-1].id if articles else None
    conn.execute(update(CoverageState).where(_THE_ROW).values(redated_to=redated_to))
    return True
