"""Check of the database: connection, version, schema, vocabulary and catalogue."""

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
from cli.shared.store_url import display_url, get_reason
from cli.source.parts.catalogue_report import describe_changes
from db import migrate
from db.collection.feeds.feeds import FeedHealth, iter_feeds
from db.dialect import is_sqlite
from db.engine import Database
from db.status import read_health
from worker.setup import catalogue_changes, newer_vocabulary

SQLITE_NEEDED = (3, 35)
"""The first version with RETURNING (sqlite.org/lang_returning.html)."""
POSTGRESQL_WISHED = 14
"""The oldest version that is still supported (postgresql.org/support/versioning)."""

_DATABASE, _MIGRATIONS, _VOCABULARY, _CATALOGUE = "database", "migrations", "vocabulary", "catalogue"
_CONNECT_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSeen:
    """The state of the store.

    `error` is set if it does not respond; all fields but `where` and `head` are empty if the file is missing.
    """

    where: str
    head: str
    missing: bool = False
    error: str | None = None
    kind: str = ""
    version: tuple[int, ...] = ()
    read_only: bool = False
    is_empty: bool = False
    """True if it has no tables at all, not even another program's."""
    revision: str | None = None
    vocabulary: str | None = None
    entities: int = 0
    outlets: int = 0
    clock_ahead_s: float | None = None
    """Seconds by which its clock is ahead of ours; None for SQLite, which has no clock."""
    feeds: tuple[FeedHealth, ...] = ()
    ahead: Mapping[str, int] = field(default_factory=dict)
    """Number of rows of each kind that are due too far in the future."""
    full: str | None = None
    """SQLite's message about a full disk; the other fields are then read in read-only mode."""
    newer_vocabulary: str | None = None
    """The version of the vocabulary packaged with this program, if the store never had it."""
    catalogue: tuple[str, ...] = ()
    """The changes that this version's catalogue would make, one line each."""


def look_at_store(database_url: str, clock: Callable[[], datetime]) -> StoreSeen:
    """Return the state of the store. Creates and changes nothing, not even a missing file."""
    where, head = display_url(database_url), migrate.head()
    try:
        url = make_url(database_url)
        file = _file(url)
        if file is not None and not file.exists():
            return StoreSeen(where=where, head=head, missing=True)
        address = _with_timeout(url).render_as_string(hide_password=False)
        try:
            return _look(Database(address), where, head, file, clock)
        except SQLAlchemyError as error:
            if file is None or not is_lack_of_room(error):
                raise
            return replace(_look(Database.as_it_is(address), where, head, file, clock), full=get_reason(error))
    except ImportError as error:
        return StoreSeen(where=where, head=head, error=f"the driver {error.name} is not installed")
    except (ArgumentError, ValueError):
        return StoreSeen(where=where, head=head, error="not the address of a database")
    except (SQLAlchemyError, OSError) as error:
        return StoreSeen(where=where, head=head, error=get_reason(error))


def _look(database: Database, where: str, head: str, file: Path | None, clock: Callable[[], datetime]) -> StoreSeen:
    try:
        return database.read(lambda conn: _seen(conn, where, head, file, clock))
    finally:
        database.close()


def _file(url: URL) -> Path | None:
    in_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(url.database) if in_file and url.database else None


def _with_timeout(url: URL) -> URL:
    if url.get_backend_name() != "postgresql" or "connect_timeout" in url.query:
        return url
    return url.update_query_dict({"connect_timeout": str(_CONNECT_S)})


def _seen(conn: Connection, where: str, head: str, file: Path | None, clock: Callable[[], datetime]) -> StoreSeen:
    tables = set(inspect(conn).get_table_names())
    revision = conn.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
    is_current = revision == head
    health = read_health(conn, now=clock(), problems=0) if is_current else None
    return StoreSeen(
        where=where,
        head=head,
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
        catalogue=tuple(describe_changes(catalogue_changes(conn))) if is_current else (),
    )


def _clock_ahead(conn: Connection, clock: Callable[[], datetime]) -> float:
    before = clock()
    database_time: datetime = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
    after = clock()
    return (database_time - (before + (after - before) / 2)).total_seconds()


def judge_database(seen: StoreSeen) -> Finding:
    """Return the finding on whether the database is usable."""
    if seen.missing:
        return ok(_DATABASE, f"there is no store at {seen.where} yet; “up” creates it")
    full = seen.full or (seen.error if says_full(seen.error or "") else None)
    if full is not None:
        disk = f"the disk of {Path(seen.where).absolute().parent}" if seen.full else "its disk"
        found = f"nothing can be stored in {seen.where}: {disk} is full or over quota ({full})"
        return failed(_DATABASE, found, "free some space there (no stored data is lost); see: disk space")
    if seen.error is not None:
        mend = "check that it runs and accepts this user, or set STEPPEWATCH_DATABASE_URL to use another"
        return failed(_DATABASE, f"{seen.where} cannot be used: {seen.error}", mend)
    if seen.read_only:
        return failed(_DATABASE, f"{seen.where} is read-only", "make the file and its folder writable for this user")
    found = f"{seen.kind} {'.'.join(map(str, seen.version))} at {seen.where}"
    if seen.kind == "SQLite" and seen.version < SQLITE_NEEDED:
        return failed(_DATABASE, f"{found} is too old", "use a Python that was built with SQLite 3.35 or newer")
    if seen.kind == "PostgreSQL" and seen.version < (POSTGRESQL_WISHED,):
        return warning(_DATABASE, f"{found} is no longer supported", f"upgrade it to {POSTGRESQL_WISHED} or newer")
    return ok(_DATABASE, found)


def judge_migrations(seen: StoreSeen) -> Finding:
    """Return the finding on the schema."""
    if seen.error is not None:
        return skipped(_MIGRATIONS, "the database cannot be used")
    if seen.missing or (seen.is_empty and seen.revision is None):
        return ok(_MIGRATIONS, f"nothing is stored yet; “up” or “migrate” creates revision {seen.head}")
    if seen.revision is None:
        mend = "give Steppewatch a database of its own: STEPPEWATCH_DATABASE_URL"
        return failed(_MIGRATIONS, f"{seen.where} holds the tables of another program", mend)
    if seen.revision != seen.head:
        mend = "run: steppewatch migrate; if the revision is unknown to it, install the newer Steppewatch that wrote it"
        return failed(_MIGRATIONS, f"at revision {seen.revision}, this version needs {seen.head}", mend)
    return ok(_MIGRATIONS, f"at revision {seen.revision}")


def judge_vocabulary(seen: StoreSeen) -> Finding:
    """Return the finding on the vocabulary."""
    if seen.missing or (seen.is_empty and seen.error is None):
        return ok(_VOCABULARY, "“up” or “migrate” loads the packaged one")
    if seen.error is not None or seen.revision != seen.head:
        return skipped(_VOCABULARY, "the store cannot be read")
    if seen.vocabulary is None or not seen.entities:
        return failed(_VOCABULARY, "the store has no vocabulary, so nothing can be tagged", "run: steppewatch migrate")
    found = f"{seen.vocabulary}, {seen.entities:,} entities"
    if seen.newer_vocabulary is not None:
        mend = "review it: steppewatch vocabulary diff default; then vocabulary load default, and vocabulary retag"
        return warning(_VOCABULARY, f"{found}; this version brings a newer one, {seen.newer_vocabulary}", mend)
    return ok(_VOCABULARY, found)


def judge_catalogue(seen: StoreSeen) -> Finding:
    """Return the finding on the catalogue of outlets."""
    if seen.missing or (seen.is_empty and seen.error is None):
        return ok(_CATALOGUE, "“up” or “migrate” loads the packaged one")
    if seen.error is not None or seen.revision != seen.head:
        return skipped(_CATALOGUE, "the store cannot be read")
    if seen.catalogue:
        found = f"this version brings a newer one: {'; '.join(seen.catalogue)}"
        return warning(_CATALOGUE, found, "run: steppewatch migrate (“up” does it at its start); your changes stay")
    return ok(_CATALOGUE, f"{seen.outlets:,} outlets, up to date")
