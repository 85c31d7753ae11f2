"""Opening the store for a command, and `steppewatch migrate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli.shared.output import emit, fail, note

if TYPE_CHECKING:
    from sqlalchemy.exc import SQLAlchemyError

    from db.engine import Database
    from worker.setup import Prepared

_HOW_TO_BEGIN = "run first: steppewatch up, steppewatch ingest PATH... or steppewatch migrate"


def open_store() -> Database:
    """Return the store that the settings name. Ends the command when there is none, or not in the shape we need."""
    from cli.shared.store_errors import store_troubles_told
    from db import migrate as migrations

    url = _url()
    file = sqlite_file(url)
    with store_troubles_told(url, is_writing=False):
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
    with store_troubles_told(url, is_writing=False):
        tell_zone(database)
    return database


def tell_made(prepared: Prepared, url: str) -> None:
    """Say so when the store was made just now: the folder may be a mistyped one."""
    if prepared.revision_before is None:
        file = sqlite_file(url)
        note(f"made a new store in {file.absolute().parent if file else shown(url)}")


def tell_zone(database: Database) -> None:
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

    url = _url()
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return None
    try:
        database = _readable(url)
        return database if migrations.current(database) == migrations.head() else None
    except (SQLAlchemyError, OSError, ValueError):
        return None


def migrate() -> None:
    """Bring the store to the shape that this version needs; make and fill it when there is none.

    An empty store gets the packaged vocabulary and catalogue of outlets; one that has them gets what is new in the
    catalogue, and what you changed stays. When STEPPEWATCH_TIME_ZONE is another than before, all articles are dated
    anew; when reprints are recognised by other rules than before, all texts are compared anew. Coverage is counted.
    Again changes nothing.

    Example: steppewatch migrate
    """
    from cli.shared.store_errors import store_troubles_told
    from cli.source.catalogue_report import lines_of, record_of
    from db.settings import load
    from worker.chain.service import utc_now
    from worker.coverage.recount import recount
    from worker.setup import move_to_zone, newer_vocabulary, prepare, update_catalogue

    url = _url()
    with store_troubles_told(url):
        database = _database(url)
        prepared = prepare(database, now=utc_now())
        changes = update_catalogue(database, now=utc_now())
        move_to_zone(database, load().time_zone)
        recount(database)
        vocabulary = database.read(newer_vocabulary)
    if (done := prepared.recompared).texts:
        note(
            f"stories by the present rules: {done.texts:,} texts marked and {done.articles:,} articles compared anew;"
            f" {done.moved:,} articles changed their story, {done.told:,} alerts are told late"
        )
    if vocabulary is not None:
        note(f"this program brings a newer vocabulary, {vocabulary}: steppewatch vocabulary diff default")
    if not sys.stdout.isatty():
        revisions = {"from": prepared.revision_before, "to": prepared.revision}
        emit({"database": shown(url), **revisions, "catalogue": record_of(changes)})
        return
    if prepared.revision_before == prepared.revision:
        sys.stdout.write(f"{shown(url)} is at revision {prepared.revision} already\n")
    else:
        before = prepared.revision_before or "nothing"
        sys.stdout.write(f"{shown(url)} went from {before} to revision {prepared.revision}\n")
    sys.stdout.writelines(f"catalogue: {line}\n" for line in lines_of(changes))


def shown(url: str) -> str:
    """Return the address of a database without its password; of the embedded one the path."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError:
        return "in STEPPEWATCH_DATABASE_URL"
    if parsed.get_backend_name() == "sqlite":
        return parsed.database or url
    return parsed.render_as_string(hide_password=True)


def reason_of(error: SQLAlchemyError | OSError | Exception) -> str:
    """Return the first line of what the database said."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0] or type(error).__name__


def _url() -> str:
    from db.settings import load

    return load().database


def sqlite_file(url: str) -> Path | None:
    """Return the file of an embedded database; None for a server, or an address that is none."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


def _readable(url: str) -> Database:
    """Return the store, if need be as it can be read on a full disk."""
    from sqlalchemy.exc import OperationalError

    from cli.shared.store_errors import is_lack_of_room
    from db import migrate as migrations
    from db.engine import Database

    database = _database(url)
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


def _database(url: str) -> Database:
    from db.engine import Database

    return Database(url)
