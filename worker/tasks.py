"""Celery tasks: shells around `worker.chain.service`. Messages carry row ids and are hints; the rows are the queue."""

from __future__ import annotations

import gc
import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from celery.signals import (
    task_postrun,
    worker_init,
    worker_process_init,
    worker_process_shutdown,
    worker_shutdown,
)

from db.alerts import deliveries, outbox
from db.articles import revisions
from db.collection import captures
from db.engine import Database
from db.logs import EachMinute
from db.vocabulary import retags
from worker.app import app, settings
from worker.catalogue.removal import finish_all
from worker.chain import retag as retagging
from worker.chain import service
from worker.chain.pipeline import Pipeline
from worker.chain.service import batches, utc_now
from worker.coverage.alarms import judge_outlets, record_alarms
from worker.coverage.recount import recount as recount_cells
from worker.delivery.sender import Sender
from worker.delivery.sender_settings import SenderSettings
from worker.export import scheduled
from worker.matching import burst, health, silence

log = logging.getLogger("worker")

IN_FLIGHT = 200
"""Captures in flight: enough to keep every process busy, few enough to be claimed again soon."""

RETAGS_IN_FLIGHT = 1_000
"""Revisions in flight for retagging: a second's work, so that new captures wait no longer than that."""

_pipeline: Pipeline | None = None


def pipeline() -> Pipeline:
    """Return the chain of this process, with the current vocabulary."""
    global _pipeline
    if _pipeline is None:
        _pipeline = Pipeline(
            Database(settings.database), clock=utc_now, lease_s=settings.lease_s, cache=settings.cache_dir
        )
    return _pipeline


def sender() -> Sender:
    """Return the sender of the messages in the outbox."""
    return Sender(pipeline().database, SenderSettings.from_settings(settings), clock=utc_now)


@worker_init.connect
def _before_fork(**_: object) -> None:
    """Load all shared resources once, in the parent: forks share its memory."""
    loaded = pipeline()
    loaded.warm_up()
    loaded.database.close()
    gc.freeze()


@worker_process_init.connect
def _after_fork(**_: object) -> None:
    """Reset connections, which do not survive a fork."""
    pipeline().database.close(inherited=True)


@app.task
def sweep() -> None:
    """Send a message for every unclaimed waiting row: new captures, and the rows of lost messages."""
    database, now = pipeline().database, utc_now()
    service.reject_poison(database, now=now)
    room = IN_FLIGHT - database.read(lambda conn: captures.count_held(conn, now=now))
    capture_ids = (
        database.write(lambda conn: captures.claim_captures(conn, now=now, lease_s=settings.lease_s, limit=room))
        if room > 0
        else []
    )
    for ids in batches(capture_ids, settings.batch_size):
        process_captures.delay(ids)
    revision_ids = database.write(
        lambda conn: revisions.claim_revisions(conn, now=now, lease_s=settings.lease_s, limit=IN_FLIGHT)
    )
    for ids in batches(revision_ids, settings.batch_size):
        finish.delay(ids)
    for ids in batches(_outdated(database, now), retagging.BATCH):
        retag.delay(ids)


def _outdated(database: Database, now: datetime) -> list[int]:
    """Return revisions to retag, if that was requested."""
    if not database.read(retags.is_retag_requested):
        return []
    room = RETAGS_IN_FLIGHT - database.read(lambda conn: retags.count_held(conn, now=now))
    if room < RETAGS_IN_FLIGHT // 2:
        return []
    return database.write(lambda conn: retags.claim_outdated(conn, now=now, lease_s=settings.lease_s, limit=room))


@app.task(name="worker.tasks.understand")  # sent by that name
def process_captures(capture_ids: list[int]) -> None:
    """Take captures through the whole chain."""
    ended = service.process_captures(pipeline(), capture_ids)
    if ended:
        outcomes = Counter[str](end.outcome for end in ended)
        log.debug("processed %s", _summary(outcomes))
        _minute.add({("processed", outcome): number for outcome, number in outcomes.items()})
        _distribute_deliveries()


@app.task
def finish(revision_ids: list[int]) -> None:
    """Finish the revisions that a batch left between its two transactions."""
    service.finish_revisions(pipeline(), revision_ids)


@app.task
def send_due() -> None:
    """Create the due digests, and distribute waiting messages of the outbox."""
    if pipeline().database.read(lambda conn: outbox.is_digest_due(conn, now=utc_now())):
        sender().make_digests()
    _distribute_deliveries()


@app.task
def detect_events() -> None:
    """Detect silent outlets, entities with unusual attention, and clocks that ran ahead."""
    database, now = pipeline().database, utc_now()
    service.mend_clocks(database, now=now)
    if silence.record_silences(database, now=now) + burst.record_bursts(database, now=now):
        _distribute_deliveries()


def _distribute_deliveries() -> None:
    if pipeline().database.read(lambda conn: deliveries.is_any_due(conn, now=utc_now())):
        claim, lists = sender().claim()
        for delivery_ids in lists:
            deliver.delay(claim, delivery_ids)


@app.task
def deliver(claim: str, delivery_ids: list[int]) -> None:
    """Send messages of one channel under this claim."""
    arrived = sender().deliver(claim, delivery_ids)
    if arrived:
        _minute.add({("delivered", "messages"): arrived})


@app.task
def retag(revision_ids: list[int]) -> None:
    """Tag revisions with the current vocabulary."""
    retagging.retag_batch(pipeline(), revision_ids)


@app.task
def recount() -> None:
    """Bring the coverage cells up to date."""
    recount_cells(pipeline().database, wait=False)


@app.task
def export() -> None:
    """Write the scheduled exports that are due."""
    scheduled.run_due(pipeline().database, utc_now)


@app.task
def cleanup() -> None:
    """Delete expired data, and what confirmed removals of outlets that were cut off left behind."""
    finish_all(pipeline().database, now=utc_now())
    service.cleanup(
        pipeline().database,
        now=utc_now(),
        keep_captures=timedelta(days=settings.keep_captures_days),
        captures_max_bytes=settings.captures_max_mb * 1_000_000,
    )


@app.task
def watch_outlets() -> None:
    """Record which outlets answer and yet are not collected as they should be, and tell subscribers of changes."""
    database, now = pipeline().database, utc_now()
    judged = judge_outlets(database, now=now)
    if judged is None:
        return
    record_alarms(database, judged, now=now)
    if health.record_health(database, judged, now=now):
        _distribute_deliveries()


@task_postrun.connect
def _log_minute(**_: object) -> None:
    """Log the counts of the last minute; some task ends every second."""
    _minute.tell_if_due()


@worker_shutdown.connect
@worker_process_shutdown.connect
def _log_rest(**_: object) -> None:
    _minute.tell()


def _log_counts(counts: Mapping[tuple[str, str], int]) -> None:
    for verb in sorted({verb for verb, _ in counts}):
        log.info("%s %s", verb, _summary({what: number for (of, what), number in counts.items() if of == verb}))


_minute: EachMinute[tuple[str, str]] = EachMinute(_log_counts)
"""Counts of processed and delivered inputs not yet logged."""


def _summary(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {outcome.replace('_', ' ')}" for outcome, number in sorted(counts.items()))
