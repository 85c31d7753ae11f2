"""Watchdog that stops a worker without a beat process, so that the supervisor restarts both.

`celery worker --beat` runs the beat in a process of its own and does not monitor it: if that process is killed (for
lack of memory, say), the worker would stay up and wait for sweeps that never come.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from typing import Any

from celery import bootsteps

log = logging.getLogger("worker")

_LOOK_S = 1.0
PATIENCE_S = 10.0
"""Time for tasks in progress to finish. A shutdown blocked by the broker or the database may never end; killing it
loses no work, since the rows are the queue.
"""


class BeatWatchdog(bootsteps.StartStopStep):
    """Watches the beat's process while the worker runs; a worker without one has no such step."""

    requires = ("celery.worker.components:Beat",)

    def __init__(self, worker: Any, **options: Any) -> None:
        self._stopping = threading.Event()
        super().__init__(worker, **options)

    def include_if(self, worker: Any) -> bool:
        """Return whether there is a beat."""
        return bool(worker.beat)

    def start(self, worker: Any) -> None:
        """Start watching, in a thread."""
        threading.Thread(target=self._watch, args=(worker.beat,), name="beat watch", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """Stop watching: from now on the beat may end."""
        self._stopping.set()

    def _watch(self, beat: Any) -> None:
        while not self._stopping.wait(_LOOK_S):
            if not beat.is_alive():
                log.error("beat process died; stopping the worker so that both restart")
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(PATIENCE_S)
                log.error("worker did not stop within %g s; killing it", PATIENCE_S)
                os.kill(os.getpid(), signal.SIGKILL)
