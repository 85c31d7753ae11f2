"""Scheduled exports: content, folder and interval, and the claim of the current writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from db.dialect import insert
from db.models import ExportSchedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A scheduled export. `request` holds a command's options in the form of `worker.export.scheduled`."""

    name: str
    request: Mapping[str, Any]
    every: str
    folder: str
    next_at: datetime
    last_file: str | None = None
    last_at: datetime | None = None
    last_error: str | None = None


_SCHEDULES = select(
    ExportSchedule.name,
    ExportSchedule.request,
    ExportSchedule.every,
    ExportSchedule.folder,
    ExportSchedule.next_at,
    ExportSchedule.last_file,
    ExportSchedule.last_at,
    ExportSchedule.last_error,
)


def record_schedule(conn: Connection, schedule: Schedule) -> bool:
    """Store a schedule; return False if one of that name exists, which stays unchanged."""
    values = {
        "name": schedule.name,
        "request": dict(schedule.request),
        "every": schedule.every,
        "folder": schedule.folder,
        "next_at": schedule.next_at,
    }
    new = insert(conn, ExportSchedule).values(values).on_conflict_do_nothing(index_elements=["name"])
    return conn.execute(new.returning(ExportSchedule.name)).first() is not None


def list_schedules(conn: Connection) -> list[Schedule]:
    """Return all schedules by name."""
    return [Schedule(**row._asdict()) for row in conn.execute(_SCHEDULES.order_by(ExportSchedule.name))]


def remove_schedule(conn: Connection, name: str) -> bool:
    """Remove a schedule, not its files; return whether there was one."""
    return conn.execute(delete(ExportSchedule).where(ExportSchedule.name == name)).rowcount == 1


def claim_due(conn: Connection, *, now: datetime, lease: timedelta) -> Schedule | None:
    """Claim the unclaimed schedule that has been due longest; return it, or None if there is none."""
    free = or_(ExportSchedule.claimed_until.is_(None), ExportSchedule.claimed_until < now)
    query = _SCHEDULES.where(ExportSchedule.next_at <= now, free).order_by(ExportSchedule.next_at, ExportSchedule.name)
    row = conn.execute(query.limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    claim = update(ExportSchedule).where(ExportSchedule.name == row.name)
    conn.execute(claim.values(claimed_until=now + lease))
    return Schedule(**row._asdict())


def finish_schedule(
    conn: Connection, name: str, *, next_at: datetime, at: datetime, file: str | None = None, error: str | None = None
) -> None:
    """Release a schedule, with the written file or the error."""
    values: dict[str, Any] = {"claimed_until": None, "next_at": next_at, "last_error": error}
    if file is not None:
        values |= {"last_file": file, "last_at": at}
    conn.execute(update(ExportSchedule).where(ExportSchedule.name == name).values(values))
