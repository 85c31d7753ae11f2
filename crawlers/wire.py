"""HTTP as it comes over the wire, from servers that contradict themselves about where a body ends."""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers import http11
from scrapy.crawler import Crawler
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web import _newclient as wire
from twisted.web.iweb import IResponse


class TolerantParser(http11._LenientHTTPClientParser):
    """Takes a body whose end it cannot be told as everything until the connection closes.

    So with several lengths that differ, with one that is no number, and with a Transfer-Encoding that nobody knows.
    """

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
    """Scrapy's handler of http and https, with the parser above."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory
