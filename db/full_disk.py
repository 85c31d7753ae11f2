"""Reading a database on a full disk.

Next to its file SQLite keeps a log and, for readers, shared memory, for which there is no space. If no process has it,
no process can be writing either; so the file is read unchanged, or with the log by a single connection that keeps the
shared memory to itself.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, NullPool, StaticPool, create_engine

from db import dialect
from db.dialect.connections import BUSY_TIMEOUT_MS


def open_read_only(file: Path) -> Engine:
    """Return an engine for short reads, which writes nothing and is not shared between threads."""
    log = Path(f"{file}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    address = f"file:{quote(str(file.absolute()))}" + ("" if has_log else "?immutable=1&mode=ro")

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_MS / 1000)
        if has_log:  # needed before the first read, which would otherwise create the shared memory
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.isolation_level = None
        return connection

    pool = StaticPool if has_log else NullPool
    return create_engine("sqlite://", creator=connect, poolclass=pool, json_serializer=dialect.to_json)
