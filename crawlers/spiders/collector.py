"""The collector: polls feeds and fetches pages for as long as it runs.

Due jobs come from the database, and their outcomes go back there.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from scrapy import Spider
from scrapy.http import Request
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from crawlers.async_store import FLUSH_ROWS, AsyncStore
from crawlers.backlog import CaptureBacklog
from crawlers.bounded_process import Endables
from crawlers.hosts.delays import HostDelays
from crawlers.hosts.leases import HostLeases
from crawlers.hosts.limiter import PATIENCE_S, HostLimiter
from crawlers.hosts.slots import RequestSlots
from crawlers.http.middlewares import TRAIL
from crawlers.http.results import FetchFailure, FetchResult, from_error, from_response
from crawlers.http.robots_file import RobotsFile
from crawlers.http.robots_rules import RuleBook
from crawlers.jobs import kinds
from crawlers.jobs.job import DecisionContext, DecisionPlace, DueFilter, Job, JobResult, join_steps, run_steps
from crawlers.reading.listings import read_listing
from crawlers.scheduling.plan import PollLimits
from crawlers.spiders.allowed_pages import ask_for_allowed
from crawlers.spiders.network_watch import NetworkWatch
from crawlers.spiders.one_shot import OneShot
from crawlers.spiders.rests import HostRests
from db.collection.backfills.backfills import goes_on
from db.collection.feeds.feeds import count_due_feeds
from db.collection.feeds.hubs import ask_hubs_anew
from db.collection.host_leases import find_hosts_at_rest, find_resting_hosts
from db.datadir.heartbeat import EVERY_S, touch_heartbeat
from db.dialect import is_away
from db.enums.outcomes import RequestOutcome, Stage
from db.net.address_policy import parse_allowed
from db.settings import Settings

log = logging.getLogger("crawler")

IDLE_S = 0.2  # pause when nothing is due: how late a new page may be noticed
_SMALL = 65_536
"""Maximum bytes of a body that waits to be recorded without a slot."""
_NO_REQUESTS: tuple[Request, ...] = ()
_BATCH = 64
_AHEAD = 16
"""Maximum number of jobs in progress, in multiples of the requests under way: most wait for the delay of a host."""


class CollectorSpider(Spider):
    """Claims due jobs, sends their requests, and records the outcomes."""

    name = "collector"

    def __init__(
        self,
        *,
        store: AsyncStore,
        own: Settings,
        hosts: HostDelays,
        leases: HostLeases,
        in_flight: dict[tuple[str, int], Job],
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
        parsers: Endables,
        rule_book: RuleBook,
        robots_file: RobotsFile | None,
        once: OneShot | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._slots = RequestSlots(own.concurrent_requests)
        self.limiter = HostLimiter(hosts, leases, self._slots)
        self._tasks: set[asyncio.Task[None]] = set()
        self.rule_book, self._robots_file = rule_book, robots_file
        self.in_flight = in_flight
        """Claimed jobs without an outcome; shared with the shutdown code."""
        self._store, self._own, self._clock, self._once = store, own, clock, once
        self._leases = leases
        self._context = DecisionContext(
            PollLimits(own.poll_every_s, own.poll_at_least_every_s),
            parse_allowed(own.allow_private_hosts),
            jitter,
            partial(parsers.run, read_listing),
        )
        self._rests = HostRests(self.limiter, clock)
        self._network = NetworkWatch(store, clock)
        self._waiting = CaptureBacklog(store, most=own.waiting_max)

    async def start(self) -> AsyncIterator[Request]:
        """Work on all due jobs, forever; in a run that ends, until nothing is left.

        Yields no requests: they go to the engine directly, since Scrapy's queue and its handling of callbacks would
        cost half as much again.
        """
        await self._run_jobs()
        for request in _NO_REQUESTS:
            yield request

    async def _run_jobs(self) -> None:
        keeper = asyncio.ensure_future(self._renew_claims())
        await self._network.begin()
        if public_url := self._own.public_url:
            began_at = self._clock()
            self._store.submit(lambda conn, _: ask_hubs_anew(conn, public_url=public_url, now=began_at))
        try:
            while True:
                while self._count_room() <= 0:
                    await self._slots.wait_for_release()
                batch = await self._claim()
                for each in batch:
                    task = asyncio.ensure_future(self._work(each))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                if not batch:
                    if self._once and await self._is_finished(self._once):
                        return
                    await asyncio.sleep(IDLE_S)
        finally:
            keeper.cancel()

    async def _work(self, job: Job) -> None:
        """Send the request of a job, and record its outcome."""
        answer = await self._fetch(job)
        is_large = len(answer.body) > _SMALL
        if is_large:
            self._slots.take()
        try:
            await self._finish(job, answer)
        finally:
            if is_large:
                self._slots.release()
            self._slots.announce()

    async def closed(self, reason: str) -> None:
        """Wait for the jobs in progress when Scrapy closes the spider, which knows nothing of them."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _fetch(self, job: Job) -> FetchResult:
        own, trail = self._own, [job.url]
        try:
            request = Request(
                job.url,
                method=job.method,
                body=job.body,
                headers=job.headers(),
                meta={**job.meta(self._clock()), TRAIL: trail},
            )
        except ValueError as error:
            reason = f"refused: not a usable address ({error})"[:300]
            trouble = FetchFailure(RequestOutcome.REFUSED, reason, is_final=True)
            return FetchResult(url=job.url, status=0, trouble=trouble)
        assert self.crawler.engine is not None
        try:
            return from_response(await self.crawler.engine.download_async(request))
        except Exception as error:
            return from_error(error, trail[-1], timeout_s=own.fetch_timeout_s, max_bytes=own.fetch_max_bytes)

    async def rules_read(self, site: str, allows: Callable[[str], bool]) -> None:
        """Schedule pages that an older robots.txt forbade and the new one allows."""
        await ask_for_allowed(self._store, site, allows, now=self._clock())

    # claiming jobs

    def _count_room(self) -> int:
        """Return how many jobs may be claimed: none while all slots are taken. Jobs that wait for a host take none."""
        ahead = _AHEAD * self._own.concurrent_requests
        return 0 if self._slots.is_full else min(_BATCH, ahead - len(self.in_flight))

    async def _claim(self) -> list[Job]:
        now = self._clock()
        room = 0 if self._once and self._network.is_down else self._network.limit_room(self._count_room(), now)
        if room <= 0:
            return []
        pages_too = self._once is not None or await self._waiting.allow_pages()
        resting = self.limiter.hosts.busy_hosts(time.monotonic())
        found = await self._store.read(
            lambda conn: self._find_due(conn, now, room, resting | find_resting_hosts(conn, now=now), pages_too)
        )
        if not found:
            return []
        return await self._claim_found(found)

    async def _claim_found(self, found: Sequence[Job]) -> list[Job]:
        """Return the jobs that are now claimed, each with its host."""
        now = self._clock()

        def claim(conn: Connection, ours: set[str]) -> list[Job]:
            return kinds.claim(conn, [each for each in found if each.host in ours], now=now, lease_s=self._own.lease_s)

        claimed = await self._leases.claim({each.host for each in found}, claim)
        for each in claimed:
            self.in_flight[each.key] = each
            self.limiter.hosts.begin(each.host)
        for host in {each.host for each in found} - {each.host for each in claimed}:
            self.limiter.discard(host)
        return claimed

    def _find_due(self, conn: Connection, now: datetime, room: int, resting: set[str], pages_too: bool) -> list[Job]:
        due = DueFilter(
            now=now,
            resting=resting,
            source_id=self._once.source_id if self._once else None,
            not_since=self._once.began_at if self._once else None,
            recheck=self._own.recheck,
            backfill_id=self._once.backfill_id if self._once else None,
            public_url=self._own.public_url,
        )
        in_flight, requests = list(self.in_flight.values()), self._own.concurrent_requests
        return kinds.find_due(conn, due, room=room, requests=requests, in_flight=in_flight, pages_too=pages_too)

    async def _is_finished(self, once: OneShot) -> bool:
        """Return whether a run that ends is complete; an outage ends it too, and the remaining feeds are counted."""
        if self.in_flight:
            return False
        now = self._clock()
        if once.backfill_id is not None:
            number = once.backfill_id
            return self._network.is_down or not await self._store.read(lambda conn: goes_on(conn, number, now=now))
        if not self._network.is_down:
            later = now + timedelta(seconds=self._own.host_delay_s + PATIENCE_S)
            return not await self._store.read(
                lambda conn: self._find_due(conn, now, 1, find_hosts_at_rest(conn, until=later), True)
            )
        left = await self._store.read(lambda conn: count_due_feeds(conn, now=now, source_id=once.source_id))
        await self._store.write(
            lambda _, tally: tally.count(Stage.POLL, once.source_id, RequestOutcome.NO_NETWORK, left)
        )
        return True

    # recording outcomes

    async def _finish(self, job: Job, answer: FetchResult) -> None:
        try:
            self._network.watch(job, answer)
            answer = self._rests.watch(answer)
            said = await self._record(job, answer)
        except Exception as error:
            said = await self._record_fault(job, answer, error)
        if self._once and self._once.progress:
            self._once.progress(f"{job.url}: {said}")
        self.limiter.discard(job.host)
        self.in_flight.pop(job.key, None)

    async def _record_fault(self, job: Job, answer: FetchResult, error: Exception) -> str:
        """Record an internal error as a failure of the job, to be retried with growing pauses."""
        log.error("%s: could not be recorded", job.url, exc_info=error)
        said = f"internal error: {type(error).__name__}: {error}"[:300]
        if not is_away(error):  # else it is nobody's fault here
            with suppress(Exception):
                return await self._record(
                    job,
                    FetchResult(url=answer.url, status=0, trouble=FetchFailure(RequestOutcome.INTERNAL_ERROR, said)),
                )
        self._store.submit(lambda _, tally: job.count_internal_error(tally, said))
        return said

    async def _record(self, job: Job, answer: FetchResult) -> str:
        """Store the consequences of a result; return a summary."""
        now = self._clock()
        if self._network.is_down and answer.trouble is not None and answer.trouble.is_network:
            reason = answer.trouble.reason
            await self._store.write(lambda conn, tally: job.record_restored(conn, tally, reason, now))
            return f"no network ({reason})"
        outcome = await self._decide(job, answer, now)
        for rows, steps in join_steps(outcome.steps, FLUSH_ROWS):
            await self._store.write(partial(run_steps, steps), rows=rows)
        log.debug("%s %s: %s", answer.status or "-", job.url, outcome.summary)
        return outcome.summary

    async def _decide(self, job: Job, answer: FetchResult, now: datetime) -> JobResult:
        place = job.choose_place(answer)
        if place == DecisionPlace.LOOP:
            return job.decide(answer, now, self._context)
        run = self._store.parse if place == DecisionPlace.PARSER else self._store.compute
        return await run(job.decide, answer, now, self._context)

    async def _renew_claims(self) -> None:
        """Renew the claims of jobs in progress, so that leases can be short and expire soon after a crash.

        A successful write is the heartbeat: it needs the event loop, the writer and the database.
        """
        while True:
            await asyncio.sleep(min(self._own.lease_s / 3, EVERY_S))
            until = self._clock() + timedelta(seconds=self._own.lease_s)
            in_flight = list(self.in_flight.values())
            self._store.minute.tell_if_due()
            try:
                await self._store.write(lambda conn, _: kinds.renew_claims(conn, in_flight, until=until))  # noqa: B023 - awaited here
                await self._leases.renew()
                touch_heartbeat(self._own.data_dir, "crawler")
                if self._robots_file is not None and self._robots_file.is_due:
                    await self._store.compute(self._robots_file.write, self.rule_book)
            except SQLAlchemyError as error:  # the database is away; it may be back before the claims run out
                log.warning("claims could not be renewed: %s", error)
