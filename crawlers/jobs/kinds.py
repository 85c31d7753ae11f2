"""The kinds of jobs, and operations on jobs of all kinds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from crawlers.jobs.backfill_job import BackfillJob, BackfillPageJob
from crawlers.jobs.fetch_job import FetchJob
from crawlers.jobs.hub_job import HubJob
from crawlers.jobs.job import DueFilter, Job
from crawlers.jobs.poll_job import PollJob

KINDS: tuple[type[Job], ...] = (PollJob, FetchJob, HubJob, BackfillJob, BackfillPageJob)
"""The kinds, in the order of the search and of the row locks: a back-fill takes what the others leave."""

_OF_BACKFILLS: tuple[type[Job], ...] = (BackfillJob, BackfillPageJob)


def find_due(
    conn: Connection, wanted: DueFilter, *, room: int, requests: int, in_flight: Collection[Job], pages_too: bool
) -> list[Job]:
    """Return at most `room` due jobs on different hosts. Without `pages_too`, only kinds that add to no backlog."""
    found: list[Job] = []

    def find(kind: type[Job], limit: int) -> int:
        resting = {*wanted.resting, *(job.host for job in found)}
        more = kind.find_due(conn, limit, replace(wanted, resting=resting))
        found.extend(more)
        return len(more)

    unsatisfied: list[type[Job]] = []
    for kind in KINDS if wanted.backfill_id is None else _OF_BACKFILLS:
        held = sum(isinstance(job, kind) for job in in_flight)
        limit = kind.limit(room - len(found), in_flight=held, requests=requests)
        is_wanted = limit > 0 and (pages_too or not kind.fills_backlog)
        if is_wanted and find(kind, limit) == limit and kind.takes_rest:
            unsatisfied.append(kind)
    for kind in unsatisfied:
        if len(found) < room:
            find(kind, room - len(found))
    return found


def claim(conn: Connection, jobs: Iterable[Job], *, now: datetime, lease_s: float) -> list[Job]:
    """Return the jobs that are now claimed for `lease_s` seconds, in the given order."""
    candidates = list(jobs)
    ours = {
        (kind.stage, id)
        for kind, ids in _ids_by_kind(candidates)
        for id in kind.claim_rows(conn, ids, now=now, lease_s=lease_s)
    }
    return [job for job in candidates if job.key in ours]


def renew_claims(conn: Connection, jobs: Iterable[Job], *, until: datetime | None) -> None:
    """Renew the claims of jobs until then; None releases them."""
    for kind, ids in _ids_by_kind(list(jobs)):
        kind.renew_rows(conn, ids, until=until)


def _ids_by_kind(jobs: Collection[Job]) -> Iterator[tuple[type[Job], list[int]]]:
    for kind in KINDS:
        if ids := [job.id for job in jobs if isinstance(job, kind)]:
            yield kind, ids
