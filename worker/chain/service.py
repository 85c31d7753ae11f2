"""Processing of waiting rows: the same functions under Celery, in `ingest` and in `crawl --once`."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection

from db import clocks, outcomes
from db.articles import intakes, revisions
from db.collection import captures, host_leases
from db.collection.feeds.days import forget_days
from db.collection.pages import doubts, entries
from db.collection.sources import linked_hosts
from db.engine import Database
from worker.chain.documents import Document, InputResult, Rejected
from worker.chain.looks import build_document, show_page
from worker.chain.pipeline import Pipeline
from worker.coverage.recount import recount

_KEEP_FEED_DAYS = timedelta(days=3 * 365)
"""How long the days of feeds are kept, like the health of days that charts show."""

log = logging.getLogger("worker")

T = TypeVar("T")
Progress = Callable[[Sequence[InputResult]], None]

POISON_ATTEMPTS = 5
"""After this many unfinished attempts a capture or revision counts as poison and is rejected."""


KEEP_LINKS = timedelta(days=180)
"""A host that an outlet has not linked to for so long is no suggestion any more."""


def utc_now() -> datetime:
    """Return the current time; the clock of the entry points."""
    return datetime.now(UTC)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of `size` items; the last may be shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def no_progress(_: Sequence[InputResult]) -> None:
    """Ignore progress."""


def process_captures(chain: Pipeline, capture_ids: Sequence[int]) -> list[InputResult]:
    """Take captures through the chain; finished ones are skipped.

    Captures with an unfinished attempt are processed one by one, which separates a fatal page from others in its batch.
    """
    attempts = chain.database.read(lambda conn: captures.count_attempts(conn, capture_ids))
    fresh = [capture_id for capture_id, times in attempts.items() if times == 0]
    alone = [[capture_id] for capture_id, times in attempts.items() if times > 0]
    return [end for batch in [fresh, *alone] if batch for end in _understand_batch(chain, batch)]


def _understand_batch(chain: Pipeline, capture_ids: Sequence[int]) -> list[InputResult]:
    chain.database.write(lambda conn: captures.begin_captures(conn, capture_ids))
    waiting = chain.database.read(lambda conn: captures.read_captures(conn, capture_ids))
    pages = [show_page(capture) for capture in waiting]
    shown = {page.capture.page_id: page.text_hash for page in pages if page.capture.page_id and page.text_hash}
    same = chain.database.write(lambda conn: _compare_shown(conn, shown)) if shown else {}
    inputs = [build_document(page, same_text_at=same.get(page.capture.page_id or 0, 0)) for page in pages]
    return chain.process(inputs) if inputs else []


def _compare_shown(conn: Connection, shown: Mapping[int, str]) -> dict[int, int]:
    doubts.record_shown(conn, shown)
    return doubts.count_same_text(conn, shown)


def finish_revisions(chain: Pipeline, revision_ids: Sequence[int]) -> list[InputResult]:
    """Finish stored revisions of interrupted batches; those with an unfinished attempt are processed one by one."""
    attempts = chain.database.read(lambda conn: revisions.count_attempts(conn, revision_ids))
    fresh = [revision_id for revision_id, times in attempts.items() if times == 0]
    alone = [[revision_id] for revision_id, times in attempts.items() if times > 0]
    return [end for batch in [fresh, *alone] if batch for end in _finish_batch(chain, batch)]


def _finish_batch(chain: Pipeline, revision_ids: Sequence[int]) -> list[InputResult]:
    chain.database.write(lambda conn: revisions.begin_revisions(conn, revision_ids))
    ended = chain.resume(revision_ids)
    chain.database.write(lambda conn: revisions.end_attempts(conn, revision_ids))
    return ended


def ingest(
    chain: Pipeline,
    inputs: Callable[[datetime], Iterable[Document | Rejected]],
    *,
    batch_size: int = 50,
    progress: Progress = no_progress,
) -> Counter[str]:
    """Take documents through the chain until all are stored, tagged and counted; return the number of each outcome.

    `inputs` yields the documents, for the instant at which they count as observed.
    """
    database = chain.database
    intake = database.write(lambda conn: intakes.join_intake(conn, now=utc_now()))
    heard = time.monotonic()
    counts: Counter[str] = Counter()
    try:
        for batch in batches(inputs(intake.opened_at), batch_size):
            ended = chain.process(batch)
            counts.update(end.outcome for end in ended)
            progress(ended)
            if time.monotonic() - heard > intakes.STALE_S / 6:
                database.write(lambda conn: intakes.refresh_intake(conn, intake, now=utc_now()))
                heard = time.monotonic()
    finally:
        database.write(lambda conn: intakes.leave_intake(conn, intake))
    finish_left_behind(chain)
    recount(database)
    return counts


def finish_left_behind(chain: Pipeline, *, batch_size: int = 50, progress: Progress = no_progress) -> None:
    """Finish revisions of interrupted batches with an expired claim; set poison aside."""
    reject_poison(chain.database, now=chain.clock())
    lease_s = chain.lease.total_seconds()
    while ids := chain.database.write(
        lambda conn: revisions.claim_revisions(conn, now=chain.clock(), lease_s=lease_s, limit=batch_size)
    ):
        progress(finish_revisions(chain, ids))


def drain(chain: Pipeline, *, batch_size: int = 20, progress: Progress = no_progress) -> Counter[str]:
    """Process all waiting rows in this process; return the number of each outcome."""
    counts: Counter[str] = Counter()

    def note(ended: Sequence[InputResult]) -> None:
        counts.update(end.outcome for end in ended)
        progress(ended)

    lease_s = chain.lease.total_seconds()
    while ids := chain.database.write(
        lambda conn: captures.claim_captures(conn, now=chain.clock(), lease_s=lease_s, limit=batch_size)
    ):
        note(process_captures(chain, ids))
    finish_left_behind(chain, progress=note)
    recount(chain.database)
    return counts


def reject_poison(database: Database, *, now: datetime) -> int:
    """Set poisonous captures and texts aside, with a reason; return their number."""
    return database.write(
        lambda conn: (
            captures.reject_exhausted(conn, attempts=POISON_ATTEMPTS, now=now)
            + revisions.set_exhausted_aside(conn, attempts=POISON_ATTEMPTS, now=now)
        )
    )


def mend_clocks(database: Database, *, now: datetime) -> None:
    """Make waits beyond their maximum due, which a fast clock has left behind."""
    if database.read(lambda conn: clocks.count_ahead(conn, now=now)):
        counts = database.write(lambda conn: clocks.bring_back(conn, now=now))
        log.warning("a clock ran ahead; due now: %s", clocks.describe_counts(counts))


def cleanup(database: Database, *, now: datetime, keep_captures: timedelta, captures_max_bytes: float) -> None:
    """Delete expired data: raw captures, feed texts, old problems, and the single counts of past days."""
    expire = partial(captures.expire_captures, before=now - keep_captures, max_bytes=captures_max_bytes)
    while database.write(expire):
        pass
    while database.write(partial(entries.forget_bodies, before=now - keep_captures)):
        pass
    while database.write(partial(linked_hosts.forget_links, before=now - KEEP_LINKS)):
        pass
    database.write(outcomes.forget_old_problems)
    database.write(partial(host_leases.forget_hosts, before=now - timedelta(days=1)))
    database.write(partial(forget_days, before=(now - _KEEP_FEED_DAYS).date()))
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for days_ago in (2, 3, 4):
        database.write(partial(outcomes.compact_outcomes, day=midnight - timedelta(days=days_ago)))
