"""robots.txt (RFC 9309), obeyed by a process that runs for months: fetched through the same guard, kept for a day."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

from protego import Protego
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK

from crawlers.hosts.limiter import turns_of
from crawlers.http.results import FetchFailure, FetchResult, RequestBlocked, failure_of, from_response
from crawlers.http.robots_rules import MAX_BYTES, RuleBook, Rules, read_robots
from db.net.urls import host_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

FORBIDDEN = "robots.txt forbids it"
"""What is said of a page that its own host's rules forbid; where a redirect led is another matter."""
NEWER_THAN = "robots_newer_than_s"
"""The key of a request's `meta` for how many seconds old the rules may be at most that it is judged by."""
_MARK = "is_robots_txt"


class _Listens(Protocol):
    async def rules_read(self, site: str, allows: Callable[[str], bool]) -> None: ...


class RobotsMiddleware:
    """Lets pass what robots.txt allows, and tells the spider's `turns` the distance it asks for."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = str(crawler.settings["USER_AGENT"]).partition("/")[0].strip() or "*"
        self._timeout_s = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._book = RuleBook()
        self._asked: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way of making one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise Stopped."""
        if is_for_robots(request):
            return
        site = site_of(request.url)
        rules = await self._find(site, request.meta.get(NEWER_THAN))
        if rules.trouble is not None:
            raise RequestBlocked(rules.trouble)
        robots = await self._book.parsed(site, rules)
        if not robots.can_fetch(request.url, self._agent):
            was_sent_here = bool(request.meta.get("redirect_times"))
            reason = "robots.txt forbids what it redirects to" if was_sent_here else FORBIDDEN
            raise RequestBlocked(FetchFailure("robots", reason, is_final=True))

    async def _find(self, site: str, newer_than_s: float | None) -> Rules:
        rules = self._book.rules(site)
        if rules is not None and rules.hold(time.monotonic(), newer_than_s):
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
            answer = from_response(await self._crawler.engine.download_async(request), may_be_cut=True)
        except Exception as error:
            trouble = failure_of(error, site, timeout_s=self._timeout_s, max_bytes=MAX_BYTES)
            if trouble.kind in ("redirects", "too large"):  # RFC 9309 §2.3.1.2: as if there were none
                answer = FetchResult(site, 404)
            else:
                answer = FetchResult(site, 0, trouble=trouble)
        rules = read_robots(answer, time.monotonic())
        self._book.keep(site, rules)
        if rules.trouble is None:
            robots = await self._book.parsed(site, rules)
            turns_of(self._crawler).slow_down(host_of(site), robots.crawl_delay(self._agent) or 0.0)
            await self._tell(site, robots)
        return rules

    async def _tell(self, site: str, robots: Protego) -> None:
        """Tell a spider that cares which rules hold for a site from now on."""
        if hasattr(self._crawler.spider, "rules_read"):
            spider = cast(_Listens, self._crawler.spider)
            await spider.rules_read(site, lambda url: bool(robots.can_fetch(url, self._agent)))


def is_for_robots(request: Request) -> bool:
    """Return whether a request asks for a robots.txt."""
    return bool(request.meta.get(_MARK))


def site_of(url: str) -> str:
    """Return what a robots.txt speaks for: scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
