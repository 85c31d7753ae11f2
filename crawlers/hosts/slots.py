"""Slots for requests: how many may be under way to all hosts together."""

from __future__ import annotations

import asyncio
from collections import deque


class RequestSlots:
    """A number of slots for requests, and for large answers until these are recorded, which bounds their memory.

    Requests get them in the order in which they ask.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._has_free = asyncio.Event()

    @property
    def is_full(self) -> bool:
        """Return whether a request would have to wait now."""
        return bool(self._waiting) or self._taken >= self._most

    async def acquire(self) -> None:
        """Take a slot, as soon as there is one; end with `release`."""
        if not self.is_full:
            self._taken += 1
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.release()  # it was handed over just now
            raise

    async def wait_for_release(self) -> None:
        """Wait until a slot is given back that no request waits for, or `announce` is called."""
        self._has_free.clear()
        await self._has_free.wait()

    def take(self) -> None:
        """Take a slot for an answer that is there already, even if none is left; end with `release`."""
        self._taken += 1

    def release(self) -> None:
        """Give a slot back, to the request that waits longest."""
        self._taken -= 1
        while self._waiting and self._taken < self._most:
            waiter = self._waiting.popleft()
            if not waiter.done():
                self._taken += 1
                waiter.set_result(None)
        self.announce()

    def announce(self) -> None:
        """Wake whoever waits for a release, if there is a slot left."""
        if not self.is_full:
            self._has_free.set()
