"""A worker with its beat in one process, for an in-memory broker.

`python -m worker.solo [options of "celery worker"]`. Celery's own `--beat` runs a second process, whose messages would
stay in that process's memory. No work is lost with such a broker: the rows are the queue of record.
"""

from __future__ import annotations

import sys
from typing import Any

from celery import bootsteps
from celery.beat import EmbeddedService

from worker.app import app


class BeatThread(bootsteps.StartStopStep):
    """Runs the beat beside the worker. Its schedule is in memory too and starts again with the process."""

    requires = ("celery.worker.components:Pool",)

    def create(self, worker: Any) -> Any:
        """Return the beat's service."""
        return EmbeddedService(worker.app, thread=True, scheduler_cls="worker.runtime.heartbeat:Scheduler")


def main(options: list[str]) -> None:
    """Run the worker until it is stopped."""
    app.steps["worker"].add(BeatThread)
    app.worker_main(["--quiet", "worker", "--pool", "solo", *options])


if __name__ == "__main__":
    main(sys.argv[1:])
