"""Downloader middlewares, applied to every request and each hop of a redirect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request, Response

from crawlers.hosts.limiter import HostLimiter, HostResting, get_limiter
from crawlers.http.bodies import TooLarge, is_gzip, is_plain, unpack
from crawlers.http.resolver import ALLOWED_SETTING, refusals
from crawlers.http.results import DATALOSS, FetchFailure, RequestBlocked, too_large
from db.enums.outcomes import RequestOutcome
from db.net.address_policy import parse_allowed, refusal_of_url
from db.net.urls import read_host

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

TRAIL = "trail"
"""Key of a request's `meta` for a list to which the URL of each hop is added, for failures on the way."""
_TURN = "has_the_turn_at"
_SHORT = {"x-gzip": "gzip", "x-compress": "compress"}
_CODINGS = frozenset({"gzip", "deflate", "br", "zstd", "compress", "dcb", "dcz", "exi", "snappy", "lz4", "xz", "bzip2"})
"""Known content codings; any other word in Content-Encoding (a charset, `none`, `aws-chunked`) is ignored."""
_LAYERS = 2
"""Maximum number of times a body is unpacked: some files contain themselves, and each time may use all our memory."""


class GuardMiddleware:
    """Refuses schemes, ports and literal addresses, and assigns each request to the queue of its host."""

    def __init__(self, allowed: frozenset[tuple[str, int]]) -> None:
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        """Create the middleware (for Scrapy)."""
        return cls(parse_allowed(crawler.settings.get(ALLOWED_SETTING, "")))

    def process_request(self, request: Request) -> None:
        """Accept the request, or raise RequestBlocked."""
        if TRAIL in request.meta:
            request.meta[TRAIL].append(request.url)
        refusal = refusal_of_url(request.url, self._allowed)
        if refusal:
            raise RequestBlocked(FetchFailure(RequestOutcome.REFUSED, refusal, is_final=True))
        # A redirect inherits the request's meta and would wait in the queue of the previous host.
        request.meta["download_slot"] = read_host(request.url)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Report the refusal when a name resolved to a refused address."""
        if isinstance(exception, CannotResolveHostError):
            refusal = refusals.find(urlsplit(request.url).hostname or "")
            if refusal:
                raise RequestBlocked(FetchFailure(RequestOutcome.REFUSED, refusal, is_final=True)) from exception


class TurnMiddleware:
    """Delays a request until its host may be contacted; the last middleware before the download."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TurnMiddleware:
        """Create the middleware (for Scrapy)."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for the host limiter. Raises RequestBlocked if the host rests for long."""
        host = read_host(request.url)
        try:
            await self._turns.acquire(host)
        except HostResting as error:
            reason = f"{host} rests, because it answered that there were too many requests"
            raise RequestBlocked(FetchFailure(RequestOutcome.THROTTLED, reason)) from error
        request.meta[_TURN] = host

    def process_response(self, request: Request, response: Response) -> Response:
        """Release the host after the last byte of the response."""
        self._end(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Release the host, if the request had acquired it."""
        self._end(request)

    def _end(self, request: Request) -> None:
        host = request.meta.pop(_TURN, None)
        if host is not None:
            self._turns.release(host)

    @property
    def _turns(self) -> HostLimiter:
        return get_limiter(self._crawler)


class EncodingMiddleware:
    """Unpacks gzip and deflate regardless of Content-Encoding; Scrapy handles the other codings.

    Some servers send a charset in that header or none at all, others declare gzip for a plain page, or send a gzip file
    without saying so.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> EncodingMiddleware:
        """Create the middleware (for Scrapy)."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response unpacked, flagged if truncated. Raises RequestBlocked if it is too large."""
        header = ",".join(value.decode("latin-1") for value in response.headers.getlist("Content-Encoding"))
        codings = [_SHORT.get(coding, coding) for coding in header.lower().replace(" ", "").split(",")]
        codings = [coding for coding in codings if coding in _CODINGS]
        body, flags = response.body, list(response.flags)
        layers = 0
        while layers < _LAYERS:
            coding = _choose_coding(body, codings)
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
            # packed data has its own end mark; a Content-Length may count other bytes
            flags = [flag for flag in flags if flag != DATALOSS] + [DATALOSS] * (not unpacked.is_whole)
        if is_plain(body):
            codings = []
        if layers + len(codings) > _LAYERS:
            raise RequestBlocked(
                FetchFailure(
                    RequestOutcome.BROKEN, f"packed {layers + len(codings)} times over; {_LAYERS} are unpacked"
                )
            )
        response.headers.pop("Content-Encoding", None)
        if codings:
            response.headers["Content-Encoding"] = ",".join(codings)
        return response if body is response.body else response.replace(body=body, flags=flags)


def _choose_coding(body: bytes, codings: Sequence[str]) -> str | None:
    """Return the coding that we have to unpack; None for a plain body or another coding."""
    if is_plain(body):
        return None
    if is_gzip(body):
        return "gzip"
    return codings[-1] if codings and codings[-1] in ("gzip", "deflate") else None
