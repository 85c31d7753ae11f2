"""robots.txt (RFC 9309), obeyed by a process that runs for months: fetched through the same guard, kept for a day."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING
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
_MOST = 20_000
_MARK = "is_robots_txt"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says; or the trouble with having it."""

    robots: Protego | None
    trouble: Trouble | None
    until: float


def read_robots(answer: Answer, now: float) -> Rules:
    """Return the rules in an answer.

    RFC 9309 §2.3.1: a 4xx allows all; a 5xx or no answer forbids all for the time being. 429 counts among the latter.
    """
    if answer.trouble is not None:
        trouble = answer.trouble
        if trouble.kind != "refused" and not trouble.is_network:
            trouble = Trouble(trouble.kind, f"robots.txt cannot be had: {trouble.reason}")
        # Not kept when the host was not reached: a network that comes back must be noticed at once.
        return Rules(None, trouble, now if trouble.is_network else now + KEEP_TROUBLE_S)
    if answer.status >= 500 or answer.status == 429:
        reason = f"robots.txt cannot be had: the server answered {answer.status}"
        return Rules(None, Trouble("server error", reason), now + KEEP_TROUBLE_S)
    body = answer.body[:MAX_BYTES] if answer.status == 200 else b""
    return Rules(Protego.parse(body.decode("utf-8-sig", "replace")), None, now + KEEP_S)


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
        if request.meta.get(_MARK):
            return
        rules = await self._find(request.url)
        if rules.trouble is not None:
            raise Stopped(rules.trouble)
        if rules.robots is not None and not rules.robots.can_fetch(request.url, self._agent):
            raise Stopped(Trouble("robots", "robots.txt forbids it", is_final=True))

    async def _find(self, url: str) -> Rules:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        task = self._rules.get(site)
        if task is None or (task.done() and (task.cancelled() or task.result().until <= time.monotonic())):
            task = asyncio.ensure_future(self._fetch(site))
            self._rules[site] = task
            while len(self._rules) > _MOST:
                self._rules.popitem(last=False)
        return await asyncio.shield(task)

    async def _fetch(self, site: str) -> Rules:
        request = Request(f"{site}/robots.txt", meta={_MARK: True}, callback=NO_CALLBACK, dont_filter=True)
        assert self._crawler.engine is not None
        try:
            answer = answer_of(await self._crawler.engine.download_async(request))
        except Exception as error:
            trouble = trouble_of(error, site, timeout_s=self._timeout_s, max_bytes=MAX_BYTES)
            if trouble.kind in ("redirects", "too large"):  # RFC 9309 §2.3.1.2: as if there were none
                answer = Answer(site, 404)
            else:
                answer = Answer(site, 0, trouble=trouble)
        rules = read_robots(answer, time.monotonic())
        if rules.robots is not None:
            turns_of(self._crawler).slow_down(host_of(site), rules.robots.crawl_delay(self._agent) or 0.0)
        return rules
