"""Outages of our own network: noticed, stored, told, and probed until outlets answer again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crawlers.async_store import AsyncStore, OutcomeTally
from crawlers.hosts.outage import HOSTS, Outage
from crawlers.http.results import FetchResult
from crawlers.jobs.job import Job
from crawlers.jobs.schedule import NETWORK_RETRY_S
from db.collection.feeds.feeds import has_any_succeeded, record_network

log = logging.getLogger("crawler")


class NetworkWatch:
    """Watches results for an outage, and limits the jobs during one."""

    def __init__(self, store: AsyncStore, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._outage: Outage[Job] = Outage()
        self._is_known = False
        self._probe_at: datetime | None = None

    @property
    def is_down(self) -> bool:
        """Return whether no outlet can be reached."""
        return self._outage.is_down

    async def begin(self) -> None:
        """Read whether any outlet ever answered."""
        self._outage.has_answered = await self._store.read(has_any_succeeded)

    def limit_room(self, room: int, now: datetime) -> int:
        """Return how many jobs may be claimed now: all but in an outage, during which a few probe the network."""
        if not self._outage.is_down:
            return room
        if self._probe_at is not None and now < self._probe_at:
            return 0
        self._probe_at = now + timedelta(seconds=NETWORK_RETRY_S)
        return min(room, HOSTS)

    def watch(self, job: Job, answer: FetchResult) -> None:
        """Take note of a result; the beginning and the end of an outage are stored and told."""
        if answer.trouble is not None and answer.trouble.is_network:
            forgiven = self._outage.unreachable(job.host, job, used_to_answer=job.used_to_answer)
            if forgiven:
                self._announce([each for each in forgiven if each is not job])
        elif answer.status and (self._outage.answered() or not self._is_known):
            if self._is_known:
                log.info("outlets can be reached again")
            self._is_known = True
            now = self._clock()
            self._store.submit(lambda conn, _: record_network(conn, None, at=now))

    def _announce(self, forgiven: list[Job]) -> None:
        now = self._clock()
        reason = f"no network: no answer from {', '.join(self._outage.hosts)}"
        log.warning("outlets cannot be reached (%s); trying again every %g s", reason, NETWORK_RETRY_S)
        self._is_known = True
        self._probe_at = now + timedelta(seconds=NETWORK_RETRY_S)

        def record(conn: Connection, _tally: OutcomeTally) -> None:
            record_network(conn, reason, at=now)
            for each in forgiven:
                each.restore_after_outage(conn, reason, now)

        self._store.submit(record)
