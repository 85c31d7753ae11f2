"""Alarms about outlets, as problems that exist as long as their reason does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from db.collection.feeds.feeds import find_network_problem
from db.collection.feeds.losses import find_newest
from db.collection.sources.days import count_suspect_pages, iter_polled_days, measure_texts
from db.collection.sources.removals import read_removed
from db.coverage.collection_attempts import iter_printed
from db.engine import Database
from db.enums.outcomes import Stage
from db.outcomes import ProblemSeen, replace_problems
from worker.coverage.stats.alarms import (
    HABIT_DAYS,
    LEAST_TEXTS,
    RECENT_DAYS,
    Alarm,
    OutletDay,
    OutletRecord,
    find_alarms,
    is_judged,
)


def judge_outlets(database: Database, *, now: datetime) -> dict[str, tuple[Alarm, ...]] | None:
    """Return the alarms about each outlet that was polled in the last days, by id.

    None while no outlet is reachable at all: our own network is the cause then, and nothing changes.
    """
    if database.read(find_network_problem):
        return None
    records = database.read(lambda conn: read_records(conn, now=now))
    removed = database.read(read_removed).ids
    return {
        outlet: tuple(find_alarms(record, now=now))
        for outlet, record in sorted(records.items())
        if outlet not in removed and is_judged(record)
    }


def record_alarms(database: Database, judged: Mapping[str, Sequence[Alarm]], *, now: datetime) -> int:
    """Replace the alarms about outlets by those of now; return the number of outlets that have any."""
    seen = [
        ProblemSeen(outlet, "; ".join(alarm.sentence for alarm in alarms), outlet)
        for outlet, alarms in judged.items()
        if alarms
    ]
    database.write(lambda conn: replace_problems(conn, Stage.HEALTH, seen, at=now))
    return len(seen)


def read_records(conn: Connection, *, now: datetime) -> Mapping[str, OutletRecord]:
    """Return what is judged about each outlet that was polled within five weeks."""
    today = now.astimezone(UTC).date()
    begin, edge = today - timedelta(days=RECENT_DAYS + HABIT_DAYS), today - timedelta(days=RECENT_DAYS)
    articles = Counter[tuple[str, date]]()
    for outlet, day, printed in iter_printed(conn, begin, today):
        articles[outlet, day] += printed
    recent: defaultdict[str, list[OutletDay]] = defaultdict(list)
    habit: defaultdict[str, list[OutletDay]] = defaultdict(list)
    for row in iter_polled_days(conn, begin, today - timedelta(days=1)):
        days = recent if row.day >= edge else habit
        days[row.outlet].append(OutletDay(polls=row.polls, fresh=row.fresh, articles=articles[row.outlet, row.day]))
    newest = find_newest(conn)
    edge_at = datetime(edge.year, edge.month, edge.day, tzinfo=UTC)
    lately = measure_texts(conn, edge_at, now)
    before = measure_texts(conn, edge_at - timedelta(days=HABIT_DAYS), edge_at)
    pages = count_suspect_pages(conn, edge_at)
    records = {}
    for outlet in recent.keys() | habit.keys():
        texts, mean = lately.get(outlet, (0, 0.0))
        usual_texts, usual = before.get(outlet, (0, 0.0))
        seen, suspect = pages.get(outlet, (0, 0))
        records[outlet] = OutletRecord(
            recent=recent[outlet],
            habit=habit[outlet],
            newest_at=newest.get(outlet),
            texts=texts,
            mean_text=mean,
            usual_text=usual if usual_texts >= LEAST_TEXTS else 0.0,
            pages=seen,
            suspect=suspect,
        )
    return records
