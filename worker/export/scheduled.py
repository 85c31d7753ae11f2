"""Scheduled exports: each run writes a file of its own, which appears only when complete."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from db import outcomes
from db.engine import Database
from db.enums.exports import ExportPeriod
from db.enums.outcomes import Stage
from db.exports import schedules
from db.exports.cursors import CursorMoved
from db.exports.read import CannotFilter
from db.exports.schedules import Schedule
from db.outcomes import ProblemSeen
from worker.export.formats.due_times import next_time
from worker.export.package import write_package
from worker.export.request import ExportRequest, parse_request
from worker.export.run import ExportRefused, open_export, open_incremental_export, write
from worker.lib.atomic_file import replacing

log = logging.getLogger("worker")

LEASE = timedelta(hours=1)
"""Duration of a claim; after it another worker repeats an export that never finished."""
AGAIN = timedelta(minutes=10)
"""Pause before a failed export is tried again."""


def stored_request(request: ExportRequest, *, package: bool, new_only: bool) -> dict[str, Any]:
    """Return the stored form of a request in a schedule."""
    how = {
        "format": request.format,
        "gzip": request.gzip,
        "excel": request.excel,
        "delimiter": request.delimiter,
    }
    return {"question": request.question(), "how": how, "package": package, "new_only": new_only}


def run_due(database: Database, clock: Callable[[], datetime]) -> list[str]:
    """Write every due scheduled export that is unclaimed; return the files.

    Missed runs are made up for by a single one.
    """
    files = []
    while schedule := database.write(lambda conn: schedules.claim_due(conn, now=clock(), lease=LEASE)):
        file = run(database, schedule, clock())
        if file is not None:
            files.append(file)
    return files


def run(database: Database, schedule: Schedule, now: datetime) -> str | None:
    """Write one scheduled export; return its file, or None after an error, which is recorded."""
    place = Path(schedule.folder) / _file_name(schedule, now)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        rows = _write(database, schedule, place, now)
    except (OSError, SQLAlchemyError, ExportRefused, CannotFilter, CursorMoved) as error:
        reason = f"{place} was not written: {getattr(error, 'strerror', None) or error}"
        log.warning("export %s: %s", schedule.name, reason)
        problem = ProblemSeen(f"export {schedule.name}", reason)
        database.write(lambda conn: outcomes.record_problems(conn, Stage.EXPORT, [problem], at=now))
        database.write(
            lambda conn: schedules.finish_schedule(conn, schedule.name, next_at=now + AGAIN, at=now, error=reason)
        )
        return None
    log.info("export %s: %s rows in %s", schedule.name, rows, place)
    following = next_time(now, ExportPeriod.from_value(schedule.every))
    database.write(
        lambda conn: schedules.finish_schedule(conn, schedule.name, next_at=following, at=now, file=str(place))
    )
    return str(place)


def _write(database: Database, schedule: Schedule, place: Path, now: datetime) -> int:
    stored: Mapping[str, Any] = schedule.request
    request = parse_request(stored["question"], **stored["how"], is_stored=True)
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
    suffix = ".zip" if stored["package"] else parse_request(stored["question"], **stored["how"]).suffix
    return f"{schedule.name}-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}{suffix}"


def _no_progress(_: int) -> None:
    """Ignore progress."""
