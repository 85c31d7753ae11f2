"""Addresses at which an outlet may have a feed, best first. Pure.

Named by the page (`link rel=alternate`), by the server (`Link:`), by links that look like feeds, or by custom.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from crawlers.discovery.findings import FoundBy
from crawlers.reading.sections.anchors import find_anchors, find_base, read_page
from db.enums.collection import FeedKind
from db.net.urls import canonical_url, read_host, registrable_domain

MAX_CANDIDATES = 30
_MAX_LINKS, _MAX_ADDRESS, _MAX_TITLE = 300, 2_000, 200
_FEED_TYPE = re.compile(
    r"^(?:application|text)/(?:(?:x-)?(?:rss|atom|rdf)(?:\+?xml)?|feed\+json|json\+?feed|json|xml)\b", re.IGNORECASE
)
_MAYBE_TYPE = re.compile(r"^(?:(?:application|text)/(?:json|xml|html|plain)|rss|atom|xml)?\s*(?:;|$)", re.IGNORECASE)
"""Types that also name other things: with them the address has to look like a feed."""
_FEED_PATH = re.compile(
    r"(?:^|/)(?:rss|atom|feeds?|rdf|rss-?feeds?|newsfeed|yandex-?rss)\d?(?:[._-]\w{1,20}){0,2}(?:/|$)|/xml/"
    r"|\.(?:rss|atom|rdf)/?$|[-_.](?:rss|feed|atom)\d?(?:\.\w{2,4})?/?$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(
    r"(?:^|&)(?:feed|format|type|output|alt|mod|do|option)=(?:rss\d?|atom|feed|rdf|xml|json)\b", re.IGNORECASE
)
_FEED_WORDS = re.compile(r"(?:^|\W)(?:rss|atom|xml|feeds?|рсс|лента rss|json feed)(?:$|\W)", re.IGNORECASE)
_NAME = 25
"""Longest words that name a feed; longer ones are a headline about something else."""
_NO_FEED = re.compile(
    r"wp-json|oembed|opensearch|manifest|\.(?:png|gif|svg|ico|css|js|jpe?g|pdf|apk|html?\.amp)$|/amp/?$",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comments?(?:[/._-]|$)|комментар|yorum|kommentare", re.IGNORECASE)
_PART = re.compile(
    r"/(?:tags?|topics?|category|categories|author|authors|rubric|rubrics|section|podcasts?|videos?|search|forum|label)/",
    re.IGNORECASE,
)
_FEED_HOSTS = frozenset(
    {
        "feeds.feedburner.com",
        "feeds2.feedburner.com",
        "feedproxy.google.com",
        "feeds.feedblitz.com",
        "feedpress.me",
        "rss.app",
        "politepol.com",
        "fetchrss.com",
    }
)
"""Hosts that serve feeds for outlets."""
_LINK_VALUE = re.compile(r"<([^<>]{1,2000})>([^<]{0,1000})")
_PARAMETER = re.compile(r';\s*([a-z]{1,20})\s*=\s*(?:"([^"]{0,300})"|([^\s;,"]{1,300}))', re.IGNORECASE)
_SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)

CUSTOMARY = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/", "/feed.json")
"""Paths at which many outlets have a feed."""
CUSTOMARY_SITEMAPS = ("/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAddress:
    """An address that may be a feed, a sitemap or a section page."""

    url: str
    found_by: FoundBy
    rank: float
    """Above that of others: asked first."""
    title: str | None = None
    kind: FeedKind = FeedKind.FEED
    pattern: str | None = None
    """For a section page: the form of links to articles, as a shell pattern."""


def find_candidates(
    body: bytes, *, url: str, content_type: str | None = None, link_header: str | None = None
) -> tuple[FeedAddress, ...]:
    """Return the addresses that a page or its server names as feeds, or that look like them, best first."""
    found = list(_of_header(link_header or "", url))
    root = read_page(body, content_type)
    if root is not None:
        base = find_base(root, url)
        found += _of_head(root, base)
        found += _of_links(root, base, url)
    return _best(found)


def customary(url: str) -> tuple[FeedAddress, ...]:
    """Return the customary addresses of a feed at the host of `url`."""
    return tuple(
        FeedAddress(url=urljoin(url, path), found_by=FoundBy.CUSTOM, rank=1.0 - place / 100)
        for place, path in enumerate(CUSTOMARY)
    )


def sitemap_candidates(url: str, robots: str | None) -> tuple[FeedAddress, ...]:
    """Return the sitemaps that robots.txt names, those of news first, and the customary ones."""
    named = islice(dict.fromkeys(found[1] for found in _SITEMAP.finditer(robots or "")), 50)
    found = [
        FeedAddress(
            url=address,
            found_by=FoundBy.ROBOTS,
            rank=2.0 + ("news" in address.lower()) - bool(re.search(r"image|video|categor|tag|author", address, re.I)),
            kind=FeedKind.SITEMAP,
        )
        for address in (_joined(url, each) for each in named)
        if address and _may_be_of(address, url)
    ]
    for place, path in enumerate(CUSTOMARY_SITEMAPS):
        rank = 1.0 - place / 100
        address = urljoin(url, path)
        found.append(FeedAddress(url=address, found_by=FoundBy.CUSTOM, rank=rank, kind=FeedKind.SITEMAP))
    return _best(found)


def _of_header(header: str, url: str) -> Iterator[FeedAddress]:
    for value in islice(_LINK_VALUE.finditer(header), 50):
        parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(value[2])}
        address = _joined(url, value[1].strip())
        is_alternate = "alternate" in parameters.get("rel", "").lower().split()
        if address and is_alternate and _is_feed(parameters.get("type", ""), address):
            yield _ranked(address, FoundBy.HEADER, 3.0, parameters.get("title"))


def _of_head(root: etree._Element, base: str) -> Iterator[FeedAddress]:
    for place, link in enumerate(islice(root.iter("link"), _MAX_LINKS)):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").strip()
        address = _joined(base, (link.get("href") or "").strip())
        if not address or not {"alternate", "feed"} & set(relations):
            continue
        if "feed" in relations or _is_feed(kind, address):
            yield _ranked(address, FoundBy.ALTERNATE, 3.0 - place / 1_000, link.get("title"))


def _is_feed(kind: str, address: str) -> bool:
    """Return whether an alternate is a feed by its type, or by its address where the type says little."""
    if _NO_FEED.search(urlsplit(address).path) or "oembed" in kind.lower():
        return False
    if _MAYBE_TYPE.match(kind):
        return looks_like_feed(address)
    return _FEED_TYPE.match(kind) is not None


def looks_like_feed(address: str) -> bool:
    """Return whether the path or the query is like that of a feed."""
    parts = urlsplit(address)
    path = unquote(parts.path, errors="replace")
    return not _NO_FEED.search(path) and (
        _FEED_PATH.search(path) is not None or _FEED_QUERY.search(parts.query) is not None
    )


def _of_links(root: etree._Element, base: str, url: str) -> Iterator[FeedAddress]:
    """Yield links of the page that look like feeds, of this outlet or of a host of feeds."""
    for anchor in find_anchors(root):
        if anchor.href.startswith(("#", "javascript:", "mailto:")):
            continue
        address = _joined(base, anchor.href)
        if not address or not _may_be_of(address, url):
            continue
        words = anchor.text or anchor.label
        is_named = _FEED_WORDS.search(words) is not None and len(words) <= _NAME
        if looks_like_feed(address) or (is_named and not _NO_FEED.search(urlsplit(address).path)):
            yield _ranked(address, FoundBy.LINK, 2.0 if looks_like_feed(address) else 1.5, words)


def _may_be_of(address: str, url: str) -> bool:
    host = read_host(address)
    return host in _FEED_HOSTS or registrable_domain(host) == registrable_domain(read_host(url))


def _ranked(address: str, found_by: FoundBy, rank: float, title: str | None) -> FeedAddress:
    """Return a candidate; feeds of comments, of one tag, author or section stand behind those of the outlet."""
    title = " ".join((title or "").split())[:_MAX_TITLE] or None
    path = unquote(urlsplit(address).path, errors="replace")
    if _COMMENTS.search(path) or (title and _COMMENTS.search(title)):
        rank -= 2.5
    elif _PART.search(path):
        rank -= 1.0
    depth = path.strip("/").count("/")
    return FeedAddress(url=address, found_by=found_by, rank=rank - depth / 50, title=title)


def _joined(base: str, href: str) -> str | None:
    """Return an absolute http(s) address, or None; `feed:` names one too."""
    href = href[: _MAX_ADDRESS + 1]
    if href.lower().startswith("feed:"):
        rest = href[5:]
        href = rest if rest.lower().startswith(("http:", "https:")) else f"https:{rest}"
    try:
        address = urljoin(base, href).partition("#")[0]
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and parts.hostname and len(address) <= _MAX_ADDRESS:
            return address
    except ValueError:
        pass
    return None


def _best(found: Iterable[FeedAddress]) -> tuple[FeedAddress, ...]:
    """Return each address once, at its best rank, the best first."""
    by_address: dict[str, FeedAddress] = {}
    for candidate in found:
        key = address_key(candidate.url)
        known = by_address.get(key)
        if known is None or candidate.rank > known.rank:
            by_address[key] = candidate
    return tuple(sorted(by_address.values(), key=lambda each: (-each.rank, each.url))[:MAX_CANDIDATES])


def address_key(url: str) -> str:
    """Return a key under which spellings of one address are equal."""
    try:
        return canonical_url(url)
    except ValueError:
        return url
