"""The health of the collection day by day, from the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from db.articles.counting_day import day_at
from db.collection.feeds.losses import iter_missed
from db.coverage.collection_attempts import iter_attempts, iter_printed, read_given_up
from worker.coverage.stats.health import HABIT_DAYS, Collected, DayHealth, health_by_day


class HealthReader(Protocol):
    """A function that returns the health of the collection on each day of a range."""

    def __call__(self, conn: Connection, since: date, until: date, *, today: date) -> Mapping[date, DayHealth]:
        """Return the health of each day; both days are inclusive."""


def collection_health_by_day(
    conn: Connection,
    since: date,
    until: date,
    *,
    today: date,
    as_known_at: datetime | None = None,
    source_id: str | None = None,
) -> Mapping[date, DayHealth]:
    """Return for each day from `since` to `until` the number of watched outlets, and those with impaired collection.

    With `source_id` only of that outlet, which is judged by its own days alone.

    A day without watched outlets (an archive imported by hand) is included: `alive` is None then. With `as_known_at`
    only attempts before then count, so that the result stays the same after later collection; silence and losses of
    outlets are left out, because they are known for whole days only.
    """
    # the habit of the first day, and what was impaired on the days that it comes from
    begin = date.fromordinal(max(1, since.toordinal() - 2 * HABIT_DAYS))
    attempts = list(iter_attempts(conn, begin, until, before=as_known_at, source_id=source_id))
    printed = {}
    if attempts and as_known_at is None:  # else no outlet was watched
        found = iter_printed(conn, begin, until, source_id=source_id)
        printed = {(outlet, day): articles for outlet, day, articles in found}
    collected = {key: Collected(articles=articles) for key, articles in printed.items()}
    for tried in attempts:
        collected[tried.outlet, tried.day] = Collected(
            polls=tried.polls,
            polls_failed=tried.polls_failed,
            fetches=tried.fetches,
            fetches_failed=tried.fetches_failed,
            articles=printed.get((tried.outlet, tried.day), 0),
            pages=tried.pages,
            pages_failed=tried.pages_failed,
        )
    if attempts and as_known_at is None:
        for outlet, day, fresh, missed in iter_missed(conn, begin, until, source_id=source_id):
            collected[outlet, day] = replace(collected.get((outlet, day), Collected()), fresh=fresh, missed=missed)
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    return health_by_day(collected, days, today=today, given_up=read_given_up(conn))


def day_not_over(conn: Connection, now: datetime) -> date:
    """Return the day that is not over yet: neither in the database's time zone, in which articles count, nor in UTC."""
    return min(day_at(conn, now), now.astimezone(UTC).date())
