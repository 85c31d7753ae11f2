"""Opening the store for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.shared.output import fail, note
from cli.shared.store_url import shown, sqlite_file

if TYPE_CHECKING:
    from db.engine import Database
    from worker.setup import Prepared

_HOW_TO_BEGIN = "run first: steppewatch up, steppewatch ingest PATH... or steppewatch migrate"


def open_store() -> Database:
    """Return the store that the settings name. Ends the command when there is none, or not in the shape we need."""
    from cli.shared.store_errors import explain_store_errors
    from db import migrate as migrations

    url = configured_url()
    file = sqlite_file(url)
    with explain_store_errors(url, is_writing=False):
        if file is not None and not file.exists():  # looking at it must not create it
            fail(f"there is no store at {file}", hint=_HOW_TO_BEGIN)
        database = _readable(url)
        revision = migrations.current(database)
    if revision is None:
        fail(f"the store {shown(url)} is empty", hint=_HOW_TO_BEGIN)
    if revision != migrations.head():
        fail(
            f"the store {shown(url)} is at revision {revision}, this program needs {migrations.head()}",
            hint="run steppewatch migrate, or the newer steppewatch that made it",
        )
    with explain_store_errors(url, is_writing=False):
        report_time_zone(database)
    return database


def report_new_store(prepared: Prepared, url: str) -> None:
    """Say so when the store was made just now: the folder may be a mistyped one."""
    if prepared.revision_before is None:
        file = sqlite_file(url)
        note(f"made a new store in {file.absolute().parent if file else shown(url)}")


def report_time_zone(database: Database) -> None:
    """Say so when days begin by another time zone in the store than in the settings."""
    from db.articles.counting_day import zone_name
    from db.settings import load

    wanted, used = load().time_zone, database.read(zone_name)
    if wanted != used:
        note(
            f"days begin by {used} in this store, and STEPPEWATCH_TIME_ZONE says {wanted}: "
            "steppewatch migrate dates all articles anew"
        )


def find_store() -> Database | None:
    """Return the store that the settings name if it can be read as it is; for commands that can do without."""
    from sqlalchemy.exc import SQLAlchemyError

    from db import migrate as migrations

    url = configured_url()
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return None
    try:
        database = _readable(url)
        return database if migrations.current(database) == migrations.head() else None
    except (SQLAlchemyError, OSError, ValueError):
        return None


def configured_url() -> str:
    """Return the address of the database that the settings name."""
    from db.settings import load

    return load().database


def _readable(url: str) -> Database:
    """Return the store, if need be as it can be read on a full disk."""
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
        note(f"the disk of {file.absolute().parent} is full, or over a limit: the store is read as it is")
        return last_resort
    return database


def connect(url: str) -> Database:
    """Return the database at an address; it is opened by its first use."""
    from db.engine import Database

    return Database(url)
