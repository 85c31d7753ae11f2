"""robots.txt (RFC 9309), obeyed by a process that runs for months: fetched through the same guard, kept for a day."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

from protego import Protego
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK

from crawlers.answers import Answer, Stopped, Trouble, answer_of, trouble_of
from crawlers.turns import turns_of
from db.urls import host_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

KEEP_S = 86_400.0
"""RFC 9309 §2.4: no longer than a day."""
KEEP_TROUBLE_S = 600.0
MAX_BYTES = 512_000
"""RFC 9309 §2.5: at least 500 KiB must be read; more is not."""
FORBIDDEN = "robots.txt forbids it"
"""What is said of a page that its own host's rules forbid; where a redirect led is another matter."""
NEWER_THAN = "robots_newer_than_s"
"""The key of a request's `meta` for how many seconds old the rules may be at most that it is judged by."""
_MOST = 20_000
_MARK = "is_robots_txt"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says; or the trouble with having it."""

    robots: Protego | None
    trouble: Trouble | None
    until: float
    read_at: float = 0.0

    def hold(self, now: float, newer_than_s: float | None) -> bool:
        """Return whether they may still be judged by."""
        return now < self.until and (newer_than_s is None or now - self.read_at < newer_than_s)


class _Listens(Protocol):
    async def rules_read(self, site: str, allows: Callable[[str], bool]) -> None: ...


def read_robots(answer: Answer, now: float) -> Rules:
    """Return the rules in an answer.

    RFC 9309 §2.3.1: a 4xx allows all; a 5xx or no answer forbids all for the time being. 429 counts among the latter.
    """
    if answer.trouble is not None:
        trouble = answer.trouble
        if trouble.kind != "refused" and not trouble.is_network:
            trouble = Trouble(trouble.kind, f"robots.txt cannot be had: {trouble.reason}")
        # Not kept when the host was not reached: a network that comes back must be noticed at once.
        return Rules(None, trouble, now if trouble.is_network else now + KEEP_TROUBLE_S, now)
    if answer.status >= 500 or answer.status == 429:
        reason = f"robots.txt cannot be had: the server answered {answer.status}"
        return Rules(None, Trouble("server error", reason), now + KEEP_TROUBLE_S, now)
    body = answer.body[:MAX_BYTES] if answer.status == 200 else b""
    return Rules(Protego.parse(body.decode("utf-8-sig", "replace")), None, now + KEEP_S, now)


class RobotsMiddleware:
    """Lets pass what robots.txt allows, and tells the spider's `turns` the distance it asks for."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = str(crawler.settings["USER_AGENT"]).partition("/")[0].strip() or "*"
        self._timeout_s = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._rules: OrderedDict[str, asyncio.Task[Rules]] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way of making one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise Stopped."""
        if is_for_robots(request):
            return
        rules = await self._find(request.url, request.meta.get(NEWER_THAN))
        if rules.trouble is not None:
            raise Stopped(rules.trouble)
        if rules.robots is not None and not rules.robots.can_fetch(request.url, self._agent):
            was_sent_here = bool(request.meta.get("redirect_times"))
            reason = "robots.txt forbids what it redirects to" if was_sent_here else FORBIDDEN
            raise Stopped(Trouble("robots", reason, is_final=True))

    async def _find(self, url: str, newer_than_s: float | None) -> Rules:
        site = site_of(url)
        task = self._rules.get(site)
        if task is None or (
            task.done() and (task.cancelled() or not task.result().hold(time.monotonic(), newer_than_s))
        ):
            task = asyncio.ensure_future(self._fetch(site))
            self._rules[site] = task
            while len(self._rules) > _MOST:
                self._rules.popitem(last=False)
        return await asyncio.shield(task)

    async def _fetch(self, site: str) -> Rules:
        request = Request(f"{site}/robots.txt", meta={_MARK: True}, callback=NO_CALLBACK, dont_filter=True)
        assert self._crawler.engine is not None
        try:
            answer = answer_of(await self._crawler.engine.download_async(request), may_be_cut=True)
        except Exception as error:
            trouble = trouble_of(error, site, timeout_s=self._timeout_s, max_bytes=MAX_BYTES)
            if trouble.kind in ("redirects", "too large"):  # RFC 9309 §2.3.1.2: as if there were none
                answer = Answer(site, 404)
            else:
                answer = Answer(site, 0, trouble=trouble)
        rules = read_robots(answer, time.monotonic())
        if rules.robots is not None:
            turns_of(self._crawler).slow_down(host_of(site), rules.robots.crawl_delay(self._agent) or 0.0)
            await self._tell(site, rules.robots)
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
