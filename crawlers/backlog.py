"""Backlog of captures: while it is too long, fetching more would only fill the disk."""

from __future__ import annotations

import logging
import time

from crawlers.async_store import AsyncStore
from db.collection.captures import count_waiting

log = logging.getLogger("crawler")

_EVERY_S = 1.0


class CaptureBacklog:
    """The number of captures waiting for a worker, counted once a second, with an upper limit."""

    def __init__(self, store: AsyncStore, *, most: int) -> None:
        self._store, self._most = store, most
        self._is_full = False
        self._checked_at = -_EVERY_S

    async def allow_pages(self) -> bool:
        """Return whether pages may be fetched now; logs each change."""
        if time.monotonic() < self._checked_at + _EVERY_S:
            return not self._is_full
        self._checked_at = time.monotonic()
        waiting = await self._store.read(count_waiting)
        if self._is_full != (waiting >= self._most):
            self._is_full = not self._is_full
            if self._is_full:
                log.warning("%d captures are waiting for a worker; pausing the fetching of pages", waiting)
            else:
                log.info("fetching pages again")
        return not self._is_full
