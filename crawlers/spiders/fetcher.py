"""The fetcher: requests each URL of a list once, through the same guard as the collector."""

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
from db.enums.outcomes import RequestOutcome
from db.settings import Settings


class FetcherSpider(Spider):
    """Calls `tell` with the position and result of each URL."""

    name = "fetcher"

    def __init__(
        self, *, urls: list[str], own: Settings, tell: Callable[[int, FetchResult], None], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.limiter = HostLimiter(HostDelays(own.host_delay_s))
        self._urls, self._own, self._tell = urls, own, tell

    async def start(self) -> AsyncIterator[Request]:
        """Yield one request per URL."""
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
                    place,
                    FetchResult(
                        url=url,
                        status=0,
                        trouble=FetchFailure(RequestOutcome.REFUSED, f"not a usable address ({error})"),
                    ),
                )
                continue
            yield request

    def on_response(self, response: Response, place: int) -> None:
        """Handle a response."""
        self._tell(place, from_response(response))

    def on_error(self, failure: Failure) -> None:
        """Handle a failed request."""
        own = self._own
        request, answer = from_failure(failure, timeout_s=own.fetch_timeout_s, max_bytes=own.fetch_max_bytes)
        self._tell(request.cb_kwargs["place"], answer)
