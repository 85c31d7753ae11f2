"""Signs of life of worker and beat, see `db/datadir/heartbeat.py`."""

from __future__ import annotations

from typing import Any

from celery import beat, bootsteps

from db.datadir.heartbeat import EVERY_S, touch_heartbeat
from db.settings import load


class WorkerPulse(bootsteps.StartStopStep):
    """Shows life from the worker's event loop: without broker, or stuck, that does not turn."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Show life now and from now on."""
        data_dir = load().data_dir
        touch_heartbeat(data_dir, "worker")
        worker.timer.call_repeatedly(EVERY_S, touch_heartbeat, (data_dir, "worker"))


class _ShowingLife:
    """Takes each message that was sent for a sign of life."""

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Send a task. Raises SchedulingError when the broker does not take it."""
        sent = super().apply_async(*args, **kwargs)  # type: ignore[misc]  # of the scheduler that it is mixed into
        touch_heartbeat(load().data_dir, "beat")
        return sent


class Scheduler(_ShowingLife, beat.Scheduler):
    """Celery's schedule in memory."""


class PersistentScheduler(_ShowingLife, beat.PersistentScheduler):
    """Celery's schedule in a file, which outlives the process."""
