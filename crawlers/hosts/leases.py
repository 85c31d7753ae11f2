"""Leases on hosts, shared by all crawlers of a store."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from crawlers.async_store import AsyncStore
from crawlers.hosts.delays import HostDelays
from db.collection.host_leases import claim_hosts, release_hosts, rest_host

T = TypeVar("T")


class HostLeases:
    """Claims, renews and releases hosts from the event loop, without blocking it on the database.

    An expired lease blocks the host for one more delay, since its holder may have sent a request at the last moment. No
    request is sent under a lease that may have expired.
    """

    def __init__(
        self, store: AsyncStore, hosts: HostDelays, clock: Callable[[], datetime], *, holder: str, lease_s: float
    ) -> None:
        self._store, self._hosts, self._clock = store, hosts, clock
        self._holder, self._lease_s = holder, lease_s
        self._ours_until: dict[str, float] = {}
        self._claims: dict[int, set[str]] = {}
        """Hosts that are being claimed, without those released in the meantime."""

    def hold(self, host: str) -> bool:
        """Return whether we certainly hold the host at this moment."""
        return time.monotonic() < self._ours_until.get(host, 0.0)

    async def claim(self, hosts: Collection[str], then: Callable[[Connection, set[str]], T]) -> T:
        """Claim hosts, and return the result of `then` for those we hold, in the same transaction."""
        at, now = time.monotonic(), self._clock()
        until = {host: now + timedelta(seconds=self._lease_s + self._hosts.delay_s(host)) for host in hosts}

        def work(conn: Connection, _: object) -> tuple[set[str], T]:
            held = claim_hosts(conn, until, holder=self._holder, now=now)
            return held, then(conn, held)

        claimed = set(hosts)
        self._claims[id(claimed)] = claimed
        try:
            held, result = await self._store.write(work)
        finally:
            del self._claims[id(claimed)]
        for host in claimed - held:
            self._ours_until.pop(host, None)
        self._ours_until.update(dict.fromkeys(claimed & held, at + self._lease_s))
        return result

    async def renew(self) -> None:
        """Renew all our leases; hosts claimed by another crawler in the meantime are lost."""
        if self._ours_until:
            await self.claim(list(self._ours_until), lambda *_: None)

    def release(self, host: str) -> None:
        """Release a host if we hold it; its delay still applies to every crawler."""
        if self._ours_until.pop(host, None) is None:
            return
        for claimed in self._claims.values():  # these claims are written first, and undone by the release
            claimed.discard(host)
        free_at = {host: self._end_of_rest(host)}
        self._store.submit(lambda conn, _: release_hosts(conn, free_at, holder=self._holder))

    def release_all(self) -> None:
        """Release everything, as if each host had been contacted just now."""
        for host in list(self._ours_until):
            self._hosts.answered(host, time.monotonic())
            self.release(host)

    def rest(self, host: str) -> None:
        """Store a delay that was extended after the release of the host."""
        until = self._end_of_rest(host)
        self._store.submit(lambda conn, _: rest_host(conn, host, until=until))

    def _end_of_rest(self, host: str) -> datetime:
        return self._clock() + timedelta(seconds=max(0.0, self._hosts.remaining_delay_s(host, time.monotonic())))
