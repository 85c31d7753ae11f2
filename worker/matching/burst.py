"""Subscriptions to bursts: the event is unusual attention to an entity, sent once for each burst."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from db.alerts import matches, outbox, subscriptions
from db.alerts.matches import MatchIn
from db.alerts.subscriptions import SubscriptionRow
from db.coverage.first_seen import top_articles, top_stories
from db.engine import Database
from db.enums.alerts import MatchStatus, SubscriptionKind, SubscriptionState
from db.vocabulary.versions import find_labels
from worker.coverage.attention import MIN_ARTICLES, load_history
from worker.coverage.stats.bursts import DayJudgement, per_year

ALARMS = 4.0
"""Alarms a year by chance, for an entity with constant attention."""
REST, LONGEST = 7, 56
"""Days without unusual attention that end a burst; days after which a continuing one counts as a new burst."""
_STORIES, _ARTICLES = 3, 12


@dataclass(frozen=True, slots=True)
class Burst:
    """A day of unusual attention, and the first such day of its burst."""

    since: date
    day: date
    judged: DayJudgement


def find_burst(judged: Callable[[date], DayJudgement | None], day: date) -> Burst | None:
    """Return the burst in progress on a day; None on a usual one. Pure.

    The current day is judged by its count so far: that only grows, so an alarm that is right at noon is right at
    midnight, and frequent checks raise no additional false ones.
    """
    now = judged(day)
    if now is None or not _is_unusual(now):
        return None
    since = at = day
    while (since - at).days < REST and (day - at).days < LONGEST:
        at -= timedelta(days=1)
        before = judged(at)
        if before is not None and _is_unusual(before):
            since = at
    return Burst(since, day, now)


def _is_unusual(judged: DayJudgement) -> bool:
    return judged.count >= MIN_ARTICLES and judged.p <= per_year(ALARMS)


def record_bursts(database: Database, *, now: datetime) -> int:
    """Store a match for each new burst of today or yesterday; return their number."""
    watched = database.read(lambda conn: subscriptions.list_subscriptions(conn, kind=SubscriptionKind.BURST))
    active = [row for row in watched if row.state == SubscriptionState.ACTIVE]
    if not active:
        return 0
    found = database.read(lambda conn: _find(conn, active, now.date()))
    return database.write(lambda conn: _record(conn, found, now)) if found else 0


def _find(conn: Connection, rows: list[SubscriptionRow], today: date) -> list[tuple[SubscriptionRow, Burst]]:
    entities = sorted({row.query for row in rows})
    past = load_history(conn, today - timedelta(days=LONGEST + 1), today, today=today, entities=entities)
    bursts = {}
    for entity in entities:
        each = (find_burst(partial(past.judged, entity), day) for day in (today, today - timedelta(days=1)))
        bursts[entity] = next((burst for burst in each if burst), None)
    latest = matches.count_matches(conn)
    return [
        (row, burst)
        for row in rows
        if (burst := bursts[row.query]) and (row.id not in latest or latest[row.id][1].date() < burst.since)
    ]


def _record(conn: Connection, found: list[tuple[SubscriptionRow, Burst]], now: datetime) -> int:
    labels = find_labels(conn)
    stored = []
    for row, burst in found:
        match = MatchIn(
            subscription_id=row.id,
            event=f"burst of {row.query} since {burst.since}",
            status=MatchStatus.NEWS,
            facts=_collect_facts(conn, row.query, labels.get(row.query, row.query), burst),
        )
        match_id = matches.record_match(conn, match, now=now)
        if match_id is not None:
            stored.append((match_id, row.id, MatchStatus.NEWS))
    outbox.post(conn, stored, now=now)
    return len(stored)


def _collect_facts(conn: Connection, entity: str, label: str, burst: Burst) -> dict[str, object]:
    judged = burst.judged
    first = burst.day - timedelta(days=judged.days - 1)
    span = f"on {burst.day:%d %B %Y}" if judged.days == 1 else f"in the {judged.days} days to {burst.day:%d %B %Y}"
    detail = f"{judged.count} articles {span}, where about {judged.expected:.1f} are usual."
    stories = top_stories(conn, [entity], first, burst.day, limit=_STORIES)
    lead, titles = detail, [f"“{story.headline}” ({story.articles})" for story in stories]
    if titles:
        detail += f" The largest stories, with their articles: {', '.join(titles)}."
    newest = top_articles(conn, entity, first, burst.day, limit=_ARTICLES)
    return {
        "headline": f"Attention to {label} is unusual",
        "detail": detail,
        "lead": lead,
        "stories": [{"url": s.url, "headline": s.headline, "articles": s.articles} for s in stories],
        "articles": [{"outlet": outlet, "url": url, "headline": called} for outlet, url, called in newest],
    }
