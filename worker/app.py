"""The Celery application. It knows its tasks only by name, so that tasks may import it.

celery -A worker.app worker -B
"""

from __future__ import annotations

import logging
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_ready, worker_shutting_down

from db.logs import set_up
from db.settings import load
from worker.runtime.beat_watchdog import BeatWatchdog
from worker.runtime.heartbeat import WorkerPulse

log = logging.getLogger("worker")

settings = load()

HANGS_S = 900.0
"""Time after which a task counts as hanging: its process is replaced, and its rows are claimed again or finally set
aside.
"""

app = Celery("steppewatch", broker=settings.broker_url or "memory://", include=["worker.tasks"])
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="steppewatch",
    task_time_limit=HANGS_S,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    broker_connection_retry_on_startup=True,
    # The rows are the queue, and the sweeper repeats unfinished work; the broker's own redelivery only has to be faster
    # than an operator's patience, not exact.
    broker_transport_options={"visibility_timeout": settings.lease_s * 2, "socket_keepalive": True},
    beat_schedule={
        "sweep": {
            "task": "worker.tasks.sweep",
            "schedule": settings.sweep_every_s,
            "options": {"expires": max(5.0, settings.sweep_every_s * 5)},
        },
        "send_due": {
            "task": "worker.tasks.send_due",
            "schedule": max(1.0, settings.sweep_every_s),
            "options": {"expires": 10.0},
        },
        "detect_events": {"task": "worker.tasks.detect_events", "schedule": 60.0, "options": {"expires": 50.0}},
        "recount": {
            "task": "worker.tasks.recount",
            "schedule": max(1.0, settings.sweep_every_s),
            "options": {"expires": 10.0},
        },
        "export": {"task": "worker.tasks.export", "schedule": 60.0, "options": {"expires": 50.0}},
        "watch_outlets": {"task": "worker.tasks.watch_outlets", "schedule": 3_600.0, "options": {"expires": 3_000.0}},
        "cleanup": {"task": "worker.tasks.cleanup", "schedule": 3_600.0, "options": {"expires": 3_000.0}},
    },
)

app.steps["worker"].update((BeatWatchdog, WorkerPulse))


@setup_logging.connect
def _log_plainly(**_: object) -> None:
    """Log the processed inputs instead of the arrival of tasks."""
    set_up(settings.log_level, "worker")
    # At the end of a worker it logs that messages return to the broker: they are only hints.
    logging.getLogger("kombu.transport.virtual.base").setLevel(logging.ERROR)


@worker_ready.connect
def _say_ready(sender: Any, **_: object) -> None:
    processes = sender.controller.concurrency
    log.info("ready, with %s", f"{processes} processes" if processes > 1 else "one process")


@worker_shutting_down.connect
def _say_ending(**_: object) -> None:
    log.info("stopping")
