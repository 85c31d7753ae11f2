"""Numbers of transactions: the order in which readers of changes follow them, see `db.changes`."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, Connection, literal_column, text

from db.dialect import is_sqlite


def change_number(conn: Connection) -> int | ColumnElement[int]:
    """Return the number of this transaction, see `db.changes`."""
    if is_sqlite(conn):
        first = "INSERT INTO change_clock (id, last, server) VALUES (1, 1, '')"
        count = f"{first} ON CONFLICT (id) DO UPDATE SET last = last + 1 RETURNING last"
        return int(conn.execute(text(count)).scalar_one())
    return literal_column("CAST(CAST(pg_current_xact_id() AS text) AS bigint)", BigInteger)


def find_server(conn: Connection) -> str:
    """Return the PostgreSQL cluster that issues the change numbers; empty if the database itself counts."""
    if is_sqlite(conn):
        return ""
    return str(conn.execute(text("SELECT system_identifier FROM pg_control_system()")).scalar_one())


def settled_number(conn: Connection) -> int:
    """Return the highest number below all transactions that still run, see `db.changes`."""
    if is_sqlite(conn):
        return int(conn.scalar(text("SELECT last FROM change_clock")) or 0)
    query = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) - 1"
    return int(conn.execute(text(query)).scalar_one())
