"""The crawler process: `python -m crawlers.service` collects until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

from scrapy.crawler import AsyncCrawlerProcess
from sqlalchemy import make_url

from crawlers.async_store import PARSERS, AsyncStore
from crawlers.bounded_process import Endables
from crawlers.hosts.delays import HostDelays
from crawlers.hosts.leases import HostLeases
from crawlers.http.robots_file import RobotsFile
from crawlers.http.robots_rules import RuleBook
from crawlers.jobs.job import Job
from crawlers.jobs.kinds import renew_claims
from crawlers.scrapy_settings import scrapy_settings
from crawlers.spiders.collector import CollectorSpider
from crawlers.spiders.one_shot import OneShot
from db.engine import Database
from db.enums.outcomes import CountedOutcome, Stage
from db.logs import set_up
from db.settings import Settings, load

log = logging.getLogger("crawler")

PATIENCE_S = 1.0
"""Seconds to wait for responses in progress at shutdown; interrupted requests are repeated after the next start."""
_LAST_RESORT_S = 2.5


def set_up_log(level: str) -> None:
    """Log short lines to stderr: ours from `level` on, those of libraries only for errors."""
    set_up(level, "crawler", libraries=logging.ERROR)


def run_spider(settings: Settings, spider: type, *, on_end: Callable[[], None], **arguments: Any) -> None:
    """Run one spider until it ends or SIGTERM or SIGINT arrives. Once per process: a reactor cannot be restarted.

    `on_end` is called from the thread that ends the process, no later than `_LAST_RESORT_S` after the signal.
    """
    process = AsyncCrawlerProcess(scrapy_settings(settings))
    loop = asyncio.get_event_loop()
    ended = threading.Lock()
    tasks: list[asyncio.Task[Any]] = []

    def end() -> None:
        if ended.acquire(blocking=False):
            on_end()

    def last_resort() -> None:  # a hanging lookup or parser must not keep the process alive
        end()
        os._exit(0)

    def leave() -> None:
        from twisted.internet import reactor

        log.info("stopping")
        timer = threading.Timer(_LAST_RESORT_S, last_resort)
        timer.daemon = True
        timer.start()

        def stop_reactor() -> None:
            with suppress(RuntimeError):  # it has stopped already
                cast(Any, reactor).stop()

        tasks.append(loop.create_task(process.stop()))
        loop.call_later(PATIENCE_S, stop_reactor)

    crawl = process.crawl(spider, **arguments)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave)
    try:
        process.start(install_signal_handlers=False)
    finally:
        end()
    if crawl.done() and not crawl.cancelled() and (error := crawl.exception()) is not None:
        raise error


def collect(
    settings: Settings,
    *,
    source_id: str | None = None,
    once: bool = False,
    backfill_id: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Counter[tuple[Stage, CountedOutcome]]:
    """Collect until stopped, or `once` until nothing is left (of one back-fill); return inputs per (stage, outcome)."""
    database = Database(settings.database)

    def clock() -> datetime:
        return datetime.now(UTC)

    store = AsyncStore(database, clock)
    hosts = HostDelays(settings.host_delay_s)
    leases = HostLeases(store, hosts, clock, holder=uuid4().hex, lease_s=settings.lease_s)
    parsers = Endables(PARSERS)
    robots_file = None if once else RobotsFile(settings.cache_dir)
    rule_book = robots_file.read() if robots_file else RuleBook()
    in_flight: dict[tuple[str, int], Job] = {}

    def end() -> None:
        store.submit(lambda conn, _: renew_claims(conn, in_flight.values(), until=None))
        leases.release_all()
        store.close()
        if robots_file:
            robots_file.write(rule_book)
        store.minute.tell()

    run_spider(
        settings,
        CollectorSpider,
        on_end=end,
        store=store,
        own=settings,
        hosts=hosts,
        leases=leases,
        in_flight=in_flight,
        parsers=parsers,
        rule_book=rule_book,
        robots_file=robots_file,
        clock=clock,
        jitter=random.random,
        once=OneShot(clock(), source_id, progress, backfill_id) if once else None,
    )
    database.close()
    return store.totals


def main() -> None:
    """Collect with the settings of the environment."""
    settings = load()
    set_up_log(settings.log_level)
    log.info("collecting into %s", make_url(settings.database).render_as_string(hide_password=True))
    collect(settings)


if __name__ == "__main__":
    main()
