"""The health of the collection as pages read it, which is the same for all entities and dear to compute."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Connection

from worker.coverage.health import collection_health_by_day
from worker.coverage.stats.health import DayHealth

_FRESH_S = 600.0
_RANGES_MAX = 6

_Key = tuple[date, date, date]


class KeptHealth:
    """Reads the health of a range of days at most every ten minutes; it keeps the ranges that were read last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[_Key, tuple[float, Mapping[date, DayHealth]]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, conn: Connection, since: date, until: date, *, today: date) -> Mapping[date, DayHealth]:
        """Return the health of each day, at most ten minutes old; both days are inclusive."""
        key = (since, until, today)
        with self._lock:
            read_at, health = self._kept.get(key, (-_FRESH_S, {}))
            if health and self._clock() - read_at < _FRESH_S:
                self._kept.move_to_end(key)
                return health
        health = collection_health_by_day(conn, since, until, today=today)
        with self._lock:
            self._kept[key] = (self._clock(), health)
            self._kept.move_to_end(key)
            while len(self._kept) > _RANGES_MAX:
                self._kept.popitem(last=False)
        return health
