"""The fetcher: asks for a list of addresses, each once, through the same guard as everything else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from scrapy import Spider
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawlers.hosts.delays import HostDelays
from crawlers.hosts.limiter import HostLimiter
from crawlers.http.cookies import JAR
from crawlers.http.results import FetchFailure, FetchResult, from_failure, from_response
from db.settings import Settings


class FetcherSpider(Spider):
    """Tells `tell` the place in the list and the answer, for each address."""

    name = "fetcher"

    def __init__(
        self, *, urls: list[str], own: Settings, tell: Callable[[int, FetchResult], None], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.turns = HostLimiter(HostDelays(own.host_delay_s))
        self._urls, self._own, self._tell = urls, own, tell

    async def start(self) -> AsyncIterator[Request]:
        """Yield one request for each address."""
        for place, url in enumerate(self._urls):
            try:
                request = Request(
                    url,
                    meta={JAR: str(place)},
                    callback=self.on_response,
                    errback=self.on_error,
                    cb_kwargs={"place": place},
                    dont_filter=True,
                )
            except ValueError as error:
                self._tell(
                    place, FetchResult(url, 0, trouble=FetchFailure("refused", f"not a usable address ({error})"))
                )
                continue
            yield request

    def on_response(self, response: Response, place: int) -> None:
        """Take a response."""
        self._tell(place, from_response(response))

    def on_error(self, failure: Failure) -> None:
        """Take the reason why there is none."""
        own = self._own
        request, answer = from_failure(failure, timeout_s=own.fetch_timeout_s, max_bytes=own.fetch_max_bytes)
        self._tell(request.cb_kwargs["place"], answer)
