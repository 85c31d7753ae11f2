"""Named cursors of incremental exports: what came with the last one does not come again, unless it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from db.dialect import insert
from db.models import ExportCursor

NOTHING_YET = -1
"""The position before the first change."""


class CursorMoved(RuntimeError):
    """Another export of that name ended meanwhile."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a named export has come, and of which question it is."""

    name: str
    request: Mapping[str, Any]
    position: int
    exported_at: datetime


def find_cursor(conn: Connection, name: str) -> Cursor | None:
    """Return a cursor, or None for a name that was not used yet."""
    row = conn.execute(_CURSORS.where(ExportCursor.name == name)).first()
    return Cursor(*row) if row else None


_CURSORS = select(ExportCursor.name, ExportCursor.request, ExportCursor.position, ExportCursor.exported_at)


def advance_cursor(conn: Connection, name: str, *, before: int, after: Cursor) -> None:
    """Move a cursor on. Raises CursorMoved when it is not where this export began any more."""
    values = {
        "request": dict(after.request),
        "position": after.position,
        "exported_at": after.exported_at,
    }
    if before == NOTHING_YET:
        first = insert(conn, ExportCursor).values(name=name, **values).on_conflict_do_nothing(index_elements=["name"])
        if conn.execute(first.returning(ExportCursor.name)).first() is not None:
            return
    moved = conn.execute(
        update(ExportCursor).where(ExportCursor.name == name, ExportCursor.position == before).values(values)
    ).rowcount
    if moved != 1:
        raise CursorMoved(name)


def remove_cursor(conn: Connection, name: str) -> bool:
    """Forget a cursor, so that its next export has everything; return whether there was one."""
    return conn.execute(delete(ExportCursor).where(ExportCursor.name == name)).rowcount == 1
