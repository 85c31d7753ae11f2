"""Named cursors of incremental exports: each export contains the articles changed since the previous one."""

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
    """Another export of that name has finished in the meantime."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The position of a named export, with its request."""

    name: str
    request: Mapping[str, Any]
    position: int
    exported_at: datetime


def find_cursor(conn: Connection, name: str) -> Cursor | None:
    """Return a cursor, or None for an unused name."""
    row = conn.execute(_CURSORS.where(ExportCursor.name == name)).first()
    return Cursor(**row._asdict()) if row else None


_CURSORS = select(ExportCursor.name, ExportCursor.request, ExportCursor.position, ExportCursor.exported_at)


def advance_cursor(conn: Connection, name: str, *, before: int, after: Cursor) -> None:
    """Advance a cursor. Raises CursorMoved if it has left the position where this export began."""
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
    """Delete a cursor, so that its next export is complete; return whether there was one."""
    return conn.execute(delete(ExportCursor).where(ExportCursor.name == name)).rowcount == 1
