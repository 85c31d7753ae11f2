"""Updates of commonplaces, the passages that outlets repeat, and new judgement of the affected links."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from db.dialect.locks import lock_commonplaces
from db.engine import Database
from db.stories import commonplaces
from db.stories.clusters import record_links
from worker.matching.freeing import free
from worker.stories.edits import recluster
from worker.stories.linking import judge_again


def settle(database: Database, hashes: Collection[int], *, now: datetime) -> None:
    """Update the commonplaces for new samples of current texts and for lost ones; usually without effect."""
    if any(database.read(lambda conn: commonplaces.find_due(conn, hashes))):
        database.write(lambda conn: settle_in(conn, hashes, now=now))


def settle_in(conn: Connection, hashes: Collection[int], *, now: datetime) -> None:
    """Do the same in a transaction that holds no lock of articles yet."""
    lock_commonplaces(conn, alone=True)
    changed = commonplaces.settle(conn, hashes)
    pairs = commonplaces.find_links(conn, changed) if changed else []
    if pairs:
        record_links(conn, judge_again(conn, pairs))
        free(conn, recluster(conn, {end for pair in pairs for end in pair}), now=now)
