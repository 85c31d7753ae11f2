"""Intakes: documents imported by people, grouped by overlapping runs.

Two runs that overlap belong to one intake and share its instant, so that their order of writing decides nothing; a run
that begins after another has ended is later than it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from db.dialect import insert
from db.dialect.locks import lock_names
from db.models import Intake

_OPENING = "opening an intake"
STALE_S = 60
"""A run without a heartbeat for this long has died without closing its intake."""


@dataclass(frozen=True, slots=True)
class OpenIntake:
    """The intake of a run."""

    id: int
    opened_at: datetime


def join_intake(conn: Connection, *, now: datetime) -> OpenIntake:
    """Return the intake of other current runs, or a new one."""
    lock_names(conn, (_OPENING,))  # a row that does not exist yet cannot be locked
    heard_of = now - timedelta(seconds=STALE_S)
    row = conn.execute(
        select(Intake.id, Intake.opened_at)
        .where(Intake.runs > 0, Intake.heard_at > heard_of)
        .order_by(Intake.id.desc())
        .limit(1)
        .with_for_update()
    ).first()
    if row is not None:
        conn.execute(update(Intake).where(Intake.id == row.id).values(runs=Intake.runs + 1, heard_at=now))
        return OpenIntake(row.id, row.opened_at)
    new = insert(conn, Intake).values(opened_at=now, heard_at=now, runs=1).returning(Intake.id)
    return OpenIntake(conn.execute(new).scalar_one(), now)


def refresh_intake(conn: Connection, intake: OpenIntake, *, now: datetime) -> None:
    """Record a heartbeat of a run; call it a few times within `STALE_S`."""
    conn.execute(update(Intake).where(Intake.id == intake.id).values(heard_at=now))


def leave_intake(conn: Connection, intake: OpenIntake) -> None:
    """End one run; the intake is closed with its last run."""
    conn.execute(update(Intake).where(Intake.id == intake.id, Intake.runs > 0).values(runs=Intake.runs - 1))
