"""Subscriptions to an outlet's silence: the event is that no article came for too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from db.alerts import matches, outbox, subscriptions
from db.alerts.matches import MatchIn
from db.alerts.subscriptions import SubscriptionRow
from db.articles.counting_day import zone_name
from db.collection.feeds.feeds import find_network_problem
from db.collection.sources.removals import read_removed
from db.collection.sources.sources import latest_collected
from db.engine import Database
from db.enums.alerts import MatchStatus, SubscriptionKind, SubscriptionState
from db.status import OutletHealth, list_outlets
from worker.lib.cadence import zone_for


@dataclass(frozen=True, slots=True)
class Silence:
    """An outlet without articles since an instant."""

    since: datetime
    hours: int


def find_silence(row: SubscriptionRow, latest: datetime | None, *, now: datetime) -> Silence | None:
    """Return the silence to report to a subscription; None while the outlet publishes. Pure.

    `latest` is the time of its last article; time before the subscription does not count.
    """
    since = max(latest or row.created_at, row.created_at)
    quiet = now - since
    if quiet < timedelta(hours=row.max_age_h):
        return None
    return Silence(since, int(quiet.total_seconds() // 3_600))


def record_silences(database: Database, *, now: datetime) -> int:
    """Store a match for each outlet that has fallen silent, once for each silence; return their number.

    While no outlet is reachable at all our own network is the cause, and nothing is sent.
    """
    watched = database.read(lambda conn: subscriptions.list_subscriptions(conn, kind=SubscriptionKind.SILENCE))
    removed = database.read(read_removed).ids if watched else ()
    active = [row for row in watched if row.state == SubscriptionState.ACTIVE and row.query not in removed]
    if not active or database.read(find_network_problem):
        return 0
    return database.write(lambda conn: _record(conn, active, now))


def _record(conn: Connection, rows: list[SubscriptionRow], now: datetime) -> int:
    latest = latest_collected(conn, {row.query for row in rows})
    found = [(row, silence) for row in rows if (silence := find_silence(row, latest.get(row.query), now=now))]
    if not found:
        return 0
    outlets = {outlet.id: outlet for outlet in list_outlets(conn)}
    clock = zone_name(conn)
    stored = []
    for row, silence in found:
        match = MatchIn(
            subscription_id=row.id,
            event=f"silence of {row.query} since {silence.since:%Y-%m-%dT%H:%M:%S}",
            status=MatchStatus.NEWS,
            facts=_collect_facts(row.query, outlets.get(row.query), silence, zone_for(row.cadence, clock)),
        )
        match_id = matches.record_match(conn, match, now=now)
        if match_id is not None:
            stored.append((match_id, row.id, MatchStatus.NEWS))
    outbox.post(conn, stored, now=now)
    return len(stored)


def _collect_facts(source_id: str, outlet: OutletHealth | None, silence: Silence, zone: str) -> dict[str, str]:
    name = outlet.name if outlet else source_id
    detail = f"Nothing has come since {silence.since.astimezone(ZoneInfo(zone)):%d %B %Y, %H:%M} {zone}."
    if outlet and outlet.feeds:
        detail += f" Its feeds: {outlet.state}."
    if outlet and outlet.last_error:
        detail += f" What was wrong last: {outlet.last_error}"
    return {"headline": f"{name} has been silent for {silence.hours} hours", "detail": detail}
