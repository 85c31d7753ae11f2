"""Redirects: by status and Location, tolerant of how servers write it, and by a refresh in an otherwise empty page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from w3lib.html import get_base_url, get_meta_refresh
from w3lib.url import safe_url_string

from crawlers.http.bodies import count_visible_letters, is_html
from crawlers.http.results import FetchFailure, RequestBlocked
from crawlers.http.robots import is_for_robots
from db.enums.outcomes import RequestOutcome
from db.net.urls import read_host, registrable_domain

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_STATUSES = frozenset({301, 302, 303, 307, 308})
_AUTHORITY = re.compile(rb"((?:https?:)?//)([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(rb"[\x00-\x20]*[\t\r\n][\x00-\x20]*")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_HEADER = re.compile(r"\s*(\d+(?:\.\d*)?)\s*[;,]\s*(?:url\s*=\s*)?(.*)", re.IGNORECASE | re.DOTALL)
_SCRIPT = re.compile(
    rb"location(?:\.href)?\s{0,9}(?:=|\.(?:replace|assign)\s{0,9}\()\s{0,9}([\"'])(https?:(?:\\?/){2}[^\"'\s<>]{1,2000})\1",
    re.IGNORECASE,
)

_AT_ONCE_S, _SOON_S = 1.0, 30.0
_HEAD, _SMALL, _TINY = 8_192, 65_536, 8_192
_FEW_WORDS, _NO_WORDS = 1_500, 300
"""Maximum text of a page that only redirects: with a short notice, or with almost no words."""


class Redirects:
    """Scrapy's redirects, with a clear error for endless chains. Loops are detected by the cookie middleware."""

    def __init__(self, followed: RedirectMiddleware) -> None:
        self._followed = followed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Redirects:
        """Create the middleware around Scrapy's own (for Scrapy)."""
        return cls(RedirectMiddleware.from_crawler(crawler))

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the response, or the request it redirects to. Raises RequestBlocked after too many redirects."""
        location = response.headers.get("Location")
        if response.status not in _STATUSES or location is None:
            return response
        return self._follow(request, response, location)

    def _follow(self, request: Request, response: Response, location: bytes) -> Request | Response:
        try:
            response.headers["Location"] = resolve_target(request.url, location)
            return self._followed.process_response(request, response)
        except IgnoreRequest as error:
            reason = f"too many redirects (more than {self._followed.max_redirect_times})"
            raise RequestBlocked(FetchFailure(RequestOutcome.REDIRECTS, reason)) from error
        except ValueError as error:
            shown = location.decode("latin-1")[:200]
            raise RequestBlocked(
                FetchFailure(RequestOutcome.REDIRECTS, f"redirects to {shown!r}, which is no address")
            ) from error


class Refreshes(Redirects):
    """Follows a refresh in a header or page like a redirect, counted and guarded in the same way."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the response, or the request it refreshes to. Raises RequestBlocked after too many redirects."""
        if response.status != 200 or is_for_robots(request):
            return response
        target = find_refresh(response)
        if target is None or (is_same(target, request.url) and "Set-Cookie" not in response.headers):
            return response
        moved = Response(response.url, status=302, headers={"Location": target})
        return self._follow(request, moved, target.encode())


def resolve_target(base: str, location: bytes) -> str:
    """Return the absolute URL of a Location, in ASCII: bytes of any charset are percent-encoded unchanged.

    Raises ValueError if it cannot be a URL.
    """
    raw = _SPACES.sub(b"", location.strip(b"\x00\t\n\r "))
    path, mark, query = raw.partition(b"?")
    if path[:7].lower().startswith((b"http:", b"https:", b"\\", b"/")):
        path = path.replace(b"\\", b"/")  # as browsers do
    raw = path + mark + query
    authority = _AUTHORITY.match(raw)
    if authority is None:
        return urljoin(base, safe_url_string(_percent_encode(raw).decode("ascii")))
    start, host, rest = authority.groups()
    try:
        name = host.decode("utf-8")
    except UnicodeDecodeError:
        name = host.decode("cp1251", "replace")
    absolute = urljoin(base, f"{start.decode('ascii')}{name}{_percent_encode(rest).decode('ascii')}")
    urlsplit(absolute).port  # noqa: B018 - raises for a port that is none
    return safe_url_string(absolute)


def find_refresh(response: Response) -> str | None:
    """Return the target of a refresh, if the page has no other purpose.

    A page with text that reloads itself, or moves on after a while, is an ordinary page.
    """
    base, body = response.url, response.body
    header = _HEADER.match((response.headers.get("Refresh") or b"").decode("latin-1"))
    if header is not None and header[2]:
        target = header[2].strip().strip("\"'").encode("latin-1")
        return _absolute_or_none(base, target) if _is_redirect(float(header[1]), body) else None
    if not is_html(body):
        return None
    head = _percent_encode(body[:_HEAD])
    base = get_base_url(head, base, "ascii")
    delay_s, found = get_meta_refresh(head, base, "ascii")
    if delay_s is not None and found:
        return _absolute_or_none(base, found.encode("ascii", "ignore")) if _is_redirect(delay_s, body) else None
    if len(body) > _TINY or count_visible_letters(body) > _NO_WORDS:
        return None
    return _to_another_site(base, head)


def _to_another_site(base: str, head: bytes) -> str | None:
    """Return the target of a page without text that redirects by script, or by a refresh in one, as shorteners do."""
    _, found = get_meta_refresh(head, base, "ascii", ignore_tags=("script",))
    script = _SCRIPT.search(head)
    target = _absolute_or_none(base, script[2].replace(b"\\/", b"/")) if script else found
    if not target:
        return None
    is_other = registrable_domain(read_host(target)) != registrable_domain(read_host(base))
    return target if is_other else None


def _is_redirect(delay_s: float, body: bytes) -> bool:
    if delay_s <= _AT_ONCE_S:
        return True
    return delay_s <= _SOON_S and len(body) <= _SMALL and count_visible_letters(body) <= _FEW_WORDS


def _absolute_or_none(base: str, target: bytes) -> str | None:
    try:
        absolute = resolve_target(base, target)
    except ValueError:
        return None
    return absolute if absolute.startswith(("http://", "https://")) else None


def is_same(one: str, other: str) -> bool:
    """Return whether two URLs are equal apart from the fragment."""
    return one.partition("#")[0] == other.partition("#")[0]


def _percent_encode(raw: bytes) -> bytes:
    return _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], raw)
