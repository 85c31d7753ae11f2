"""Connections: their settings, the transactions of writers, snapshots for long reads, and limits of time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, event

from db.dialect import is_sqlite

BUSY_TIMEOUT_MS = 10_000
WRITES = "steppewatch_writes"
"""Execution option of a connection that will write: SQLite then takes its lock at BEGIN, see `_begin`."""

CACHE_KB = 8_000
"""Page cache of SQLite for each connection."""
SMALL_CACHE_KB = 2_000
"""The same for long reads, and for a process whose many connections read little each."""
STATEMENTS = 128
"""Compiled statements that a connection to SQLite keeps; the driver's own number."""
FEW_STATEMENTS = 32
"""The same for a process with many connections: one takes 20 kB, one with thousands of numbers two megabytes."""
QUERIES = 500
"""Queries of which the library keeps the SQL; its own number."""
FEW_QUERIES = 100
"""The same for a process with hundreds of queries that are rarely repeated: one takes 30 kB."""

_STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock: about a millisecond."""


def prepare(engine: Engine, *, cache_kb: int = CACHE_KB) -> None:
    """Configure a new engine: pragmas and explicit transactions for SQLite, simple plans for PostgreSQL."""
    if is_sqlite(engine):
        event.listen(engine, "connect", partial(_on_connect, cache_kb=cache_kb))
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _plan_for_short_answers)


def _on_connect(dbapi_connection: Any, _record: Any, *, cache_kb: int) -> None:
    dbapi_connection.isolation_level = None  # the driver must not open transactions by itself
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{cache_kb}")  # a negative number means kilobytes
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def _plan_for_short_answers(dbapi_connection: Any, _record: Any) -> None:
    # Compiling takes longer than all the rows of most results: 160 ms instead of 5 for 4,800 cells of coverage.
    # Parallel plans make the planner read whole tables instead of an index: 44 ms instead of 2 for the same.
    dbapi_connection.execute("SET jit = off")
    dbapi_connection.execute("SET max_parallel_workers_per_gather = 0")
    # All rows of a cursor are read. By default it is planned for its first tenth, at the cost of the others: in 1.5 s
    # instead of 10 ms for the days of an outlet.
    dbapi_connection.execute("SET cursor_tuple_fraction = 1")
    dbapi_connection.commit()


def _begin(conn: Connection) -> None:
    # A deferred transaction that reads first and writes later fails at once if another wrote in between, regardless of
    # the timeout; so writers take the lock when they begin, and wait for it there.
    writes = conn.get_execution_options().get(WRITES, False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Yield a connection with all queries on the database as it is now, for large reads with little memory."""
    if is_sqlite(engine):
        with engine.connect() as conn:
            settings = conn.connection.cursor()  # not the connection, which would begin the transaction
            (usual,) = settings.execute("PRAGMA cache_size").fetchone()
            settings.execute(f"PRAGMA cache_size = -{SMALL_CACHE_KB}")
            settings.execute("PRAGMA temp_store = FILE")  # sorted rows do not fit into little memory
            try:
                yield conn
            finally:
                conn.rollback()
                settings.execute(f"PRAGMA cache_size = {usual}")
                settings.execute("PRAGMA temp_store = MEMORY")
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as conn:
        conn.exec_driver_sql("SET LOCAL datestyle = 'ISO'")
        yield conn


@contextmanager
def time_limit(conn: Connection, seconds: float) -> Iterator[None]:
    """Let each query of a connection fail with OperationalError after its time; on SQLite all queries together."""
    if not is_sqlite(conn):
        conn.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        yield
        return
    driver = conn.connection.driver_connection
    assert driver is not None
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
