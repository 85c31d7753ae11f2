"""Opening the store for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.shared.output import fail, note
from cli.shared.store_url import display_url, sqlite_file

if TYPE_CHECKING:
    from db.engine import Database
    from worker.setup import Prepared

_GETTING_STARTED = "run first: steppewatch up, steppewatch ingest PATH... or steppewatch migrate"


def open_store() -> Database:
    """Return the configured store. Exit if it does not exist or its schema is not the current one."""
    from cli.shared.store_errors import explain_store_errors
    from db import migrate as migrations

    url = configured_url()
    file = sqlite_file(url)
    with explain_store_errors(url, is_writing=False):
        if file is not None and not file.exists():  # opening a missing file would create it
            fail(f"there is no store at {file}", hint=_GETTING_STARTED)
        database = _open_readable(url)
        revision = migrations.current(database)
    if revision is None:
        fail(f"the store {display_url(url)} is empty", hint=_GETTING_STARTED)
    if revision != migrations.head():
        fail(
            f"the store {display_url(url)} is at revision {revision}, this version needs {migrations.head()}",
            hint="run steppewatch migrate, or use the newer version that wrote it",
        )
    with explain_store_errors(url, is_writing=False):
        report_time_zone(database)
    return database


def report_new_store(prepared: Prepared, url: str) -> None:
    """Report a newly created store: its folder may be a mistyped one."""
    if prepared.revision_before is None:
        file = sqlite_file(url)
        note(f"created a new store in {file.absolute().parent if file else display_url(url)}")


def report_time_zone(database: Database) -> None:
    """Report a time zone in the settings that differs from the one the store counts its days in."""
    from db.articles.counting_day import zone_name
    from db.settings import load

    wanted, used = load().time_zone, database.read(zone_name)
    if wanted != used:
        note(
            f"days are counted in {used} in this store, but STEPPEWATCH_TIME_ZONE is {wanted}: "
            "run steppewatch migrate to date all articles again"
        )


def find_store() -> Database | None:
    """Return the configured store if it is readable and current, else None; for commands that work without one."""
    from sqlalchemy.exc import SQLAlchemyError

    from db import migrate as migrations

    url = configured_url()
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return None
    try:
        database = _open_readable(url)
        return database if migrations.current(database) == migrations.head() else None
    except (SQLAlchemyError, OSError, ValueError):
        return None


def configured_url() -> str:
    """Return the configured database URL."""
    from db.settings import load

    return load().database


def _open_readable(url: str) -> Database:
    """Return the store; on a full disk, opened without the files that SQLite needs for writing."""
    from sqlalchemy.exc import OperationalError

    from cli.shared.store_errors import is_lack_of_room
    from db import migrate as migrations
    from db.engine import Database

    database = connect(url)
    file = sqlite_file(url)
    if file is None:
        return database
    try:
        migrations.current(database)
    except OperationalError as error:
        if not is_lack_of_room(error):
            raise
        database.close()
        last_resort = Database.as_it_is(url)
        migrations.current(last_resort)
        note(f"the disk of {file.absolute().parent} is full or over quota: opening the store read-only")
        return last_resort
    return database


def connect(url: str) -> Database:
    """Return the database at this URL; the first use opens it."""
    from db.engine import Database

    return Database(url)
