"""Opening the store: read connections, and write transactions that are run again when they collide."""

from __future__ import annotations

import errno
import os
import random
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from db import dialect, full_disk

T = TypeVar("T")

_ATTEMPTS = 8


class Database:
    """A store that is open. One per process; connections are made when first used."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._full: str | None = None
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine: Engine = create_engine(
                url, connect_args={"timeout": dialect.BUSY_TIMEOUT_MS / 1000}, json_serializer=dialect.to_json
            )
        else:
            self.engine = create_engine(
                url, pool_size=4, max_overflow=4, pool_pre_ping=True, json_serializer=dialect.to_json
            )
        dialect.prepare(self.engine)
        # Also at the end of the process: the last connection that is closed brings SQLite's log into the file.
        weakref.finalize(self, self.engine.dispose)
        self._writer = self.engine.execution_options(**{dialect.WRITES: True})

    @classmethod
    def as_it_is(cls, url: str) -> Database:
        """Return an embedded store whose disk is full, for short reading by one thread; see `lastresort`."""
        database = cls(url)
        file = make_url(url).database
        assert file is not None
        database.engine, database._full = full_disk.engine_of(Path(file)), file
        return database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection for queries; whatever it did is rolled back."""
        with self.engine.connect() as conn:
            yield conn

    def read(self, query: Callable[[Connection], T]) -> T:
        """Return what `query` returned over a connection for reading."""
        with self.engine.connect() as conn:
            return query(conn)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Yield a connection for long reading: all its queries see the store as it is at the first of them."""
        with dialect.snapshot(self.engine) as conn:
            yield conn

    def write(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` returned inside one committed transaction.

        `work` is run again from the start when another transaction got in its way, so it must not do anything
        but talk to the connection. Errors of its own roll back and pass through.
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

        After a fork the child says `inherited`: the connections are its parent's, and only forgotten.
        """
        self.engine.dispose(close=not inherited)
