"""HTTP as it comes over the wire, from servers that contradict themselves about who they are and where a body ends."""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers import http11
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web import _newclient as wire
from twisted.web.client import HTTPConnectionPool
from twisted.web.iweb import IResponse

from crawlers.http.certificates import RULE, UNVERIFIED, Verifying, trusted
from crawlers.http.results import FetchFailure, RequestBlocked
from db.collection.unverified import may_be_unverified

MOST_HEADERS = 1_000
MOST_HEAD_BYTES = 256 * 1024
"""Of headers in one answer, with what goes before it (100 Continue); as much as browsers take."""


class EndlessHead(ValueError):
    """The headers of an answer do not come to an end."""


class TolerantParser(http11._LenientHTTPClientParser):
    """Takes a body whose end it cannot be told as everything until the connection closes.

    So with several lengths that differ, with one that is no number, and with a Transfer-Encoding that nobody knows.
    """

    _lines = 0
    _bytes = 0

    def lineReceived(self, line: bytes) -> None:
        """Take a line of the head, up to a bound; each would be kept, and ten megabytes of them cost a second."""
        self._lines += 1
        self._bytes += len(line)
        if self._lines > MOST_HEADERS or self._bytes > MOST_HEAD_BYTES:
            raise EndlessHead(f"more than {MOST_HEADERS:,} headers or {MOST_HEAD_BYTES // 1024} KB of them")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Give up for good: Twisted only lets go, and asks for the rest of the line."""
        raise EndlessHead(f"a header of more than {self.MAX_LENGTH:,} bytes")

    def allHeadersReceived(self) -> None:
        """Forget what says nothing, then go on as ever."""
        try:
            wire._contentLength(self.connHeaders)
        except ValueError:
            self.connHeaders.removeHeader(b"content-length")
        codings = self.connHeaders.getRawHeaders(b"transfer-encoding") or [b"chunked"]
        if codings[0].lower() not in self._transferDecoders:
            self.connHeaders.removeHeader(b"transfer-encoding")
        super().allHeadersReceived()  # type: ignore[no-untyped-call]


class _Protocol(http11._LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Deferred[IResponse]:
        answered = super().request(request)
        assert self._parser is not None
        self._parser.__class__ = TolerantParser  # as Scrapy puts in its own: Twisted asks nobody which parser it takes
        return answered


class _Factory(http11._LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _Protocol:
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class TolerantHandler(http11.HTTP11DownloadHandler):
    """Scrapy's handler of http and https, with the parser above.

    Servers prove who they are. One that cannot is asked again, unverified, where the outlet's rule allows it, and its
    answer is flagged, as is what it redirects to.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory
        self._trusted = trusted()
        self._lenient = self._contextFactory  # Scrapy's own: it verifies nothing

    async def download_request(self, request: Request) -> Response:
        """Return the response; raise Stopped where a bad certificate is not to be put up with."""
        response = await self._answer(request)
        if fault := request.meta.get(UNVERIFIED):
            response.flags.append(f"{UNVERIFIED}: {fault}")
        return response

    async def _answer(self, request: Request) -> Response:
        policy = Verifying(self._trusted)
        try:
            return await self._ask(request, policy, self._pool)
        except Exception as error:
            if policy.fault is None:
                raise
            if not may_be_unverified(request.url, request.meta.get(RULE)):
                host = urlsplit(request.url).hostname
                raise RequestBlocked(
                    FetchFailure("certificate", f"the certificate of {host} {policy.fault}")
                ) from error
        request.meta[UNVERIFIED] = policy.fault
        return await self._ask(request, self._lenient, self._apart())

    async def _ask(self, request: Request, policy: Any, pool: HTTPConnectionPool) -> Response:
        asker = copy.copy(self)
        asker._contextFactory, asker._pool = policy, pool
        return await super(TolerantHandler, asker).download_request(request)

    def _apart(self) -> HTTPConnectionPool:
        """Return a pool that keeps nothing: no verified request may get a connection that was not."""
        from twisted.internet import reactor

        pool = HTTPConnectionPool(reactor, persistent=False)  # type: ignore[no-untyped-call]
        pool._factory = _Factory
        return pool
