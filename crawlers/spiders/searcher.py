"""The searcher: asks for the addresses of a search, round after round, through the same guard as the collector."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from scrapy import Spider
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawlers.discovery.search import OutletSearch
from crawlers.hosts.delays import HostDelays
from crawlers.hosts.limiter import HostLimiter
from crawlers.http.cookies import JAR
from crawlers.http.results import FetchFailure, FetchResult, from_failure, from_response
from db.enums.outcomes import RequestOutcome
from db.settings import Settings


class SearcherSpider(Spider):
    """Runs a search to its end; `tell` hears of the addresses of each round."""

    name = "searcher"

    def __init__(
        self, *, search: OutletSearch, own: Settings, tell: Callable[[Sequence[str]], object], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.limiter = HostLimiter(HostDelays(own.host_delay_s))
        self._search, self._own, self._tell = search, own, tell
        self._answers: dict[str, FetchResult] = {}
        self._wanted: set[str] = set()
        self._all_there = asyncio.Event()

    async def start(self) -> AsyncIterator[Request]:
        """Yield the requests of each round when the round before was answered."""
        wanted = self._search.first()
        while wanted:
            self._tell(wanted)
            self._wanted, self._answers = set(wanted), {}
            self._all_there.clear()
            for url in wanted:
                try:
                    yield self._request(url)
                except ValueError as error:
                    reason = f"not a usable address ({error})"
                    failure = FetchFailure(RequestOutcome.REFUSED, reason)
                    self._take(url, FetchResult(url=url, status=0, trouble=failure))
            await self._all_there.wait()
            wanted = await asyncio.to_thread(self._search.next_round, self._answers)

    def _request(self, url: str) -> Request:
        return Request(
            url,
            meta={JAR: "search"},
            callback=self.on_response,
            errback=self.on_error,
            cb_kwargs={"asked": url},
            dont_filter=True,
        )

    def on_response(self, response: Response, asked: str) -> None:
        """Handle a response."""
        self._take(asked, from_response(response))

    def on_error(self, failure: Failure) -> None:
        """Handle a failed request."""
        own = self._own
        request, answer = from_failure(failure, timeout_s=own.fetch_timeout_s, max_bytes=own.fetch_max_bytes)
        self._take(request.cb_kwargs["asked"], answer)

    def _take(self, url: str, answer: FetchResult) -> None:
        self._answers[url] = answer
        if self._wanted <= set(self._answers):
            self._all_there.set()
