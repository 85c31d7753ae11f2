"""Subscriptions to the health of outlets: the events are that alarms about an outlet begin and end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from db.alerts import matches, outbox, subscriptions
from db.alerts.matches import EventBefore, MatchIn
from db.alerts.subscriptions import ALL_OUTLETS, SubscriptionRow
from db.collection.sources.sources import find_names
from db.engine import Database
from db.enums.alerts import MatchStatus, SubscriptionKind, SubscriptionState
from worker.coverage.stats.alarms import Alarm, AlarmKind

PAUSE = timedelta(days=1)
"""Shortest time between two messages about an outlet, unless another alarm begins: some come and go with each hour."""

_NOUNS: Mapping[str, str] = {
    AlarmKind.NO_ARTICLE: "entries without articles",
    AlarmKind.STALE: "old items only",
    AlarmKind.VOLUME: "another volume",
    AlarmKind.SHORT: "short articles",
    AlarmKind.SUSPECT: "suspect pages",
}
"""What is over, by the kind of the alarm."""


@dataclass(frozen=True, slots=True)
class HealthTold:
    """What a subscription was told last about an outlet: the alarms that there were then, and those that had ended."""

    at: datetime
    on: frozenset[str]
    over: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HealthChange:
    """The kinds of alarms to tell a subscription about an outlet: begun, over, and going on."""

    begun: frozenset[str]
    over: frozenset[str]
    still: frozenset[str]


def find_change(told: HealthTold | None, on: frozenset[str], *, now: datetime) -> HealthChange | None:
    """Return what is to be told of an outlet whose alarms are now `on`; None if nothing, or not yet. Pure."""
    before = told.on if told else frozenset()
    change = HealthChange(on - before, before - on, before & on)
    if not change.begun and not change.over:
        return None
    if told is not None and now - told.at < PAUSE and not change.begun - told.over:
        return None
    return change


def record_health(database: Database, judged: Mapping[str, Sequence[Alarm]], *, now: datetime) -> int:
    """Store a match for each change of the alarms about an outlet; return their number.

    An outlet that is not in `judged` could not be judged: what was told of it stays.
    """
    watched = database.read(lambda conn: subscriptions.list_subscriptions(conn, kind=SubscriptionKind.HEALTH))
    active = [row for row in watched if row.state == SubscriptionState.ACTIVE]
    if not active:
        return 0
    before = database.read(lambda conn: matches.find_latest_events(conn, [row.id for row in active]))
    found = list(_iter_changes(active, judged, before, now))
    return database.write(lambda conn: _record(conn, found, judged, now)) if found else 0


_Found = tuple[SubscriptionRow, str, HealthChange, int]
"""Subscription, outlet, change, and the match that told of it last (0: none)."""


def _iter_changes(
    rows: Sequence[SubscriptionRow],
    judged: Mapping[str, Sequence[Alarm]],
    before: Mapping[tuple[int, str], EventBefore],
    now: datetime,
) -> Iterator[_Found]:
    for row in rows:
        for outlet in sorted(judged) if row.query == ALL_OUTLETS else [row.query] if row.query in judged else []:
            last = before.get((row.id, outlet))
            change = find_change(_read(last), frozenset(alarm.kind for alarm in judged[outlet]), now=now)
            if change is not None:
                yield row, outlet, change, last.match_id if last else 0


def _read(last: EventBefore | None) -> HealthTold | None:
    if last is None:
        return None
    return HealthTold(last.matched_at, frozenset(last.facts.get("on", ())), frozenset(last.facts.get("over", ())))


def _record(conn: Connection, found: Sequence[_Found], judged: Mapping[str, Sequence[Alarm]], now: datetime) -> int:
    names = find_names(conn)
    stored = []
    for row, outlet, change, last in found:
        match = MatchIn(
            subscription_id=row.id,
            event=f"health of {outlet} after {last}",  # whoever does the same at the same time finds it told
            status=MatchStatus.NEWS,
            facts={
                "outlet": outlet,
                "on": sorted(change.begun | change.still),
                "over": sorted(change.over),
                **describe_change(names.get(outlet, outlet), outlet, change, judged[outlet]),
            },
        )
        match_id = matches.record_match(conn, match, now=now)
        if match_id is not None:
            stored.append((match_id, row.id, MatchStatus.NEWS))
    outbox.post(conn, stored, now=now)
    return len(stored)


def describe_change(name: str, outlet: str, change: HealthChange, alarms: Sequence[Alarm]) -> dict[str, str]:
    """Return headline and detail of a change. Pure."""
    over = ", ".join(_NOUNS[kind] for kind in sorted(change.over) if kind in _NOUNS)
    if not change.begun and not change.still:
        return {"headline": f"{name} is collected as it should be again", "detail": f"What is over: {over}."}
    parts = [alarm.sentence for alarm in alarms if alarm.kind in change.begun]
    detail = f"{'; '.join(parts)}. " if parts else ""
    if change.still:
        going_on = "; ".join(alarm.sentence for alarm in alarms if alarm.kind in change.still)
        detail += f"This goes on: {going_on}. "
    if over:
        detail += f"What is over: {over}. "
    detail = detail[:1].upper() + detail[1:]
    return {
        "headline": f"{name} is not collected as it should be",
        "detail": f"{detail}steppewatch source check {outlet} says more.",
    }
