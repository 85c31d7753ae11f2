"""The page cache of connections to SQLite is the one asked for, also after a long read with a small one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, event

from db.dialect.connections import CACHE_KB, SMALL_CACHE_KB, STATEMENTS
from db.engine import Database


def _cache_kb(conn: Connection) -> int:
    size = conn.exec_driver_sql("PRAGMA cache_size").scalar_one()
    assert size < 0, "kilobytes, not pages"
    return int(-size)


def test_connections_have_the_page_cache_that_was_asked_for(tmp_path: Path) -> None:
    usual, other = (
        Database(f"sqlite:///{tmp_path / 'a.db'}"),
        Database(f"sqlite:///{tmp_path / 'a.db'}", cache_kb=900),
    )
    assert (usual.read(_cache_kb), other.read(_cache_kb)) == (CACHE_KB, 900)
    for database in (usual, other):
        database.close()


def test_a_long_read_leaves_the_page_cache_as_it_was(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}", cache_kb=900)
    with database.snapshot() as conn:
        assert _cache_kb(conn) == SMALL_CACHE_KB
    assert database.read(_cache_kb) == 900
    database.close()


def test_a_connection_keeps_as_many_statements_as_were_asked_for(tmp_path: Path) -> None:
    usual, other = (
        Database(f"sqlite:///{tmp_path / 'a.db'}"),
        Database(f"sqlite:///{tmp_path / 'a.db'}", statements=7),
    )
    kept: list[int] = []

    def look(_dialect: object, _record: object, _places: object, options: Mapping[str, int]) -> None:
        kept.append(options["cached_statements"])

    for database in (usual, other):
        event.listen(database.engine, "do_connect", look)
        database.read(_cache_kb)
        database.close()
    assert kept == [STATEMENTS, 7]
