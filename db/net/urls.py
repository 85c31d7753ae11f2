"""The canonical URL: the normal form under which a page is stored and compared.

It belongs to the database layer because it is a key there: the crawler looks up known pages by it, the worker stores
articles under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import xxhash

from db.net.tracking import without_tracking
from db.net.wrappers import address_inside

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAX_LENGTH = 2_000
"""Longer addresses are refused: no article has one, and some databases cannot index them."""

RULES = 1
"""Version of the rules; raise it when canonical_url changes, so that `readdressing` migrates the database."""

MAX_WRAPPINGS = 3
"""Maximum of nested addresses; deeper ones are not read any further."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_BY_FORMS = frozenset({"www", "m", "mobile", "amp"})
"""First labels of hosts that show the same pages in another form."""
_ROUTE = re.compile(r"!?/.")
"""A fragment by which a page drawn by scripts selects its content (`#!/news/17`); any other is a position in a page."""
_INDEX = re.compile(r"(?:/(?:index|default)\.(?:html?|php|aspx?))+/?$", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_AMP_FOLDER = re.compile(r"(?<=.)/amp(?:html)?(?=/|$)|^/amp(?:html)?(?=/.)", re.IGNORECASE)
_AMP_ENDING = re.compile(r"(?<=[^/])(?:\.amp(?:html)?)+(?=\.[a-z]{2,5}$|$)", re.IGNORECASE)
_CUTS = 20
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_NO_HOST = re.compile(r'[\x00-\x20\x7f%<>"{}|\\^`]')
_SAFE_PATH = "/:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True, kw_only=True)
class _SpelledUrl:
    """The parts of an address in normal form, with its original path and query."""

    scheme: str
    host: str
    port: str
    path: str
    pairs: list[tuple[str, str]]
    fragment: str
    uncut: str
    query: str

    def __str__(self) -> str:
        query = urlencode(self.pairs, errors="surrogateescape")
        return urlunsplit((self.scheme, self.host + self.port, self.path, query, self.fragment))

    def inside(self) -> Iterator[str]:
        """Yield the candidates for an address wrapped in this one."""
        for path in dict.fromkeys((self.uncut, self.path)):
            if found := address_inside(self.host, path, self.pairs, self.query):
                yield found


def canonical_url(url: str) -> str:
    """Return the normal form of `url` under which pages are stored and compared.

    Drops fragments that are no routes, user names, tracking parameters, default ports, a trailing slash, `index.html`,
    and the markers of a page's mobile form (`www.`, `m.`, `/amp`); lower-cases scheme and host only; sorts the rest of
    the query, whose escapes keep their bytes in any charset. http and https are one page, written https. An address
    that wraps another one is replaced by it. `urn:` addresses pass unchanged. The result is stable:
    canonical_url(canonical_url(u)) == canonical_url(u). It is a name, not an address to request. Raises ValueError,
    with a readable reason, if `url` is not an absolute http(s) address.
    """
    return _read(url)[1]


def unwrapped(url: str) -> str:
    """Return the address inside an address that wraps one, in its original spelling; any other unchanged."""
    try:
        return _read(url)[0]
    except ValueError:
        return url


def _read(url: str) -> tuple[str, str]:
    """Return the innermost address in its original spelling, and its canonical form."""
    text = _CONTROL.sub("", url.strip()) if len(url) <= 4 * MAX_LENGTH else ""
    if text.startswith("urn:") and len(text) <= MAX_LENGTH:
        return text, text
    spelling, spelled = url, _spell(text)
    for _ in range(MAX_WRAPPINGS + 1):
        inside = _usable(spelled.inside())
        if inside is None:
            break
        spelling, spelled = inside
    else:
        raise ValueError(f"an address inside more than {MAX_WRAPPINGS} others: {url[:200]!r}")
    canonical = str(spelled)
    if len(canonical) > MAX_LENGTH:
        raise ValueError(f"the address has {len(canonical)} characters, more than {MAX_LENGTH}: {url[:80]!r}…")
    return spelling, canonical


def _usable(addresses: Iterable[str]) -> tuple[str, _SpelledUrl] | None:
    for address in addresses:
        with suppress(ValueError):
            return address, _spell(address)
    return None


def _spell(text: str) -> _SpelledUrl:
    """Return the parts of one address. Raises ValueError."""
    try:
        return _split_parts(text)
    except ValueError as error:
        raise ValueError(f"not an absolute http(s) address: {text[:200]!r} ({error})") from error


def _split_parts(text: str) -> _SpelledUrl:
    parts = urlsplit(text)
    hostname, port, scheme = parts.hostname, parts.port, parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not hostname:
        raise ValueError("no http(s), or no host")
    host = _host(hostname)
    is_default = port in (None, _DEFAULT_PORTS[scheme])
    uncut = _escaped_path(parts.path)
    return _SpelledUrl(
        scheme="https" if is_default else scheme,
        host=host,
        port="" if is_default else f":{port}",
        path=_cut_path(uncut),
        pairs=_pairs(parts),
        fragment=_fragment(parts.fragment),
        uncut=uncut,
        query=parts.query,
    )


def _pairs(parts: SplitResult) -> list[tuple[str, str]]:
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200, errors="surrogateescape")
    return sorted(without_tracking(pairs))


def _fragment(fragment: str) -> str:
    """Return a fragment that is a route, with normalised escapes; empty for any other."""
    if not _ROUTE.match(fragment):
        return ""
    return _upper_escapes(quote(fragment, safe=_SAFE_PATH + "?%"))


def _upper_escapes(text: str) -> str:
    return re.sub(r"%[0-9a-fA-F]{2}", lambda m: m[0].upper(), text)


def _host(hostname: str) -> str:
    """Return a host in normal form, without the labels of its other forms."""
    host = hostname.rstrip(".").lower()
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        host = host.encode("idna").decode("ascii").lower()
    if not host or ".." in host or len(host) > 253 or _NO_HOST.search(host):
        raise ValueError("the host name is not usable")
    return _main_host(host)


@lru_cache(maxsize=4_096)
def _main_host(host: str) -> str:
    """Return the host without the labels `www`, `m`, `mobile` and `amp`, unless they are essential.

    `24.kg`, `m24.ru` and `amp.kz` are hosts. `www` goes even where the rest is a public suffix: www.gov.kz is gov.kz.
    """
    labels = host.split(".")
    if _BY_FORMS.isdisjoint(labels[:-2]):
        return host
    suffix_list = _suffix_list()(host)
    own = suffix_list.top_domain_under_public_suffix.count(".") + 1 if suffix_list.suffix else 2
    kept = [label for label in labels[:-own] if label not in _BY_FORMS] + labels[-own:]
    return ".".join(kept[1:] if kept[0] == "www" and len(kept) > 2 else kept)


def _escaped_path(path: str) -> str:
    """Return the path with normalised escapes; letter case stays, because it may matter to servers."""
    path = re.sub(r"/{2,}", "/", path or "/")
    try:
        plain = unquote(path, errors="strict")
    except UnicodeDecodeError:  # escapes of an old charset: only normalise their letter case
        return _upper_escapes(quote(path, safe=_SAFE_PATH + "%"))
    if "%2f" in path.lower() or "%" in plain or "?" in plain or "#" in plain or _CONTROL.search(plain):
        return _upper_escapes(quote(path, safe=_SAFE_PATH + "%"))
    return quote(plain, safe=_SAFE_PATH)


def _cut_path(path: str) -> str:
    """Return the path without sessions, index pages, markers of mobile forms and slashes at its end."""
    for _ in range(_CUTS):
        before = path
        path = _AMP_ENDING.sub("", _AMP_FOLDER.sub("", _SESSION.sub("", path)))
        path = re.sub(r"/{2,}", "/", _INDEX.sub("/", path)).rstrip("/") or "/"
        if path == before:
            return path
    raise ValueError("its path never ends")


def text_urn(title: str | None, text: str) -> str:
    """Return an address for a text without one; equal words have an equal address."""
    words = " ".join(f"{title or ''}\n{text}".split())
    return f"urn:steppewatch:text:{xxhash.xxh3_128_hexdigest(words.encode())}"


def read_host(url: str) -> str:
    """Return the host name in lower case without `www.`; empty for an address without a host."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    bare = host.removeprefix("www.")
    return bare if "." in bare else host


def registrable_domain(host: str) -> str:
    """Return the registered domain: `news.example.co.uk` → `example.co.uk`; the host itself if there is none.

    Follows the Public Suffix List packaged with tldextract, without network access.
    """
    return _suffix_list()(host).top_domain_under_public_suffix or host


@cache
def _suffix_list() -> TLDExtract:
    from tldextract import TLDExtract  # loads 10,000 rules, so only when needed

    return TLDExtract(suffix_list_urls=(), cache_dir=None)
