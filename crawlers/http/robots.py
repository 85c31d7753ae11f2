"""robots.txt (RFC 9309) for a long-lived process: fetched through the same guard, cached for a day."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

from protego import Protego
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK

from crawlers.hosts.limiter import get_limiter
from crawlers.http.results import FetchFailure, FetchResult, RequestBlocked, describe_failure, from_response
from crawlers.http.robots_rules import MAX_BYTES, RuleBook, Rules, read_robots
from db.enums.outcomes import RequestOutcome
from db.net.urls import read_host

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

FORBIDDEN = "robots.txt forbids it"
"""Reason for a page that its own host's rules forbid; a redirect target has a different reason."""
NEWER_THAN = "robots_newer_than_s"
"""Key of a request's `meta` for the maximum age of the rules in seconds."""
_MARK = "is_robots_txt"


class _RulesListener(Protocol):
    async def rules_read(self, site: str, allows: Callable[[str], bool]) -> None: ...


class RobotsMiddleware:
    """Enforces robots.txt, and applies its crawl delay to the host limiter."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = str(crawler.settings["USER_AGENT"]).partition("/")[0].strip() or "*"
        self._timeout_s = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._asked: dict[str, asyncio.Task[Rules]] = {}
        self._own_book: RuleBook | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Create the middleware (for Scrapy)."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Accept the request, or raise RequestBlocked."""
        if is_for_robots(request) or request.method == "POST":  # it says what may be read; we send only to hubs
            return
        site = get_site(request.url)
        rules = await self._find(site, request.meta.get(NEWER_THAN))
        if rules.trouble is not None:
            raise RequestBlocked(rules.trouble)
        robots = await self._book.parsed(site, rules)
        if not robots.can_fetch(request.url, self._agent):
            was_sent_here = bool(request.meta.get("redirect_times"))
            reason = "robots.txt forbids what it redirects to" if was_sent_here else FORBIDDEN
            raise RequestBlocked(FetchFailure(RequestOutcome.ROBOTS, reason, is_final=True))

    @property
    def _book(self) -> RuleBook:
        """The rules that the spider brought from an earlier process, or else our own."""
        if self._own_book is None:
            self._own_book = getattr(self._crawler.spider, "rule_book", None) or RuleBook()
        return self._own_book

    async def _find(self, site: str, newer_than_s: float | None) -> Rules:
        rules = self._book.rules(site)
        if rules is not None and rules.hold(time.monotonic(), newer_than_s):
            if self._book.take_loaded(site):
                self._slow_down(site, await self._book.parsed(site, rules))
            return rules
        task = self._asked.get(site)
        if task is None:
            task = self._asked[site] = asyncio.ensure_future(self._fetch(site))
            task.add_done_callback(lambda _: self._asked.pop(site, None))
        return await asyncio.shield(task)

    async def _fetch(self, site: str) -> Rules:
        request = Request(f"{site}/robots.txt", meta={_MARK: True}, callback=NO_CALLBACK, dont_filter=True)
        assert self._crawler.engine is not None
        try:
            result = from_response(await self._crawler.engine.download_async(request), may_be_cut=True)
        except Exception as error:
            trouble = describe_failure(error, site, timeout_s=self._timeout_s, max_bytes=MAX_BYTES)
            if trouble.kind in (
                RequestOutcome.REDIRECTS,
                RequestOutcome.TOO_LARGE,
            ):  # RFC 9309 §2.3.1.2: treated as missing
                result = FetchResult(url=site, status=404)
            else:
                result = FetchResult(url=site, status=0, trouble=trouble)
        rules = read_robots(result, time.monotonic())
        self._book.keep(site, rules)
        if rules.trouble is None:
            robots = await self._book.parsed(site, rules)
            self._slow_down(site, robots)
            await self._notify_spider(site, robots)
        return rules

    def _slow_down(self, site: str, robots: Protego) -> None:
        get_limiter(self._crawler).slow_down(read_host(site), robots.crawl_delay(self._agent) or 0.0)

    async def _notify_spider(self, site: str, robots: Protego) -> None:
        """Report the rules of a site to the spider, if it listens."""
        if hasattr(self._crawler.spider, "rules_read"):
            spider = cast(_RulesListener, self._crawler.spider)
            await spider.rules_read(site, lambda url: bool(robots.can_fetch(url, self._agent)))


def is_for_robots(request: Request) -> bool:
    """Return whether a request is for a robots.txt."""
    return bool(request.meta.get(_MARK))


def get_site(url: str) -> str:
    """Return the scope of a robots.txt: scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
