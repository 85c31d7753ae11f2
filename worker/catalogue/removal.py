"""Deletion of what a confirmed removal of an outlet takes along, in short transactions that can end at any moment.

articles with their stories → captures, pages, feeds, counts → commonplaces and coverage → the outlet itself

Each step deletes rows until none is left, so that a removal that was cut off goes on by starting again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from db.articles import removal_steps as steps
from db.coverage.cells import mark_articles
from db.engine import Database
from db.stories import clusters
from worker.catalogue.step_size import next_size
from worker.coverage.recount import recount
from worker.stories.commonplaces import settle
from worker.stories.edits import recluster

_FIRST = 4
"""Rows of the first transaction of each kind."""
Progress = Callable[[str, int], None]
"""Called with the name of what was deleted, and the number of rows."""


def report_nothing(_: str, __: int) -> None:
    """Ignore progress."""


def finish_removal(database: Database, source_id: str, *, now: datetime, progress: Progress = report_nothing) -> None:
    """Delete all that a confirmed removal takes along, and the outlet."""
    while True:
        _repeat(database, source_id, "articles", _remove_articles, progress, least=1)
        for name, step in steps.COLLECTED:
            _repeat(database, source_id, name, step, progress, least=steps.FEW_ROWS)
        settle(database, (), now=now)
        recount(database)
        try:
            if database.write(lambda conn: steps.finish_removal(conn, source_id, now=now)):
                return
        except IntegrityError:
            continue  # a worker that had begun before the removal has just stored an article


def _repeat(database: Database, source_id: str, name: str, step: steps.Step, progress: Progress, *, least: int) -> None:
    """Take a step until no row is left, with as many rows each time as a short transaction deletes."""
    size = max(_FIRST, least)
    while True:
        number, took_s = database.write(lambda conn: _timed(step, conn, source_id, size))  # noqa: B023 - called at once
        if not number:
            return
        progress(name, number)
        size = next_size(number, took_s, least=least, most=steps.ROWS)


def _timed(step: steps.Step, conn: Connection, source_id: str, size: int) -> tuple[int, float]:
    """Take a step; return the rows that it deleted, and how long that took, waiting for the lock left out."""
    began = time.perf_counter()
    number = step(conn, source_id, size)
    return number, time.perf_counter() - began


def _remove_articles(conn: Connection, source_id: str, limit: int) -> int:
    """Delete some articles, each with its revisions and mentions, and compute the stories anew that they leave."""
    article_ids = steps.find_articles(conn, source_id, limit)
    if not article_ids:
        return 0
    members = clusters.lock_connected(conn, article_ids).members
    mark_articles(conn, article_ids)
    steps.remove_articles(conn, source_id, article_ids)
    recluster(conn, members.keys() - set(article_ids))
    return len(article_ids)


def finish_all(database: Database, *, now: datetime) -> None:
    """Go on with the confirmed removals that were cut off."""
    for source_id in database.read(steps.find_unfinished):
        finish_removal(database, source_id, now=now)
