"""The hosts that are ours for now, of those that all crawlers of a store share."""

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
    """Claims, renews and gives back hosts; all of it from the event loop, which never waits for the database.

    A lease that runs out because its holder is gone keeps the host for one pause longer: the holder may have asked
    at the last moment. Nothing is asked under a lease that may have run out.
    """

    def __init__(
        self, desk: AsyncStore, hosts: HostDelays, clock: Callable[[], datetime], *, holder: str, lease_s: float
    ) -> None:
        self._desk, self._hosts, self._clock = desk, hosts, clock
        self._holder, self._lease_s = holder, lease_s
        self._ours_until: dict[str, float] = {}
        self._claims: dict[int, set[str]] = {}
        """What is being claimed at the moment, without what was given back since."""

    def hold(self, host: str) -> bool:
        """Return whether the host is certainly ours at this moment."""
        return time.monotonic() < self._ours_until.get(host, 0.0)

    async def claim(self, hosts: Collection[str], then: Callable[[Connection, set[str]], T]) -> T:
        """Return what `then` returns when given those of the hosts that are ours now, in the same transaction."""
        at, now = time.monotonic(), self._clock()
        until = {host: now + timedelta(seconds=self._lease_s + self._hosts.delay_s(host)) for host in hosts}

        def work(conn: Connection, _: object) -> tuple[set[str], T]:
            ours = claim_hosts(conn, until, holder=self._holder, now=now)
            return ours, then(conn, ours)

        asked_for = set(hosts)
        self._claims[id(asked_for)] = asked_for
        try:
            ours, result = await self._desk.write(work)
        finally:
            del self._claims[id(asked_for)]
        for host in asked_for - ours:
            self._ours_until.pop(host, None)
        self._ours_until.update(dict.fromkeys(asked_for & ours, at + self._lease_s))
        return result

    async def renew(self) -> None:
        """Keep what is ours for as long again; what another has taken by now is not ours any more."""
        if self._ours_until:
            await self.claim(list(self._ours_until), lambda *_: None)

    def release(self, host: str) -> None:
        """Give a host back if it is ours; it rests before anybody asks it again."""
        if self._ours_until.pop(host, None) is None:
            return
        for asked_for in self._claims.values():  # they are written before this, and are undone by it
            asked_for.discard(host)
        free_at = {host: self._end_of_rest(host)}
        self._desk.submit(lambda conn, _: release_hosts(conn, free_at, holder=self._holder))

    def release_all(self) -> None:
        """Give back everything, as if each host had been asked until this moment."""
        for host in list(self._ours_until):
            self._hosts.answered(host, time.monotonic())
            self.release(host)

    def rest(self, host: str) -> None:
        """Let all crawlers know of a pause that has become longer since the host was given back."""
        until = self._end_of_rest(host)
        self._desk.submit(lambda conn, _: rest_host(conn, host, until=until))

    def _end_of_rest(self, host: str) -> datetime:
        return self._clock() + timedelta(seconds=max(0.0, self._hosts.remaining_delay_s(host, time.monotonic())))
