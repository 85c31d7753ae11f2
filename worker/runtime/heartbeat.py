"""Heartbeats of worker and beat, see `db/datadir/heartbeat.py`."""

from __future__ import annotations

from typing import Any

from celery import beat, bootsteps

from db.datadir.heartbeat import EVERY_S, touch_heartbeat
from db.settings import load


class WorkerPulse(bootsteps.StartStopStep):
    """Writes heartbeats from the worker's event loop, which stops without broker or when stuck."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Write a heartbeat now and regularly from now on."""
        data_dir = load().data_dir
        touch_heartbeat(data_dir, "worker")
        worker.timer.call_repeatedly(EVERY_S, touch_heartbeat, (data_dir, "worker"))


class _ShowingLife:
    """Counts each sent message as a heartbeat."""

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Send a task. Raises SchedulingError if the broker does not accept it."""
        sent = super().apply_async(*args, **kwargs)  # type: ignore[misc]  # of the scheduler that it is mixed into
        touch_heartbeat(load().data_dir, "beat")
        return sent


class Scheduler(_ShowingLife, beat.Scheduler):
    """Celery's schedule in memory."""


class PersistentScheduler(_ShowingLife, beat.PersistentScheduler):
    """Celery's schedule in a file, which outlives the process."""
