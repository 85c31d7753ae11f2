"""Downloader middlewares: what every request must pass, the first one and each hop of a redirect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Request, Response

from crawlers.answers import Stopped, Trouble
from crawlers.resolver import ALLOWED_SETTING, refusals
from crawlers.turns import Turns, turns_of
from db.guard import parse_allowed, refusal_of_url
from db.urls import host_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_TURN = "has_the_turn_at"
_DOCUMENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[!?a-zA-Z]|[{\[]\s*[\"{\[])")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_BEGINNING = 256


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
            raise Stopped(Trouble("refused", refusal, is_final=True))
        # A redirect keeps its request's meta: without this it would wait in the queue of the host it came from.
        request.meta["download_slot"] = host_of(request.url)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Say it when a name was found but its address refused."""
        if isinstance(exception, CannotResolveHostError):
            refusal = refusals.find(urlsplit(request.url).hostname or "")
            if refusal:
                raise Stopped(Trouble("refused", refusal, is_final=True)) from exception


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
        await self._turns.take(host)
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
            self._turns.give_back(host)

    @property
    def _turns(self) -> Turns:
        return turns_of(self._crawler)


class EncodingMiddleware:
    """Takes away a Content-Encoding that the body does not have, before Scrapy tries to undo it.

    Some servers name a charset there or none at all, others say gzip of a page that they send plain.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response, without that header where its body begins like a document."""
        if response.headers.get("Content-Encoding") is not None and is_document(response.body):
            del response.headers["Content-Encoding"]
        return response


def is_document(body: bytes) -> bool:
    """Return whether a body begins like markup or JSON, which compressed bytes do not."""
    return _DOCUMENT.match(body) is not None and _NO_TEXT.search(body[:_BEGINNING]) is None


class Redirects:
    """Scrapy's redirects, with endless chains called by their name. Loops are found where cookies are known."""

    def __init__(self, followed: RedirectMiddleware) -> None:
        self._followed = followed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Redirects:
        """Return Scrapy's own with ours around it."""
        return cls(RedirectMiddleware.from_crawler(crawler))

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the response, or the request it redirects to; raise Stopped when there is no end to it."""
        try:
            result: Request | Response = self._followed.process_response(request, response)
        except IgnoreRequest as error:
            reason = f"too many redirects (more than {self._followed.max_redirect_times})"
            raise Stopped(Trouble("redirects", reason)) from error
        return result
