"""What a manifest says of the collection: how many outlets it reached, and on which days it did not reach them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, select

from db.dialect.functions import day_text
from db.models import Outcome, Source

_REACHED = ("changed", "unchanged")
"""Outcomes of a poll that brought an answer."""
IMPAIRED = 0.5
"""A day on which a smaller share of the polled outlets answered is a gap."""


def known_outlets(conn: Connection, *, at: datetime) -> dict[str, int]:
    """Return how many outlets were known by `at`, and on the UTC day of `at` and the one before: polled, answering."""
    known = conn.scalar(select(func.count()).select_from(Source).where(Source.added_at <= at)) or 0
    day = at.astimezone(UTC).date()
    polled, answering = conn.execute(
        select(*_counts()).where(
            Outcome.stage == "poll", Outcome.at >= _begin(day - timedelta(days=1)), Outcome.at <= at
        )
    ).one()
    return {"known": known, "polled": polled, "alive": answering}


def gaps(conn: Connection, *, since: date | None, until: date | None, at: datetime) -> list[dict[str, Any]]:
    """Return the days, of those on which outlets were polled, on which fewer than half of them answered."""
    day = day_text(Outcome.at)
    query = select(day, *_counts()).where(Outcome.stage == "poll", Outcome.at <= at).group_by(day).order_by(day)
    if since is not None:
        query = query.where(Outcome.at >= _begin(since))
    if until is not None and until < date.max:
        query = query.where(Outcome.at < _begin(until + timedelta(days=1)))
    return [
        {"day": day, "outlets_polled": polled, "outlets_alive": answering}
        for day, polled, answering in conn.execute(query)
        if answering < polled * IMPAIRED
    ]


def _counts() -> tuple[Any, Any]:
    answering = case((Outcome.outcome.in_(_REACHED), Outcome.source_id))
    return func.count(Outcome.source_id.distinct()), func.count(answering.distinct())


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
