"""Numbered changes: by them an incremental export knows what is new, and a snapshot says where it was cut.

Each article carries the number of the transaction that last changed anything about it. In SQLite writers follow each
other, and so do the numbers of a counter. PostgreSQL's writers overlap: there the number is that of the transaction,
which is given out in order, but not committed in order; so a reader takes only what lies below the oldest transaction
that still runs (`pg_snapshot_xmin`), and the rest next time.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from db import dialect
from db.models import Article, ChangeClock, ExportCursor


def note_changes(conn: Connection, article_ids: Sequence[int]) -> None:
    """Give these articles the number of this transaction."""
    if article_ids:
        number = dialect.change_number(conn)
        rows = update(Article).where(Article.id.in_(article_ids), Article.changed != number)
        conn.execute(rows.values(changed=number))


def settled_number(conn: Connection) -> int:
    """Return the number up to which everything is seen by this connection, and nothing will be added any more.

    Ask at the beginning of the snapshot that is then read.
    """
    return dialect.settled_number(conn)


def adopt_numbers(conn: Connection) -> bool:
    """Begin anew when the store was moved to another PostgreSQL cluster; return whether it was.

    That one counts its transactions from the beginning: numbers from before could lie ahead of it, and what changes
    now behind every cursor. So the former are forgotten, and named exports begin again. Nothing is lost by that; each
    named export has everything once more.
    """
    server = dialect.server_of(conn)
    known = conn.scalar(select(ChangeClock.server))
    if known is None:
        first = dialect.insert(conn, ChangeClock).values(id=1, last=0, server=server)
        conn.execute(first.on_conflict_do_nothing(index_elements=["id"]))
    if known is None or known == server:
        return False
    conn.execute(update(Article).where(Article.changed != 0).values(changed=0))
    conn.execute(update(ExportCursor).values(position=-1))
    conn.execute(update(ChangeClock).values(server=server))
    return True
