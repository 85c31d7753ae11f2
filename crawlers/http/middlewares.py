"""Downloader middlewares: what every request must pass, the first one and each hop of a redirect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request, Response

from crawlers.hosts.limiter import HostLimiter, turns_of
from crawlers.http.bodies import TooLarge, is_gzip, is_plain, unpack
from crawlers.http.resolver import ALLOWED_SETTING, refusals
from crawlers.http.results import DATALOSS, FetchFailure, RequestBlocked, too_large
from db.net.address_policy import parse_allowed, refusal_of_url
from db.net.urls import host_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_TURN = "has_the_turn_at"
_SHORT = {"x-gzip": "gzip", "x-compress": "compress"}
_CODINGS = frozenset({"gzip", "deflate", "br", "zstd", "compress", "dcb", "dcz", "exi", "snappy", "lz4", "xz", "bzip2"})
"""What a body can be packed as; any other word in Content-Encoding (a charset, `none`, `aws-chunked`) says nothing."""
_LAYERS = 2
"""Times that a body is unpacked: there are files that hold themselves, and each time costs up to all our memory."""


class GuardMiddleware:
    """Refuses schemes, ports and literal addresses, and gives each request to the queue of its own host."""

    def __init__(self, allowed: frozenset[tuple[str, int]]) -> None:
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        """Scrapy's way of making one."""
        return cls(parse_allowed(crawler.settings.get(ALLOWED_SETTING, "")))

    def process_request(self, request: Request) -> None:
        """Let the request pass, or raise Stopped."""
        refusal = refusal_of_url(request.url, self._allowed)
        if refusal:
            raise RequestBlocked(FetchFailure("refused", refusal, is_final=True))
        # A redirect keeps its request's meta: without this it would wait in the queue of the host it came from.
        request.meta["download_slot"] = host_of(request.url)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Say it when a name was found but its address refused."""
        if isinstance(exception, CannotResolveHostError):
            refusal = refusals.find(urlsplit(request.url).hostname or "")
            if refusal:
                raise RequestBlocked(FetchFailure("refused", refusal, is_final=True)) from exception


class TurnMiddleware:
    """The last one before the wire: holds a request back until it is its turn to ask its host."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TurnMiddleware:
        """Scrapy's way of making one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for the turn."""
        host = host_of(request.url)
        await self._turns.acquire(host)
        request.meta[_TURN] = host

    def process_response(self, request: Request, response: Response) -> Response:
        """End the turn with the last byte of the answer."""
        self._end(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """End the turn, if the request had come so far."""
        self._end(request)

    def _end(self, request: Request) -> None:
        host = request.meta.pop(_TURN, None)
        if host is not None:
            self._turns.release(host)

    @property
    def _turns(self) -> HostLimiter:
        return turns_of(self._crawler)


class EncodingMiddleware:
    """Unpacks what is packed as gzip or deflate, whatever Content-Encoding says; Scrapy does so with the rest.

    Some servers name a charset there or none at all, others say gzip of a page that they send plain, or send a file
    that is packed and say nothing.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> EncodingMiddleware:
        """Scrapy's way of making one."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response with a plain body, flagged if that broke off; raise Stopped when it is too large."""
        said = ",".join(value.decode("latin-1") for value in response.headers.getlist("Content-Encoding"))
        codings = [_SHORT.get(coding, coding) for coding in said.lower().replace(" ", "").split(",")]
        codings = [coding for coding in codings if coding in _CODINGS]
        body, flags = response.body, list(response.flags)
        layers = 0
        while layers < _LAYERS:
            coding = _coding_of(body, codings)
            if coding is None:
                break
            try:
                unpacked = unpack(body, coding, max_bytes=self._max_bytes)
            except TooLarge as error:
                raise RequestBlocked(too_large(self._max_bytes, " after decompression")) from error
            if unpacked is None:
                break
            layers += 1
            codings = codings[:-1]
            body = unpacked.body
            # what was packed says by itself whether it is whole: a Content-Length may count other bytes
            flags = [flag for flag in flags if flag != DATALOSS] + [DATALOSS] * (not unpacked.is_whole)
        if is_plain(body):
            codings = []
        if layers + len(codings) > _LAYERS:
            raise RequestBlocked(
                FetchFailure("broken", f"packed {layers + len(codings)} times over; {_LAYERS} are unpacked")
            )
        response.headers.pop("Content-Encoding", None)
        if codings:
            response.headers["Content-Encoding"] = ",".join(codings)
        return response if body is response.body else response.replace(body=body, flags=flags)


def _coding_of(body: bytes, codings: Sequence[str]) -> str | None:
    """Return how a body has to be unpacked by us; None if that is not for us, or it is plain."""
    if is_plain(body):
        return None
    if is_gzip(body):
        return "gzip"
    return codings[-1] if codings and codings[-1] in ("gzip", "deflate") else None
