"""`steppewatch schedule`: exports that a running Steppewatch writes at fixed times."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.export.options import ExportOptions, build_request, takes_export_options
from cli.shared import tables
from cli.shared.output import emit, fail, get_reason, note
from cli.shared.store import open_store
from cli.shared.tables import instant
from db.enums.exports import ExportKind, ExportPeriod

if TYPE_CHECKING:
    from db.engine import Database
    from db.exports.schedules import Schedule

_NAME = re.compile(r"\w[\w.-]{0,99}")


@takes_export_options
def schedule_add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the schedule and its files: NAME-2022-01-06T000000Z.csv.")
    ],
    kind: Annotated[ExportKind, typer.Argument(metavar="KIND", help="As in export.")],
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="Folder for the files; created if missing.")],
    every: Annotated[ExportPeriod, typer.Option(help="At the full hour, at midnight, on Monday or on the first, UTC.")],
    new_only: Annotated[
        bool, typer.Option("--new-only", help="Only rows added or changed since the last file.")
    ] = False,
    package: Annotated[bool, typer.Option("--package", help="Write a data package (.zip) each time.")] = False,
    *,
    options: ExportOptions,
) -> None:
    """Write an export into a folder at fixed times, while `up` or a `worker` runs.

    A file appears only when it is complete. A missed time is made up for once. Steppewatch never deletes old files.

    Example: steppewatch schedule add nightly articles --every day --new-only --into /srv/exports
    """
    from db.exports import schedules as exportschedules
    from db.exports.schedules import Schedule
    from worker.export.formats.due_times import next_time
    from worker.export.run import BY_ARTICLE
    from worker.export.scheduled import stored_request

    if not _NAME.fullmatch(name):
        raise typer.BadParameter("use letters, digits, dots and hyphens", param_hint="NAME")
    if new_only and kind not in BY_ARTICLE:
        raise typer.BadParameter(f"not for {kind}, which is counted again each time", param_hint="--new-only")
    database = open_store()
    request = build_request(database, kind, options)
    folder = into.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"cannot create {folder}: {get_reason(error)}")
    stored = stored_request(request, package=package, new_only=new_only)
    schedule = Schedule(
        name=name,
        request=stored,
        every=every,
        folder=str(folder),
        next_at=next_time(datetime.now(UTC), every),
    )
    if not database.write(lambda conn: exportschedules.record_schedule(conn, schedule)):
        fail(f"there is a schedule {name!r} already", hint=f"steppewatch schedule remove {name}")
    _emit(schedule)


def schedule_list(
    format: Annotated[
        tables.Format | None, typer.Option(help="json (one a line) or table; a table on a terminal.")
    ] = None,
) -> None:
    """List the scheduled exports with their next time, last file and last error.

    Example: steppewatch schedule list --format json
    """
    from db.exports.schedules import list_schedules

    schedules = open_store().read(list_schedules)
    if tables.wants_json(format):
        for schedule in schedules:
            _emit(schedule)
        return
    tables.print_table(
        ("name", "what", "every", "next", "last", "file or trouble"),
        [_cells(schedule) for schedule in schedules],
        empty="no export is scheduled; add one with steppewatch schedule add",
    )
    if any(schedule.last_error for schedule in schedules):
        note("a failed export is retried after ten minutes, at the time under next")


def _cells(schedule: Schedule) -> tuple[object, ...]:
    written = schedule.last_file or f"none yet, into {schedule.folder}"
    last = schedule.last_error or written
    return (
        schedule.name,
        _describe(schedule),
        schedule.every,
        _format_minute(schedule.next_at),
        _format_minute(schedule.last_at),
        last,
    )


def _describe(schedule: Schedule) -> str:
    """Return a description of the export: its kind and filters."""
    question = dict(schedule.request["question"])
    parts = [str(question.pop("kind", ""))]
    parts += [word for word in ("new_only", "package") if schedule.request.get(word)]
    for name, value in question.items():
        words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        parts.append(f"{name} {words}")
    return "; ".join(parts).replace("_", " ")


def _format_minute(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def schedule_remove(name: Annotated[str, typer.Argument(metavar="NAME", help="The schedule to remove.")]) -> None:
    """Remove a scheduled export. Its files stay; a new one of this name starts afresh.

    Example: steppewatch schedule remove nightly
    """
    from db.exports import cursors
    from db.exports import schedules as exportschedules

    database = open_store()
    _find_or_exit(database, name)
    database.write(lambda conn: exportschedules.remove_schedule(conn, name))
    database.write(lambda conn: cursors.remove_cursor(conn, name))


def schedule_run(name: Annotated[str, typer.Argument(metavar="NAME", help="The schedule to run.")]) -> None:
    """Write a scheduled export now, in addition to its times, and print the file name.

    Example: steppewatch schedule run nightly
    """
    from worker.export.scheduled import run

    database = open_store()
    file = run(database, _find_or_exit(database, name), datetime.now(UTC))
    if file is None:
        raise typer.Exit(1)
    sys.stdout.write(f"{file}\n")


def _find_or_exit(database: Database, name: str) -> Schedule:
    from db.exports.schedules import list_schedules

    schedules = {schedule.name: schedule for schedule in database.read(list_schedules)}
    if name not in schedules:
        fail(f"there is no schedule {name!r}", hint=f"there are: {', '.join(schedules) or 'none'}")
    return schedules[name]


def _emit(schedule: Schedule) -> None:
    emit(
        {
            "name": schedule.name,
            "every": schedule.every,
            "folder": schedule.folder,
            **schedule.request,
            "next_at": instant(schedule.next_at),
            "last_at": instant(schedule.last_at),
            "last_file": schedule.last_file,
            "last_error": schedule.last_error,
        }
    )
