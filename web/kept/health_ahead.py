"""Reading the health of the collection ahead, in a process of its own that ends afterwards.

Years of it take six seconds of a processor, and twenty megabytes that would stay in the process of the pages, since
what was allocated meanwhile lies between. The result takes one. A few quarters of a year are not worth a process.
"""

from __future__ import annotations

import logging
import pickle
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from subprocess import PIPE, Popen

from db.engine import Database
from web.kept.health import KeptHealth, Quarter
from web.kept.health_child import describe_task
from worker.coverage.health import day_not_over

_WORTH_A_PROCESS = 4
_LIMIT_S, _AGAIN_S = 120.0, 600.0
COMMAND = (sys.executable, "-m", "web.kept.health_child")
_log = logging.getLogger(__name__)


class HealthProcessError(Exception):
    """The process ended before it had written everything."""


@dataclass(slots=True, kw_only=True)
class HealthAhead:
    """Reads what `health` has not, or not for much longer. What fails is left to the pages that need it."""

    database: Database
    health: KeptHealth
    now: Callable[[], datetime]
    command: Sequence[str] = COMMAND
    limit_s: float = _LIMIT_S
    clock: Callable[[], float] = time.monotonic
    _failed_at: float | None = None
    _process: Popen[bytes] | None = None
    _is_over: bool = False
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def read(self) -> None:
        """Read it, unless there is little to read, or reading failed in the last minutes; wait until it is read.

        Errors of the database pass through.
        """
        if self._failed_at is not None and self.clock() - self._failed_at < _AGAIN_S:
            return
        with self.database.reading() as conn:
            today = day_not_over(conn, self.now())
            quarters = self.health.list_due(conn, today)
        if len(quarters) < _WORTH_A_PROCESS:
            return
        try:
            self._read(today, quarters)
        except (OSError, HealthProcessError) as error:
            if not self._is_over:
                self._failed_at = self.clock()
                _log.warning("the health of the collection is read by pages; a process of its own failed: %s", error)

    def stop(self) -> None:
        """End the process, if there is one, and start no other."""
        with self._guard:
            self._is_over = True
            if self._process is not None:
                self._process.kill()

    def _read(self, today: date, quarters: Sequence[Quarter]) -> None:
        with self._guard:
            if self._is_over:
                return
            # no `preexec_fn`: this process has threads. The child ends when its input does.
            process = self._process = Popen(self.command, stdin=PIPE, stdout=PIPE)
        assert process.stdin is not None
        assert process.stdout is not None
        limit = threading.Timer(self.limit_s, process.kill)
        limit.start()
        try:
            process.stdin.write(describe_task(self.database.url, today, list(quarters)))
            process.stdin.flush()
            for quarter in quarters:
                self.health.keep(quarter, pickle.load(process.stdout), today=today)
        except (EOFError, pickle.UnpicklingError) as error:
            raise HealthProcessError(f"it ended with status {process.wait()} before all was read") from error
        finally:
            limit.cancel()
            process.kill()  # it wrote everything and ends by itself, or shall
            process.wait()
            process.stdout.close()
            with suppress(BrokenPipeError):
                process.stdin.close()
            with self._guard:
                self._process = None
