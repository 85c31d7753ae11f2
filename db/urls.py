"""The canonical URL: the one spelling under which a page is stored and compared.

It lives beside the store because it is the store's key: the crawler asks for known pages by it, the worker files
articles under it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import xxhash

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAX_LENGTH = 2_000
"""Longer addresses are refused: no article has one, and some databases cannot index them."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING_PREFIXES = ("utm_", "ga_", "pk_", "mtm_", "hsa_", "oly_", "vero_", "at_")
_TRACKING = frozenset(
    """
    fbclid gclid dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh mc_cid mc_eid _ga _gl _hsenc
    _hsmi __twitter_impression __tn__ ref_src ref_url cmpid ncid ocid s_cid sr_share wt_zmc xtor spm guccounter
    guce_referrer guce_referrer_sig from_source share rss_medium rss_source __s mkt_tok trk trkcampaign amp
    _openstat tg_rhash rb_clickid yadclid yadordid
    """.split()  # noqa: SIM905 - forty short words read better as a paragraph
)
_ORIGIN = frozenset({"from", "ref"})
"""Parameters that name where the reader came from, unless their value is a number or a date: a place in a list."""
_HAS_DIGIT = re.compile(r"\d")
_ROUTE = re.compile(r"!?/.")
"""A fragment by which a page drawn by scripts chooses what it shows (`#!/news/17`); any other is a place in a page."""
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_SAFE_PATH = "/:@!$&'()*+,;=~-._"


def _is_tracking(name: str, value: str) -> bool:
    lowered = name.lower()
    if lowered in _ORIGIN:
        return value.isascii() and not _HAS_DIGIT.search(value)
    return lowered in _TRACKING or lowered.startswith(_TRACKING_PREFIXES)


def _fragment(fragment: str) -> str:
    """Return a fragment that is a route, with one spelling of its escapes; empty for any other."""
    if not _ROUTE.match(fragment):
        return ""
    return _upper_escapes(quote(fragment, safe=_SAFE_PATH + "?%"))


def _upper_escapes(text: str) -> str:
    return re.sub(r"%[0-9a-fA-F]{2}", lambda m: m[0].upper(), text)


def _host(hostname: str) -> str:
    host = hostname.rstrip(".").lower()
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if not host or ".." in host or len(host) > 253:
        raise ValueError("the host name is not usable")
    return host


def _path(path: str) -> str:
    """Return the path with one spelling of its escapes; letter case stays, servers may mind it."""
    path = re.sub(r"/{2,}", "/", path or "/")
    path = _INDEX.sub("/", path)
    if len(path) > 1:
        path = path.rstrip("/") or "/"
    try:
        plain = unquote(path, errors="strict")
    except UnicodeDecodeError:  # escapes of an old charset: keep them, only their letter case is ours
        return _upper_escapes(quote(path, safe=_SAFE_PATH + "%"))
    if "%2f" in path.lower() or "%" in plain or "?" in plain or "#" in plain or _CONTROL.search(plain):
        return _upper_escapes(quote(path, safe=_SAFE_PATH + "%"))
    return quote(plain, safe=_SAFE_PATH)


def canonical_url(url: str) -> str:
    """Return the spelling of `url` under which we store and compare pages.

    Drops fragments that are no routes, user names, tracking parameters, default ports, a trailing slash and
    `index.html`; lower-cases scheme and host only; sorts what is left of the query, whose escapes stay the bytes that
    they are, in whatever charset. http and https are one page, written https. `urn:` addresses pass unchanged.
    The result is stable: canonical_url(canonical_url(u)) == canonical_url(u).
    Raises ValueError, with a reason for people, if `url` is not an absolute http(s) address.
    """
    text = _CONTROL.sub("", url.strip()) if len(url) <= 4 * MAX_LENGTH else ""
    if text.startswith("urn:") and len(text) <= MAX_LENGTH:
        return text
    try:
        parts = urlsplit(text)
        hostname, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"not a usable address: {url[:200]!r} ({error})") from error
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not hostname:
        raise ValueError(f"not an absolute http(s) address: {url[:200]!r}")
    try:
        host = _host(hostname)
    except (UnicodeError, ValueError) as error:
        raise ValueError(f"not a usable address: {url[:200]!r} ({error})") from error
    if port not in (None, _DEFAULT_PORTS[scheme]):
        host = f"{host}:{port}"
    else:
        scheme = "https"
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200, errors="surrogateescape")
        if not _is_tracking(name, value)
    )
    encoded = urlencode(query, errors="surrogateescape")
    canonical = urlunsplit((scheme, host, _path(parts.path), encoded, _fragment(parts.fragment)))
    if len(canonical) > MAX_LENGTH:
        raise ValueError(f"an address of {len(canonical)} characters, longer than {MAX_LENGTH}: {url[:80]!r}…")
    return canonical


def text_urn(title: str | None, text: str) -> str:
    """Return the address of a text that has none: the same words have the same one."""
    words = " ".join(f"{title or ''}\n{text}".split())
    return f"urn:steppewatch:text:{xxhash.xxh3_128_hexdigest(words.encode())}"


def host_of(url: str) -> str:
    """Return the host name in lower case without `www.`; empty for an address that has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def registrable_domain(host: str) -> str:
    """Return the domain that somebody registered: `news.example.co.uk` → `example.co.uk`; the host itself if none.

    Follows the Public Suffix List as packaged with tldextract; never asks the network.
    """
    return _suffix_list()(host).top_domain_under_public_suffix or host


@cache
def _suffix_list() -> TLDExtract:
    from tldextract import TLDExtract  # reads 10,000 rules: only for those who ask

    return TLDExtract(suffix_list_urls=(), cache_dir=None)
