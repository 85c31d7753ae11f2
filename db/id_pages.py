"""Pages of ids, for lists that continue after any of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from db.dialect import bytewise


def read_ids(
    conn: Connection,
    column: Any,
    *,
    after: Any = None,
    limit: int,
    is_descending: bool = False,
    where: Sequence[ColumnElement[bool]] = (),
) -> tuple[list[Any], Any]:
    """Return the next values of a key that rows fulfil conditions with, and where to go on; None after the last.

    Texts are in the order of their code points.
    """
    key = bytewise(conn, column) if column.type.python_type is str else column
    query = select(column).where(*where)
    if after is not None:
        query = query.where(key < after if is_descending else key > after)
    ids = list(conn.scalars(query.order_by(key.desc() if is_descending else key.asc()).limit(limit + 1)))
    return ids[:limit], ids[limit - 1] if len(ids) > limit else None
