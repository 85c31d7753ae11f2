"""Exports that are written by themselves: each run is a file of its own, complete or not there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from db import outcomes
from db.engine import Database
from db.exports import schedules
from db.exports.cursors import CursorMoved
from db.exports.read import CannotFilter
from db.exports.schedules import Schedule
from db.outcomes import ProblemSeen
from worker.export.formats.due_times import next_time
from worker.export.package import write_package
from worker.export.request import ExportRequest, request_of
from worker.export.run import ExportRefused, open_export, open_incremental_export, write
from worker.lib.atomic_file import replacing

log = logging.getLogger("worker")

LEASE = timedelta(hours=1)
"""After so long another worker takes an export up that never ended."""
AGAIN = timedelta(minutes=10)
"""After so long an export that failed is tried again."""


def stored_request(request: ExportRequest, *, package: bool, new_only: bool) -> dict[str, Any]:
    """Return what a schedule keeps of a request."""
    how = {
        "format": request.format,
        "gzip": request.gzip,
        "excel": request.excel,
        "delimiter": request.delimiter,
    }
    return {"question": request.question(), "how": how, "package": package, "new_only": new_only}


def run_due(database: Database, clock: Callable[[], datetime]) -> list[str]:
    """Write every scheduled export that is due and that nobody writes; return the files.

    One that was missed, however often, is written once.
    """
    files = []
    while schedule := database.write(lambda conn: schedules.claim_due(conn, now=clock(), lease=LEASE)):
        file = run(database, schedule, clock())
        if file is not None:
            files.append(file)
    return files


def run(database: Database, schedule: Schedule, now: datetime) -> str | None:
    """Write one scheduled export; return its file, or None when it failed, which is noted."""
    place = Path(schedule.folder) / _file_name(schedule, now)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        rows = _write(database, schedule, place, now)
    except (OSError, SQLAlchemyError, ExportRefused, CannotFilter, CursorMoved) as error:
        reason = f"{place} was not written: {getattr(error, 'strerror', None) or error}"
        log.warning("export %s: %s", schedule.name, reason)
        problem = ProblemSeen(f"export {schedule.name}", reason)
        database.write(lambda conn: outcomes.record_problems(conn, "export", [problem], at=now))
        database.write(
            lambda conn: schedules.finish_schedule(conn, schedule.name, next_at=now + AGAIN, at=now, error=reason)
        )
        return None
    log.info("export %s: %s rows in %s", schedule.name, rows, place)
    following = next_time(now, schedule.every)
    database.write(
        lambda conn: schedules.finish_schedule(conn, schedule.name, next_at=following, at=now, file=str(place))
    )
    return str(place)


def _write(database: Database, schedule: Schedule, place: Path, now: datetime) -> int:
    stored: Mapping[str, Any] = schedule.request
    request = request_of(stored["question"], **stored["how"], is_stored=True)
    if stored["new_only"]:
        opening = open_incremental_export(database, request, schedule.name, now=now)
    else:
        opening = open_export(database, request, now=now, settled=stored["package"])
    with opening as export:
        if stored["package"]:
            return write_package(export, place, _no_progress)
        with replacing(place) as file:
            return write(export, file, _no_progress)


def _file_name(schedule: Schedule, now: datetime) -> str:
    stored = schedule.request
    suffix = ".zip" if stored["package"] else request_of(stored["question"], **stored["how"]).suffix
    return f"{schedule.name}-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}{suffix}"


def _no_progress(_: int) -> None:
    """Show no progress."""
