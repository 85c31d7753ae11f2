"""Addresses that wrap another one: of alert services, click trackers and caches. Pure.

Following such an address leads to the page inside, so an article listed under one is stored under the other.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from urllib.parse import quote, unquote, urlsplit

_ENDPOINT = re.compile(
    r"(?:url|iv|l|redir|redirect|redirector|jsredir|clck|clk|click|track|away|goto|go|out|outbound|exit|external|leave"
    r"|linkfilter|linkout|apiclick|interstitial|share|sharer|turbo|warn|viewer|amp)(?:\.(?:php|aspx?|html?|cgi|do))?",
    re.I,
)
"""The last path segment of a redirecting address."""
_LEADING_HOST = re.compile(
    r"(?:l|lm|out|go|away|click|clicks|clck|exit|redirect|redir|href|link|links|leave|r)\.[^/]+\.[^/]+"
    r"|(?:[\w-]+\.)*safelinks\.protection\.outlook\.com|href\.li|anonym\.to|nullrefer\.com|slack-redir\.net"
)
"""Hosts with redirecting addresses only."""
_NAMES = ("url", "u", "to", "q", "text", "uddg", "target", "dest", "destination", "redirect", "redirect_url", "goto")
_MORE_NAMES = ("link", "href", "uri", "out", "murl", "shareurl", "st.rfn", "st.shareurl", "body", "a")

_SCHEME = re.compile(r"https?://[^/?#\s]", re.I)
_ESCAPED_SCHEME = re.compile(r"https?(?:%3a|:)(?:%2f|/){2}", re.I)
_HOST_PATH = r"([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?)"
_GOOGLE = re.compile(r"(?:[\w-]+\.)*google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_GOOGLE_AMP = re.compile(rf"/amp/(s/)?{_HOST_PATH}(/.*)?", re.I)
_GOOGLE_NEWS = re.compile(r"/(?:__i/)?(?:rss/)?(?:articles|read)/(CBM[\w-]{20,1500}=*)")
_CACHE = re.compile(r"(?:[\w-]+\.)?cdn\.ampproject\.(?:org|net)|(?:[\w-]+\.)?bing-amp\.com")
_CACHE_PATH = re.compile(rf"/(?:[a-z]{{1,3}})/(s/)?{_HOST_PATH}(/.*)?", re.I)
_TURBO = re.compile(r"(?:[\w-]+\.)?yandex\.[a-z]{2,3}(?:\.[a-z]{2})?|(?:[\w-]+\.)*turbopages\.org")
_TURBO_PATH = re.compile(rf"(/turbo)?/(?:[sh]/)?{_HOST_PATH}(?:/[sh](?=/|$))?(/.*)?", re.I)
_STAR = re.compile(r"[*=](https?)(?::|%3a)(?:/|%2f)+([^/*\s].*)", re.I)
_YAHOO = re.compile(r"/RU=(https?%3a%2f%2f[^/]+)", re.I)
_IN_BYTES = re.compile(rb"https?://[\x21-\x7e]+")
_PLAIN = re.compile(r"[\x21-\x7e]*")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def address_inside(host: str, path: str, pairs: Sequence[tuple[str, str]], query: str = "") -> str | None:
    """Return the absolute http(s) address wrapped in this one; None if there is none.

    `host` is bare and in lower case, `path` escaped, `pairs` are the names and values of the query.
    """
    inside = _in_path(host, path, query)
    if inside is not None:
        return inside
    last = path.rstrip("/").rpartition("/")[2]
    if not _ENDPOINT.fullmatch(last) and not _LEADING_HOST.fullmatch(host) and not _is_outlink(host, path):
        return None
    parameters: dict[str, str] = {}
    for name, value in pairs:
        parameters.setdefault(name.lower(), value)
    for name in (*_NAMES, *_MORE_NAMES):
        if name in parameters and (address := _absolute(parameters[name])):
            return address
    return _in_names(pairs) if _LEADING_HOST.fullmatch(host) else None


def _in_names(pairs: Sequence[tuple[str, str]]) -> str | None:
    """Return the address that makes up a whole query: `?https://a.kz/n?id=7` has a name and a value."""
    first = next((number for number, (name, _) in enumerate(pairs) if _SCHEME.match(name)), None)
    if first is None:
        return None
    ordered = (pairs[first], *pairs[:first], *pairs[first + 1 :])
    return _absolute("&".join(f"{name}={value}" if value else name for name, value in ordered))


def _is_outlink(host: str, path: str) -> bool:
    return path == "/dk" and host.endswith("ok.ru")


def _in_path(host: str, path: str, query: str) -> str | None:
    """Return the address in a path: of caches, of the former Google News, of Yandex and Yahoo."""
    rest = f"?{query}" if query else ""
    if _GOOGLE.fullmatch(host):
        if found := _GOOGLE_AMP.fullmatch(path):
            return _built(found[1], found[2], found[3], rest)
        if found := _GOOGLE_NEWS.match(path):
            return _from_token(found[1])
    if _CACHE.fullmatch(host) and (found := _CACHE_PATH.fullmatch(path)):
        return _built(found[1], found[2], found[3], rest)
    if _TURBO.fullmatch(host):
        found = _TURBO_PATH.fullmatch(path)
        if found and (found[1] or host.endswith("turbopages.org")):
            return _built("s", found[2], found[3], rest)
    if host.startswith("clck.") and (found := _STAR.search(path)):
        start = f"{found[1].lower()}://{found[2]}"
        return _absolute((start if "/" in found[2] else unquote(start)) + rest)
    if host.endswith(".yahoo.com") and (found := _YAHOO.search(path)):
        return _absolute(found[1])
    return None


def _built(secure: str | None, host: str, path: str | None, rest: str) -> str:
    return f"{'https' if secure else 'http'}://{host}{path or '/'}{rest}"


def _from_token(token: str) -> str | None:
    """Return the address in the path of a Google News entry; since 2024 it contains a number instead."""
    try:
        held = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    found = _IN_BYTES.search(held)
    return _absolute(found[0].decode("ascii")) if found else None


def _absolute(value: str) -> str | None:
    """Return a value as an absolute http(s) address of a host with a domain, with bytes of old charsets escaped."""
    value = value.strip()
    if not _SCHEME.match(value):
        if not _ESCAPED_SCHEME.match(value):
            return None
        value = unquote(value, errors="surrogateescape")
        if not _SCHEME.match(value):
            return None
    if not _PLAIN.fullmatch(value):
        value = _escaped(value)
    try:
        host = urlsplit(value).hostname or ""
    except ValueError:
        return None
    return value if "." in host.strip(".") else None


def _escaped(value: str) -> str:
    """Return the address with spaces and non-ASCII bytes escaped after its host, which has its own rules."""
    scheme, _, rest = value.partition("//")
    end = re.search(r"[/?#]", rest)
    host, rest = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    return f"{scheme}//{host}{quote(rest, safe=_PRINTABLE, errors='surrogateescape')}"
