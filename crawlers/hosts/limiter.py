"""Limiter of requests to a host: every request waits for it, including redirects and robots.txt."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import TYPE_CHECKING, Protocol, cast

from sqlalchemy.exc import OperationalError

from crawlers.hosts.delays import HostDelays
from crawlers.hosts.leases import HostLeases
from crawlers.hosts.slots import RequestSlots

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

log = logging.getLogger("crawler")

_AGAIN_S = 0.25
"""Seconds between attempts to claim a host that another crawler holds."""


PATIENCE_S = 120.0
"""The longest rest of a host for which a request, or a run that ends, waits; its place is needed for others."""


class HostResting(Exception):
    """The host rests too long for a request to wait."""


class HostLimiter:
    """Allows one request at a time per host, with the delay of the host between them.

    With `leases`, the host must also be leased, so that the crawlers of a store take turns. With `slots`, a request
    also takes one, once its host is free. A request holds only its own host and slot, and only while it is active, so
    neither two requests nor two crawlers ever deadlock.
    """

    def __init__(self, hosts: HostDelays, leases: HostLeases | None = None, slots: RequestSlots | None = None) -> None:
        self.hosts = hosts
        self.leases = leases
        self.slots = slots
        self._locks: dict[str, asyncio.Lock] = {}
        self._wanted: Counter[str] = Counter()

    async def acquire(self, host: str) -> None:
        """Wait until the host may be contacted; end with `release`. Raises HostResting."""
        self._wanted[host] += 1
        lock = self._locks.setdefault(host, asyncio.Lock())
        try:
            await lock.acquire()
        except BaseException:
            self._drop_waiter(host)
            raise
        try:
            await self._wait(host)
        except BaseException:
            lock.release()
            self._drop_waiter(host)
            raise

    def release(self, host: str) -> None:
        """Record the end of the request: the delay starts, then the next request may go."""
        self.hosts.answered(host, time.monotonic())
        if self.leases is not None:
            self.leases.release(host)
        if self.slots is not None:
            self.slots.release()
        self._locks[host].release()
        self._drop_waiter(host)

    def discard(self, host: str) -> None:
        """Record that there is no more work for the host; it may have ended without a request."""
        self.hosts.end(host)
        if self.leases is not None and not self._wanted[host]:
            self.leases.release(host)

    def slow_down(self, host: str, delay_s: float) -> None:
        """Set the crawl-delay of a host from its robots.txt, in seconds."""
        before = self.hosts.delay_s(host)
        self.hosts.slow_down(host, delay_s)
        if self.leases is not None and self.hosts.delay_s(host) > before:
            self.leases.rest(host)

    def rest(self, host: str, seconds: float) -> None:
        """Let a host rest from now on, for all crawlers of the store."""
        self.hosts.rest(host, time.monotonic() + seconds)
        if self.leases is not None:
            self.leases.rest(host)

    async def _wait(self, host: str) -> None:
        while True:
            if self.hosts.remaining_rest_s(host, time.monotonic()) > PATIENCE_S:
                raise HostResting(host)
            rest_s = self.hosts.remaining_delay_s(host, time.monotonic())
            if rest_s > 0:
                await asyncio.sleep(rest_s)
            elif self.leases is not None and not self.leases.hold(host) and not await self._claim(self.leases, host):
                await asyncio.sleep(_AGAIN_S)
            elif await self._take_slot(host):
                return

    async def _take_slot(self, host: str) -> bool:
        """Wait for a slot; return whether the host may still be contacted then, else without a slot."""
        if self.slots is None:
            return True
        await self.slots.acquire()
        is_held = self.leases is None or self.leases.hold(host)
        if is_held and self.hosts.remaining_delay_s(host, time.monotonic()) <= 0:
            return True
        self.slots.release()
        return False

    async def _claim(self, leases: HostLeases, host: str) -> bool:
        try:
            return await leases.claim([host], lambda _, ours: bool(ours))
        except OperationalError as error:  # without the database we may not be the only one contacting the host
            log.warning("waiting for %s: cannot claim the host in the store (%s)", host, error.orig)
            return False

    def _drop_waiter(self, host: str) -> None:
        self._wanted[host] -= 1
        if not self._wanted[host]:
            del self._wanted[host], self._locks[host]


class _HasLimiter(Protocol):
    limiter: HostLimiter


def get_limiter(crawler: Crawler) -> HostLimiter:
    """Return the host limiter of the crawler's spider; both spiders have one."""
    return cast(_HasLimiter, crawler.spider).limiter
