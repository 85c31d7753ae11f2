"""Turns at a host: every request waits for its own, the first one and each hop of a redirect, robots.txt too."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import TYPE_CHECKING, Protocol, cast

from sqlalchemy.exc import OperationalError

from crawlers.hosts.delays import HostDelays
from crawlers.hosts.leases import HostLeases

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

log = logging.getLogger("crawler")

_AGAIN_S = 0.25
"""How long another crawler's host is left alone before it is tried again."""


class HostLimiter:
    """Lets one request at a time ask a host, at the host's distance from the one before.

    With `leases` the host must be ours for that, so that the crawlers of a store take turns too. A request holds no
    host but its own, and that only while it is its turn: two crawlers never wait for each other in a circle.
    """

    def __init__(self, hosts: HostDelays, leases: HostLeases | None = None) -> None:
        self.hosts = hosts
        self.leases = leases
        self._locks: dict[str, asyncio.Lock] = {}
        self._wanted: Counter[str] = Counter()

    async def acquire(self, host: str) -> None:
        """Return when it is our turn to ask this host; `give_back` ends the turn."""
        self._wanted[host] += 1
        lock = self._locks.setdefault(host, asyncio.Lock())
        try:
            await lock.acquire()
        except BaseException:
            self._forget(host)
            raise
        try:
            await self._wait(host)
        except BaseException:
            lock.release()
            self._forget(host)
            raise

    def release(self, host: str) -> None:
        """Note that the request has ended: the host rests, then it is somebody else's turn."""
        self.hosts.answered(host, time.monotonic())
        if self.leases is not None:
            self.leases.release(host)
        self._locks[host].release()
        self._forget(host)

    def discard(self, host: str) -> None:
        """Note that there is no work for the host any more; it may have ended without a request."""
        self.hosts.end(host)
        if self.leases is not None and not self._wanted[host]:
            self.leases.release(host)

    def slow_down(self, host: str, delay_s: float) -> None:
        """Take note of the distance that a host asks for in its robots.txt (seconds)."""
        before = self.hosts.delay_s(host)
        self.hosts.slow_down(host, delay_s)
        if self.leases is not None and self.hosts.delay_s(host) > before:
            self.leases.rest(host)

    async def _wait(self, host: str) -> None:
        while True:
            rest_s = self.hosts.remaining_delay_s(host, time.monotonic())
            if rest_s > 0:
                await asyncio.sleep(rest_s)
            elif self.leases is None or self.leases.hold(host) or await self._is_claimed(self.leases, host):
                return
            else:
                await asyncio.sleep(_AGAIN_S)

    async def _is_claimed(self, leases: HostLeases, host: str) -> bool:
        try:
            return await leases.claim([host], lambda _, ours: bool(ours))
        except OperationalError as error:  # the database is away: whoever asks now might not be alone
            log.warning("%s waits: the store cannot be asked whose turn it is (%s)", host, error.orig)
            return False

    def _forget(self, host: str) -> None:
        self._wanted[host] -= 1
        if not self._wanted[host]:
            del self._wanted[host], self._locks[host]


class _TakesTurns(Protocol):
    turns: HostLimiter


def turns_of(crawler: Crawler) -> HostLimiter:
    """Return the turns that the requests of a crawler's spider take; both spiders have them."""
    return cast(_TakesTurns, crawler.spider).turns
