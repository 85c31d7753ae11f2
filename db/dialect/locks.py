"""Locks until the end of a transaction, on PostgreSQL. SQLite has one writer, and needs none."""

from __future__ import annotations

from collections.abc import Iterable

import xxhash
from sqlalchemy import Connection, text

from db.dialect import is_sqlite

_SUBSCRIPTIONS_KEY = 7_309_531_006


def lock_for_subscriptions(conn: Connection) -> None:
    """Lock out other changes of subscriptions until the end of this transaction."""
    if not is_sqlite(conn):
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SUBSCRIPTIONS_KEY})


def lock_names(conn: Connection, names: Iterable[str]) -> None:
    """Lock these names until the end of this transaction. Without effect in SQLite, which has one writer."""
    if not is_sqlite(conn):
        keys = sorted({xxhash.xxh3_64_intdigest(name.encode()) - 2**63 for name in names})
        conn.execute(text("SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) AS k"), {"keys": keys})


_COMMONPLACES_KEY = 7_309_531_007


def lock_commonplaces(conn: Connection, *, alone: bool) -> None:
    """Lock the commonplaces until the end of this transaction: shared, or exclusively with `alone`."""
    if not is_sqlite(conn):
        shared = "" if alone else "_shared"
        conn.execute(text(f"SELECT pg_advisory_xact_lock{shared}(:key)"), {"key": _COMMONPLACES_KEY})
