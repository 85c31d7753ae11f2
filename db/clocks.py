"""Repair of instants written while the clock was ahead: a wait beyond its maximum becomes due now.

A machine with its clock a year ahead writes next year's times into each row that it updates; once the clock is right
again, nothing would be due until then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from db.collection.pages.pages import ASKED, NEVER
from db.enums.alerts import DeliveryState
from db.enums.articles import RevisionStage
from db.enums.collection import CaptureStage
from db.enums.outcomes import Stage
from db.models import (
    Capture,
    Channel,
    CoverageState,
    Delivery,
    ExportSchedule,
    Feed,
    HostLease,
    Page,
    Recipient,
    Revision,
)
from db.outcomes import ProblemSeen, record_problems

_CLAIM = timedelta(days=1)
"""Maximum of a claim: a lease is an hour at most, that of a scheduled export included."""
_MONTH = timedelta(days=35)
"""Maximum of any other wait: a server may request a month of silence, the rarest digest and export are monthly."""


@dataclass(frozen=True, slots=True)
class _Wait:
    """One column of due instants, and how far ahead they may lie."""

    what: str
    column: InstrumentedAttribute[Any]
    longest: timedelta
    which: tuple[ColumnElement[bool], ...] = ()

    def is_ahead(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        return self.column > now + self.longest, *self.which


def _waits(now: datetime) -> Iterator[_Wait]:
    """Yield the columns to check. Claims are checked where the row is due, so that an index finds them."""
    yield _Wait("feeds", Feed.next_poll_at, _MONTH)
    yield _Wait("pages", Page.next_fetch_at, _MONTH, (Page.state.in_(ASKED), Page.next_fetch_at < NEVER))
    yield _Wait("hosts", HostLease.free_at, _CLAIM)
    yield _Wait("channels", Channel.rests_until, _MONTH)
    yield _Wait("messages", Delivery.due_at, _MONTH, (Delivery.state == DeliveryState.WAITING,))
    yield _Wait("digests", Recipient.due_at, _MONTH)
    yield _Wait("exports", ExportSchedule.next_at, _MONTH)
    yield _Wait("claims", Feed.claimed_until, _CLAIM, (Feed.next_poll_at <= now,))
    yield _Wait("claims", Page.claimed_until, _CLAIM, (Page.state.in_(ASKED), Page.next_fetch_at <= now))
    yield _Wait("claims", Capture.claimed_until, _CLAIM, (Capture.stage == CaptureStage.FETCHED,))
    yield _Wait("claims", Revision.claimed_until, _CLAIM, (Revision.stage == RevisionStage.STORED,))
    yield _Wait("claims", Delivery.claimed_until, _CLAIM, (Delivery.state == DeliveryState.WAITING,))
    yield _Wait("claims", ExportSchedule.claimed_until, _CLAIM)
    yield _Wait("claims", CoverageState.held_until, _CLAIM)


def count_ahead(conn: Connection, *, now: datetime) -> dict[str, int]:
    """Return the number of waits beyond their maximum, by kind; empty if all clocks were right."""
    counts: dict[str, int] = {}
    for wait in _waits(now):
        found = conn.scalar(select(func.count()).where(*wait.is_ahead(now))) or 0
        if found:
            counts[wait.what] = counts.get(wait.what, 0) + found
    return counts


def bring_back(conn: Connection, *, now: datetime) -> dict[str, int]:
    """Make waits beyond their maximum due and record a problem; return their number by kind."""
    counts: dict[str, int] = {}
    for wait in _waits(now):
        value = now if wait.what != "claims" else now - timedelta(seconds=1)
        changed = conn.execute(update(wait.column.class_).where(*wait.is_ahead(now)).values({wait.column: value}))
        if changed.rowcount:
            counts[wait.what] = counts.get(wait.what, 0) + changed.rowcount
    if counts:
        reason = f"a clock ran ahead: {describe_counts(counts)} waited for longer than they may; they are due now"
        record_problems(conn, Stage.CLOCK, [ProblemSeen("instants in the future", reason)], at=now)
    return counts


def describe_counts(counts: Mapping[str, int]) -> str:
    """Return counts in words."""
    return ", ".join(f"{number:,} {what}" for what, number in counts.items())
