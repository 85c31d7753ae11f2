"""HTTP on the wire, tolerant of contradictory headers and bad certificates."""

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

from crawlers.http.certificates import RULE, UNVERIFIED, VerifyingPolicy, trust_system
from crawlers.http.results import FetchFailure, RequestBlocked
from db.collection.sources.unverified import may_be_unverified
from db.enums.outcomes import RequestOutcome

MOST_HEADERS = 1_000
MOST_HEAD_BYTES = 256 * 1024
"""Limit on the headers of one response, including 100 Continue; the same as in browsers."""


class EndlessHead(ValueError):
    """The headers of a response exceed the limit."""


class TolerantParser(http11._LenientHTTPClientParser):
    """Parser that reads a body of unknown length until the connection closes.

    This is for conflicting or invalid lengths, and for an unknown Transfer-Encoding.
    """

    _lines = 0
    _bytes = 0

    def lineReceived(self, line: bytes) -> None:
        """Read a line of the head, up to a limit: ten megabytes of lines would cost a second."""
        self._lines += 1
        self._bytes += len(line)
        if self._lines > MOST_HEADERS or self._bytes > MOST_HEAD_BYTES:
            raise EndlessHead(f"more than {MOST_HEADERS:,} headers or {MOST_HEAD_BYTES // 1024} KB of them")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Abort the connection; Twisted would only drop the line and request the rest."""
        raise EndlessHead(f"a header of more than {self.MAX_LENGTH:,} bytes")

    def allHeadersReceived(self) -> None:
        """Remove unusable length headers, then continue."""
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
        response = super().request(request)
        assert self._parser is not None
        self._parser.__class__ = TolerantParser  # as Scrapy does for its own parser: Twisted has no way to choose one
        return response


class _Factory(http11._LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _Protocol:
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class TolerantHandler(http11.HTTP11DownloadHandler):
    """Scrapy's handler for http and https, with the tolerant parser.

    Certificates are verified. If that fails and the outlet's rule allows it, the request is repeated without
    verification, and the response and its redirects are flagged.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory
        self._trusted = trust_system()
        self._lenient = self._contextFactory  # Scrapy's own, which verifies nothing

    async def download_request(self, request: Request) -> Response:
        """Return the response. Raises RequestBlocked for a bad certificate that the rule does not allow."""
        response = await self._fetch(request)
        if fault := request.meta.get(UNVERIFIED):
            response.flags.append(f"{UNVERIFIED}: {fault}")
        return response

    async def _fetch(self, request: Request) -> Response:
        policy = VerifyingPolicy(self._trusted)
        try:
            return await self._send(request, policy, self._pool)
        except Exception as error:
            if policy.fault is None:
                raise
            if not may_be_unverified(request.url, request.meta.get(RULE)):
                host = urlsplit(request.url).hostname
                raise RequestBlocked(
                    FetchFailure(RequestOutcome.CERTIFICATE, f"the certificate of {host} {policy.fault}")
                ) from error
        request.meta[UNVERIFIED] = policy.fault
        return await self._send(request, self._lenient, self._new_pool())

    async def _send(self, request: Request, policy: Any, pool: HTTPConnectionPool) -> Response:
        handler = copy.copy(self)
        handler._contextFactory, handler._pool = policy, pool
        return await super(TolerantHandler, handler).download_request(request)

    def _new_pool(self) -> HTTPConnectionPool:
        """Return a pool without persistent connections, so that verified requests never share unverified ones."""
        from twisted.internet import reactor

        pool = HTTPConnectionPool(reactor, persistent=False)  # type: ignore[no-untyped-call]
        pool._factory = _Factory
        return pool
