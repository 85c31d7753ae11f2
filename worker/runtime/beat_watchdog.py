"""A worker that loses its beat ends, so that whoever keeps it running starts both again.

`celery worker --beat` runs the beat in a process of its own and never looks at it again: were that one killed (by a
kernel out of memory, say), the worker would stay up and wait for sweeps that nobody sends any more.
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
"""How long what is under way may take to end. A shutdown that the broker or the database gets in the way of may never
end; nothing is lost by cutting it off, since the rows say what is to be done."""


class BeatWatchdog(bootsteps.StartStopStep):
    """Looks after the beat's process while the worker runs; a worker without one has no such step."""

    requires = ("celery.worker.components:Beat",)

    def __init__(self, worker: Any, **options: Any) -> None:
        self._stopping = threading.Event()
        super().__init__(worker, **options)

    def include_if(self, worker: Any) -> bool:
        """Return whether there is a beat."""
        return bool(worker.beat)

    def start(self, worker: Any) -> None:
        """Begin to look, in a thread."""
        threading.Thread(target=self._watch, args=(worker.beat,), name="beat watch", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """From now on the beat may end."""
        self._stopping.set()

    def _watch(self, beat: Any) -> None:
        while not self._stopping.wait(_LOOK_S):
            if not beat.is_alive():
                log.error("the beat has ended; the worker ends too, to be started again with a new one")
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(PATIENCE_S)
                log.error("the worker has not ended within %g s: it is cut off", PATIENCE_S)
                os.kill(os.getpid(), signal.SIGKILL)
