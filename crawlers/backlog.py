"""Captures that wait for a worker: while there are too many, fetching more only fills the disk."""

from __future__ import annotations

import logging
import time

from crawlers.async_store import AsyncStore
from db.collection.captures import count_waiting

log = logging.getLogger("crawler")

_EVERY_S = 1.0


class CaptureBacklog:
    """How many captures wait, counted once a second; `most` of them are enough."""

    def __init__(self, desk: AsyncStore, *, most: int) -> None:
        self._desk, self._most = desk, most
        self._are_enough = False
        self._checked_at = -_EVERY_S

    async def allow_pages(self) -> bool:
        """Return whether pages may be fetched now; says so when that changes."""
        if time.monotonic() < self._checked_at + _EVERY_S:
            return not self._are_enough
        self._checked_at = time.monotonic()
        waiting = await self._desk.read(count_waiting)
        if self._are_enough != (waiting >= self._most):
            self._are_enough = not self._are_enough
            if self._are_enough:
                log.warning("%d captures wait for a worker: pages are not fetched until there are fewer", waiting)
            else:
                log.info("pages are fetched again")
        return not self._are_enough
