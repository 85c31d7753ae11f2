"""Cookies, for servers that redirect endlessly until one comes back: a jar per outlet, never stored.

A jar serves a single outlet and is discarded after an hour, so that we cannot be tracked between outlets or counted.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import TYPE_CHECKING

from scrapy.http import Request, Response
from scrapy.http.cookies import CookieJar

from crawlers.http.results import FetchFailure, RequestBlocked
from db.enums.outcomes import RequestOutcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from tldextract import TLDExtract

JAR = "jar"
"""Key of a request's `meta` for the name of its jar; a request without it uses no cookies."""

KEEP_S = 3_600.0
_SENT_REQUESTS = "asked_with"
_MOST_JARS, _MOST_COOKIES = 500, 50
_MOST_AT_ONCE, _LONGEST = 20, 4_096
_LONGEST_HEADER = 8_192
_REFUSED_STATUSES = frozenset({400, 401, 402, 403, 429, 431})
"""Statuses after which the jar is discarded, to come back as a new reader."""


class Jars:
    """The jars of this run, bounded in number; the oldest are discarded first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._jars: OrderedDict[str, tuple[float, CookieJar]] = OrderedDict()

    def find(self, name: str) -> CookieJar | None:
        """Return a jar that has not expired, or None."""
        made_at, jar = self._jars.get(name, (0.0, None))
        if jar is not None and self._clock() - made_at >= KEEP_S:
            self.forget(name)
            return None
        return jar

    def take(self, name: str, response: Response, request: Request) -> None:
        """Store the acceptable cookies of a response in a jar."""
        several = [value for value in response.headers.getlist("Set-Cookie") if len(value) <= _LONGEST]
        jar = self.find(name)
        if not several or (jar is not None and len(jar) > _MOST_COOKIES):
            return
        if jar is None:
            jar = CookieJar(DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain))
            self._jars[name] = self._clock(), jar
            while len(self._jars) > _MOST_JARS:
                self._jars.popitem(last=False)
        setting = Response(response.url, headers={"Set-Cookie": several[:_MOST_AT_ONCE]})
        for cookie in jar.make_cookies(setting, request):
            if _is_plain(cookie) and not (cookie.domain_specified and is_public_suffix(cookie.domain.lstrip("."))):
                jar.set_cookie_if_ok(cookie, request)

    def forget(self, name: str) -> None:
        """Discard a jar."""
        self._jars.pop(name, None)


class CookieMiddleware:
    """Sends cookies back to the outlet's servers, and stops redirects to the same request."""

    def __init__(self) -> None:
        self._jars = Jars()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CookieMiddleware:
        """Create the middleware (for Scrapy)."""
        return cls()

    def process_request(self, request: Request) -> None:
        """Add the cookies. Raises RequestBlocked if the same request was made before with the same cookies."""
        request.headers.pop("Cookie", None)
        name = request.meta.get(JAR)
        jar = self._jars.find(name) if name is not None else None
        if jar is not None:
            jar.add_cookie_header(request)
            if len(request.headers.get("Cookie") or b"") > _LONGEST_HEADER:
                request.headers.pop("Cookie", None)
        request_key = (request.url, request.headers.get("Cookie"))
        if request_key in request.meta.get(_SENT_REQUESTS, ()):
            raise RequestBlocked(FetchFailure(RequestOutcome.REDIRECTS, f"redirect loop at {request.url[:300]}"))
        request.meta[_SENT_REQUESTS] = (*request.meta.get(_SENT_REQUESTS, ()), request_key)

    def process_response(self, request: Request, response: Response) -> Response:
        """Store the cookies of the response."""
        name = request.meta.get(JAR)
        if name is not None:
            if response.status in _REFUSED_STATUSES:
                self._jars.forget(name)
            else:
                self._jars.take(name, response, request)
        return response


def is_public_suffix(domain: str) -> bool:
    """Return whether a domain is a public suffix: `kz`, `co.uk`, `github.io`. Uses no network."""
    return not _suffixes()(domain).domain


@cache
def _suffixes() -> TLDExtract:
    from tldextract import TLDExtract  # reads 10,000 rules: only for those who meet a cookie of a domain

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _is_plain(cookie: Cookie) -> bool:
    """Return whether a cookie can be sent back unchanged."""
    return f"{cookie.name}{cookie.value or ''}".isascii()
