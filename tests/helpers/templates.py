"""Stores that many tests begin with: each is made once by a process of the test run, and copied from then on.

A SQLite file is copied as a file, a PostgreSQL database as the template of another. What a test finds is the same as if
it had been made for it, a tenth of a second to two seconds earlier.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from servers.pgserver import connect, database_beside, drop_spares, set_aside
from statements import share_compiled

from db import migrate
from db.engine import Database
from db.models import Base

share_compiled()

FOLDER = "STEPPEWATCH_TEST_FOLDER"
"""The variable that holds the temporary folder of this process of the test run."""
_SQLITE = "sqlite:///"
_made: dict[tuple[str, str], str] = {}
"""The place of each template, by the server that it is on and what it holds."""
_MOST_OF_FILES = 4
_of_files: list[tuple[str, str]] = []
"""Those templates, the newest last, that one file of tests needs: when others are made, old ones go."""


def shared_folder() -> Path:
    """Return the folder for what the processes of a test run share: one above those of xdist's workers."""
    if FOLDER not in os.environ:
        return folder()
    own = Path(os.environ[FOLDER])
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@cache
def folder() -> Path:
    """Return the folder of this process for what its tests share; `remove_all` removes it."""
    return Path(tempfile.mkdtemp(prefix="steppewatch-templates-", dir=os.environ.get(FOLDER)))


def migrated(url: str) -> Database:
    """Return the store at `url`, brought to the present shape by the migrations."""
    return copied(url, _migrate)


def tables(url: str) -> Database:
    """Return the store at `url` with the tables of the models, and nothing that migrations add to them."""
    return copied(url, _create_tables)


def copied(url: str, make: Callable[[Database], None], *, name: str = "") -> Database:
    """Return the store at `url` as `make` leaves it: made by it where there is something already, else copied.

    `make` is a function of a module, whose name tells templates apart. One that makes what a single file of tests
    begins with has a `name` that says all of it.
    """
    if _is_empty(url):
        _copy(url, make, name)
        return Database(url)
    database = Database(url)
    make(database)
    return database


def remove_all() -> None:
    """Remove the templates of this process. A server of our own that has ended took its templates along."""
    shutil.rmtree(folder(), ignore_errors=True)
    for server, name in list(_made):
        _remove(server, name)
    drop_spares()
    _of_files.clear()
    folder.cache_clear()


def _remove(server: str, name: str) -> None:
    place = _made.pop((server, name))
    if server == _SQLITE:
        Path(place).unlink(missing_ok=True)
        return
    with contextlib.suppress(psycopg.OperationalError), connect(server) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {place} WITH (FORCE)".encode())


def _remember(server: str, name: str) -> None:
    """Note a template of one file of tests, and remove the oldest of too many."""
    if (server, name) not in _of_files:
        _of_files.append((server, name))
    same = [one for one in _of_files if one[0] == server]
    for oldest in same[:-_MOST_OF_FILES]:
        _of_files.remove(oldest)
        _remove(*oldest)


def _migrate(database: Database) -> None:
    migrate.upgrade(database)


def _create_tables(database: Database) -> None:
    Base.metadata.create_all(database.engine)


def _is_empty(url: str) -> bool:
    if url.startswith(_SQLITE):
        path = Path(url.removeprefix(_SQLITE))
        return not path.exists() or path.stat().st_size == 0
    with connect(url) as connection:
        found = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
        others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return found is None and connection.execute(others.encode()).fetchone() is None


def _copy(url: str, make: Callable[[Database], None], name: str) -> None:
    is_of_file, name = bool(name), name or f"{make.__module__}.{make.__qualname__}"
    server = _SQLITE if url.startswith(_SQLITE) else database_beside(url)
    template = _sqlite_template(name, make) if server == _SQLITE else _postgres_template(server, name, make)
    if is_of_file:
        _remember(server, name)
    if server == _SQLITE:
        target = Path(url.removeprefix(_SQLITE))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(template, target)
        return
    database = urlsplit(url).path.removeprefix("/")
    set_aside(url)
    with connect(server) as connection:
        # Page by page through the log, as is usual from version 15 on, costs ten times the work.
        strategy = " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
        connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}{strategy}".encode())


def _sqlite_template(name: str, make: Callable[[Database], None]) -> str:
    if (_SQLITE, name) not in _made:
        path = folder() / f"{blake2b(name.encode(), digest_size=12).hexdigest()}.db"
        _make(f"{_SQLITE}{path}", make)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it is in the one file now
        _made[_SQLITE, name] = str(path)
    return _made[_SQLITE, name]


def _postgres_template(server: str, name: str, make: Callable[[Database], None]) -> str:
    if (server, name) not in _made:
        template = f"steppewatch_template_{uuid4().hex[:12]}"
        with connect(server) as connection:
            connection.execute(f"CREATE DATABASE {template} TEMPLATE template0 ENCODING 'UTF8'".encode())
        _made[server, name] = template
        _make(database_beside(server, template), make)
    return _made[server, name]


def _make(url: str, make: Callable[[Database], None]) -> None:
    database = Database(url)
    try:
        make(database)
    finally:
        database.close()
