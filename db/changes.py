"""Numbered changes, which select the articles of an incremental export and mark the position of a snapshot.

Each article carries the number of the transaction that last changed it. In SQLite writers follow each other, and so do
the numbers of a counter. PostgreSQL's writers overlap: there the number is that of the transaction, which is issued in
order, but not committed in order; so a reader stops below the oldest transaction that still runs (`pg_snapshot_xmin`),
and takes the rest next time.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from db.dialect import change_numbers, insert
from db.models import Article, ChangeClock, ExportCursor, RemovedArticle


def note_changes(conn: Connection, article_ids: Sequence[int]) -> None:
    """Set the number of this transaction on these articles."""
    if article_ids:
        number = change_numbers.change_number(conn)
        rows = update(Article).where(Article.id.in_(article_ids), Article.changed != number)
        conn.execute(rows.values(changed=number))


def note_removal(conn: Connection, article_id: int, *, joined_to: int | None = None) -> None:
    """Record that an article is removed by this transaction, or joined to another article."""
    values = {"changed": change_numbers.change_number(conn), "joined_to": joined_to}
    row = insert(conn, RemovedArticle).values(article_id=article_id, **values)
    conn.execute(row.on_conflict_do_update(index_elements=["article_id"], set_=values))


def settled_number(conn: Connection) -> int:
    """Return the highest number up to which this connection sees all changes, and none will be added.

    Call it at the beginning of the snapshot that is read afterwards.
    """
    return change_numbers.settled_number(conn)


def find_server(conn: Connection) -> str | None:
    """Return the name of the server that issued the numbers; None if they are another's (see `adopt_numbers`)."""
    server = change_numbers.find_server(conn)
    known = conn.scalar(select(ChangeClock.server))
    return server if known == server or (known is None and not server) else None


def adopt_numbers(conn: Connection) -> bool:
    """Restart the numbers after a move to another PostgreSQL cluster; return whether there was one.

    The new cluster counts its transactions from the beginning: earlier numbers could lie ahead of it, and new changes
    behind every cursor. So the earlier numbers are cleared, and named exports start again. No data is lost; each named
    export is complete once more.
    """
    server = change_numbers.find_server(conn)
    known = conn.scalar(select(ChangeClock.server))
    if known is None:
        first = insert(conn, ChangeClock).values(id=1, last=0, server=server)
        conn.execute(first.on_conflict_do_nothing(index_elements=["id"]))
    if known is None or known == server:
        return False
    conn.execute(update(Article).where(Article.changed != 0).values(changed=0))
    conn.execute(update(RemovedArticle).values(changed=0))
    conn.execute(update(ExportCursor).values(position=-1))
    conn.execute(update(ChangeClock).values(server=server))
    return True
