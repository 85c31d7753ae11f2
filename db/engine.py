"""Opening the database: read connections, and write transactions that are retried on conflicts."""

from __future__ import annotations

import errno
import os
import random
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from db import dialect, full_disk
from db.dialect.connections import BUSY_TIMEOUT_MS, CACHE_KB, QUERIES, STATEMENTS, WRITES, prepare, snapshot

T = TypeVar("T")

_ATTEMPTS = 8


class Database:
    """An open database. One per process; connections are made on first use."""

    def __init__(
        self, url: str, *, cache_kb: int = CACHE_KB, statements: int = STATEMENTS, queries: int = QUERIES
    ) -> None:
        """`cache_kb` is the page cache of each connection to SQLite, which keeps `statements` compiled ones.

        The SQL of so many `queries` is kept, and of up to half as many more.
        """
        self.url = url
        self._full: str | None = None
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            options: dict[str, Any] = {
                "connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000, "cached_statements": statements}
            }
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
                options["pool_use_lifo"] = True
        else:
            options = {"pool_size": 4, "max_overflow": 4, "pool_pre_ping": True, "pool_use_lifo": True}
        # The connection that was used last is used next: others do not come to hold the same pages, too.
        self.engine: Engine = create_engine(url, json_serializer=dialect.to_json, query_cache_size=queries, **options)
        prepare(self.engine, cache_kb=cache_kb)
        # Also at the end of the process: closing the last connection merges SQLite's log into the file.
        weakref.finalize(self, self.engine.dispose)
        self._writer = self.engine.execution_options(**{WRITES: True})

    @classmethod
    def as_it_is(cls, url: str) -> Database:
        """Return an embedded database on a full disk, for short reads by one thread; see `full_disk`."""
        database = cls(url)
        file = make_url(url).database
        assert file is not None
        database.engine, database._full = full_disk.open_read_only(Path(file)), file
        return database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection for queries; all its changes are rolled back."""
        with self.engine.connect() as conn:
            yield conn

    def read(self, query: Callable[[Connection], T]) -> T:
        """Return the result of `query` over a connection for reading."""
        with self.engine.connect() as conn:
            return query(conn)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Yield a connection for long reads: all its queries see the database as it is at the first of them."""
        with snapshot(self.engine) as conn:
            yield conn

    def write(self, work: Callable[[Connection], T]) -> T:
        """Return the result of `work` inside one committed transaction.

        `work` is run again from the start after a conflict with another transaction, so its only side effects must be
        those on the connection. Its own errors roll back and propagate.
        """
        if self._full is not None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._full)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._writer.begin() as conn:
                    return work(conn)
            except DBAPIError as error:
                if attempt == _ATTEMPTS or not dialect.is_retryable(error):
                    raise
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise AssertionError("unreachable")

    def close(self, *, inherited: bool = False) -> None:
        """Close all connections; the next use opens new ones.

        After a fork the child passes `inherited`: the connections are its parent's, and are only dropped.
        """
        self.engine.dispose(close=not inherited)
