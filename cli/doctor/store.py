"""The database: does it answer, which one is it, has it the shape and the vocabulary that this version needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from cli.doctor.finding import Finding, failed, ok, skipped, warning
from cli.shared.store_errors import is_lack_of_room, says_full
from cli.shared.store_url import reason_of, shown
from cli.source.catalogue_report import lines_of
from db import migrate
from db.collection.feeds import FeedHealth, iter_feeds
from db.dialect import is_sqlite
from db.engine import Database
from db.status import read_health
from worker.setup import catalogue_changes, newer_vocabulary

SQLITE_NEEDED = (3, 35)
"""The first with RETURNING (sqlite.org/lang_returning.html)."""
POSTGRESQL_WISHED = 14
"""The oldest that its makers still look after (postgresql.org/support/versioning)."""

_DATABASE, _MIGRATIONS, _VOCABULARY, _CATALOGUE = "database", "migrations", "vocabulary", "catalogue"
_CONNECT_S = 5


@dataclass(frozen=True, slots=True)
class StoreSeen:
    """The store as it is now. Without an answer there is `error`; without a file all is empty but `where`."""

    where: str
    head: str
    missing: bool = False
    error: str | None = None
    kind: str = ""
    version: tuple[int, ...] = ()
    read_only: bool = False
    is_empty: bool = False
    """Whether it holds no table at all, ours or another's."""
    revision: str | None = None
    vocabulary: str | None = None
    entities: int = 0
    outlets: int = 0
    clock_ahead_s: float | None = None
    """By how much its clock is ahead of ours; None for the embedded one, which has none of its own."""
    feeds: tuple[FeedHealth, ...] = ()
    ahead: Mapping[str, int] = field(default_factory=dict)
    """How many of what wait for longer than anything may."""
    full: str | None = None
    """SQLite's message about a disk without room; the rest is read from the file as it is."""
    newer_vocabulary: str | None = None
    """The version that this program brings, when the store never had it."""
    catalogue: tuple[str, ...] = ()
    """The changes that this program's catalogue would make, a line each."""


def look_at_store(database_url: str, clock: Callable[[], datetime]) -> StoreSeen:
    """Return what the store says. Nothing is made or changed: a missing file stays missing."""
    where, head = shown(database_url), migrate.head()
    try:
        url = make_url(database_url)
        file = _file(url)
        if file is not None and not file.exists():
            return StoreSeen(where, head, missing=True)
        address = _impatient(url).render_as_string(hide_password=False)
        try:
            return _look(Database(address), where, head, file, clock)
        except SQLAlchemyError as error:
            if file is None or not is_lack_of_room(error):
                raise
            return replace(_look(Database.as_it_is(address), where, head, file, clock), full=reason_of(error))
    except ImportError as error:
        return StoreSeen(where, head, error=f"the driver {error.name} is not installed")
    except (ArgumentError, ValueError):
        return StoreSeen(where, head, error="not the address of a database")
    except (SQLAlchemyError, OSError) as error:
        return StoreSeen(where, head, error=reason_of(error))


def _look(database: Database, where: str, head: str, file: Path | None, clock: Callable[[], datetime]) -> StoreSeen:
    try:
        return database.read(lambda conn: _seen(conn, where, head, file, clock))
    finally:
        database.close()


def _file(url: URL) -> Path | None:
    in_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(url.database) if in_file and url.database else None


def _impatient(url: URL) -> URL:
    if url.get_backend_name() != "postgresql" or "connect_timeout" in url.query:
        return url
    return url.update_query_dict({"connect_timeout": str(_CONNECT_S)})


def _seen(conn: Connection, where: str, head: str, file: Path | None, clock: Callable[[], datetime]) -> StoreSeen:
    tables = set(inspect(conn).get_table_names())
    revision = conn.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
    is_current = revision == head
    health = read_health(conn, now=clock(), problems=0) if is_current else None
    return StoreSeen(
        where,
        head,
        kind="SQLite" if is_sqlite(conn) else "PostgreSQL",
        version=tuple(part for part in conn.dialect.server_version_info or () if isinstance(part, int)),
        read_only=file is not None and not os.access(file, os.W_OK),
        is_empty=not tables,
        revision=revision,
        vocabulary=health.vocabulary if health else None,
        entities=health.entities if health else 0,
        outlets=health.sources if health else 0,
        clock_ahead_s=None if is_sqlite(conn) else _clock_ahead(conn, clock),
        feeds=tuple(iter_feeds(conn)) if is_current else (),
        ahead=health.ahead if health else {},
        newer_vocabulary=newer_vocabulary(conn) if is_current else None,
        catalogue=tuple(lines_of(catalogue_changes(conn))) if is_current else (),
    )


def _clock_ahead(conn: Connection, clock: Callable[[], datetime]) -> float:
    before = clock()
    theirs: datetime = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
    after = clock()
    return (theirs - (before + (after - before) / 2)).total_seconds()


def judge_database(seen: StoreSeen) -> Finding:
    """Return whether the database can be used at all."""
    if seen.missing:
        return ok(_DATABASE, f"there is no store at {seen.where} yet; “up” will make it")
    full = seen.full or (seen.error if says_full(seen.error or "") else None)
    if full is not None:
        disk = f"the disk of {Path(seen.where).absolute().parent}" if seen.full else "its disk"
        found = f"nothing can be stored in {seen.where}: {disk} is full, or over a limit ({full})"
        return failed(_DATABASE, found, "free some space there: nothing that was stored is lost; see: disk space")
    if seen.error is not None:
        mend = "see that it runs and lets this user in; STEPPEWATCH_DATABASE_URL names another"
        return failed(_DATABASE, f"{seen.where} cannot be used: {seen.error}", mend)
    if seen.read_only:
        return failed(_DATABASE, f"{seen.where} is read-only", "give this user the file and its folder")
    found = f"{seen.kind} {'.'.join(map(str, seen.version))} at {seen.where}"
    if seen.kind == "SQLite" and seen.version < SQLITE_NEEDED:
        return failed(_DATABASE, f"{found} is too old", "use a Python that was built with SQLite 3.35 or newer")
    if seen.kind == "PostgreSQL" and seen.version < (POSTGRESQL_WISHED,):
        return warning(_DATABASE, f"{found} is no longer looked after", f"upgrade it to {POSTGRESQL_WISHED} or newer")
    return ok(_DATABASE, found)


def judge_migrations(seen: StoreSeen) -> Finding:
    """Return whether the tables have the shape that this version needs."""
    if seen.error is not None:
        return skipped(_MIGRATIONS, "the database cannot be used")
    if seen.missing or (seen.is_empty and seen.revision is None):
        return ok(_MIGRATIONS, f"nothing is stored yet; “up” or “migrate” will begin at revision {seen.head}")
    if seen.revision is None:
        mend = "give Steppewatch a database of its own: STEPPEWATCH_DATABASE_URL"
        return failed(_MIGRATIONS, f"{seen.where} has tables of another program and none of ours", mend)
    if seen.revision != seen.head:
        mend = "run: steppewatch migrate; if it does not know the revision, a newer Steppewatch made it: install that"
        return failed(_MIGRATIONS, f"at revision {seen.revision}, this program needs {seen.head}", mend)
    return ok(_MIGRATIONS, f"at revision {seen.revision}")


def judge_vocabulary(seen: StoreSeen) -> Finding:
    """Return whether there is something to tag with."""
    if seen.missing or (seen.is_empty and seen.error is None):
        return ok(_VOCABULARY, "“up” or “migrate” will load the packaged one")
    if seen.error is not None or seen.revision != seen.head:
        return skipped(_VOCABULARY, "the store cannot be read")
    if seen.vocabulary is None or not seen.entities:
        return failed(_VOCABULARY, "the store has no vocabulary: nothing can be tagged", "run: steppewatch migrate")
    found = f"{seen.vocabulary}, {seen.entities:,} entities"
    if seen.newer_vocabulary is not None:
        mend = "look at it: steppewatch vocabulary diff default; then vocabulary load default, and vocabulary retag"
        return warning(_VOCABULARY, f"{found}; this program brings a newer one, {seen.newer_vocabulary}", mend)
    return ok(_VOCABULARY, found)


def judge_catalogue(seen: StoreSeen) -> Finding:
    """Return whether the store has what this program's catalogue of outlets says."""
    if seen.missing or (seen.is_empty and seen.error is None):
        return ok(_CATALOGUE, "“up” or “migrate” will load the packaged one")
    if seen.error is not None or seen.revision != seen.head:
        return skipped(_CATALOGUE, "the store cannot be read")
    if seen.catalogue:
        found = f"this program brings a newer one: {'; '.join(seen.catalogue)}"
        return warning(_CATALOGUE, found, "run: steppewatch migrate (“up” does it when it starts); your changes stay")
    return ok(_CATALOGUE, f"{seen.outlets:,} outlets, nothing newer to come")
