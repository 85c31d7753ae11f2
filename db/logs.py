"""Logging of a process: our own lines from a level on, those of libraries only for problems.

In the lowest package because every process logs. On a terminal each line has its time; `up` and other collectors of
lines add it themselves.
"""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")

MINUTE_S = 60.0


class _Readable(logging.Formatter):
    """Formats lines without control characters: addresses and titles in them are untrusted."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines of an error."""
        text = super().format(record)
        return "".join(c if c.isprintable() or c == "\n" else " " if c == "\t" else "\ufffd" for c in text)


def set_up(level: str, name: str, *, libraries: int = logging.WARNING) -> None:
    """Send the lines of the logger `name` from `level` on to stderr, and from `libraries` on those of all others.

    The handler filters libraries: Scrapy, Celery and others set the levels of their loggers themselves.
    """
    others, own = logging.StreamHandler(sys.stderr), logging.StreamHandler(sys.stderr)
    form = "%(asctime)s %(message)s" if sys.stderr.isatty() else "%(message)s"
    for handler in (others, own):
        handler.setFormatter(_Readable(form, "%H:%M:%S"))
    others.setLevel(libraries)
    root, logger = logging.getLogger(), logging.getLogger(name)
    root.handlers[:] = [others]
    root.setLevel(libraries)
    logger.handlers[:] = [own]
    logger.propagate = False
    logger.setLevel(level.upper())


class EachMinute(Generic[K]):
    """Counts that are reported together at most once a minute, instead of each by itself. Thread-safe."""

    def __init__(
        self,
        tell: Callable[[Mapping[K, int]], None],
        *,
        every_s: float = MINUTE_S,
        now: Callable[[], float] | None = None,
    ) -> None:
        self._tell = tell
        self._every_s = every_s
        self._now = now or time.monotonic
        self._counts: Counter[K] = Counter()
        self._began_at: float | None = None
        self._lock = Lock()

    def add(self, counts: Mapping[K, int]) -> None:
        """Add counts. The minute begins with the first count after the last report."""
        with self._lock:
            if self._began_at is None and counts:
                self._began_at = self._now()
            self._counts.update(counts)

    def tell_if_due(self) -> None:
        """Report the counts if their minute is over."""
        if self._began_at is not None and self._now() - self._began_at >= self._every_s:
            self.tell()

    def tell(self) -> None:
        """Report the counts, if there are any, and reset them."""
        with self._lock:
            counts, self._counts, self._began_at = self._counts, Counter(), None
        if counts:
            self._tell(counts)
