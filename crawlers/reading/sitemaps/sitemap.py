"""Parser of sitemaps. Pure: uses no network, keeps nothing but addresses, dates, headlines and languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import chain

from crawlers.http.bodies import TooLarge, describe_binary, is_gzip, is_html, unpack
from crawlers.reading.links import absolute
from crawlers.reading.parse import FeedEntry, NotAFeed, parse_feed
from crawlers.reading.sitemaps.sitemap_xml import TooDeep, iter_items
from crawlers.reading.text import feed_text
from crawlers.sanitize import clean, language_tag, plain_title
from db.net.urls import read_host, registrable_domain
from db.text.dates import EARLIEST_YEAR, LATEST_YEAR, ParsedDate, impossible_day, parse_date

MAX_BYTES = 52_428_800
"""Maximum size of a sitemap, unpacked: that of the protocol."""
MAX_ADDRESSES = 50_000
"""Maximum number of addresses in a sitemap, likewise."""
OTHER_DOMAIN, NO_ADDRESS = "another outlet's address", "no address"
_LAYERS = 3
"""Maximum number of times that a file is packed."""
_HEAD = 65_536
"""Number of bytes in which the root element is looked for."""
_URL_MAX, _DATE_MAX = 2_000, 60

_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?(urlset|sitemapindex)(?=[\s/>])", re.IGNORECASE)
_FEEDS = (b"<rss", b"<feed", b"<rdf:RDF", b"<channel")
_W3C_DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ](?P<clock>\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})?\s?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_PLAIN_ADDRESS = re.compile(r"https?://((?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63})(?:/(?!/)[^\s\\]*)?")
"""An address that needs no repair, with its host."""
_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)


class NotASitemap(NotAFeed):
    """The body is not a sitemap; the message says what it is instead."""


class SitemapKind(StrEnum):
    """The form of a sitemap."""

    URLSET = "urlset"
    NEWS = "news"
    INDEX = "index"
    TEXT = "text"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class SitemapChild:
    """A sitemap that an index names, with the time at which the index says that it changed."""

    url: str
    lastmod: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSitemap:
    """A parsed sitemap: the entries of its pages, or the children of an index, in their order.

    `published_at` of an entry is from a news sitemap only, `updated_at` is `lastmod`. `dropped` counts addresses that
    are not the outlet's or no addresses at all; `problems` are remarks on faults.
    """

    kind: SitemapKind
    entries: tuple[FeedEntry, ...] = ()
    children: tuple[SitemapChild, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def parse_sitemap(
    body: bytes, *, url: str, content_type: str | None = None, domains: Collection[str] = ()
) -> ParsedSitemap:
    """Return the sitemap in `body`: XML with or without news, an index, a list of addresses, or a feed; also packed.

    Relative addresses are resolved against `url`. Only addresses of its registered domain, and of those in `domains`,
    are used. Raises NotASitemap with a reason if it is none of these.
    """
    problems: list[str] = []
    body = _unpacked(body)
    if len(body) > MAX_BYTES:
        problems.append(f"cut at {MAX_BYTES:,} bytes, it has {len(body):,}")
        body = body[:MAX_BYTES]
    body = _utf8(body, content_type)
    own = (registrable_domain(read_host(url)), *domains)
    reading = _SitemapReading(url=url, domains=own, subdomains=tuple(f".{domain}" for domain in own), problems=problems)
    head = body[:_HEAD]
    if root := _ROOT.search(head):
        reading.read_xml(body, is_index=root[1].lower() == b"sitemapindex")
    elif any(root in head for root in _FEEDS):
        return _from_feed(body, reading)
    elif not reading.read_text(body):
        raise NotASitemap(_describe(body))
    return reading.result


def _from_feed(body: bytes, reading: _SitemapReading) -> ParsedSitemap:
    try:
        feed = parse_feed(body, url=reading.url, bodies="raw")
    except NotAFeed as error:
        raise NotASitemap(str(error)) from error
    reading.kind = SitemapKind.FEED
    reading.entries = [entry for entry in feed.entries if reading.accepted(entry.url or "")]
    reading.problems += feed.problems
    return reading.result


@dataclass(slots=True, kw_only=True)
class _SitemapReading:
    """A sitemap in the course of reading."""

    url: str
    domains: tuple[str, ...]
    subdomains: tuple[str, ...]
    problems: list[str]
    kind: SitemapKind = SitemapKind.URLSET
    entries: list[FeedEntry] = field(default_factory=list)
    children: list[SitemapChild] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    seen: int = 0

    @property
    def result(self) -> ParsedSitemap:
        """Return what was read."""
        if self.seen > MAX_ADDRESSES:
            self.problems.append(f"only the first {MAX_ADDRESSES:,} of {self.seen:,} addresses are used")
        return ParsedSitemap(
            kind=self.kind,
            entries=tuple(self.entries),
            children=tuple(self.children),
            dropped=dict(self.dropped),
            problems=tuple(self.problems),
        )

    def read_xml(self, body: bytes, *, is_index: bool) -> None:
        """Read a `urlset` or an index."""
        self.kind = SitemapKind.INDEX if is_index else SitemapKind.URLSET
        add = self._add_child if is_index else self._add_page
        try:
            for item in iter_items(body, self.problems):
                add(item)
        except TooDeep as error:
            raise NotASitemap(str(error)) from error

    def read_text(self, body: bytes) -> bool:
        """Read a list of one address a line; return whether it is one."""
        lines = (line for raw in body.splitlines() if (line := raw.decode("utf-8", "replace").strip("\ufeff \t\0")))
        first = next(lines, "")
        if not _ADDRESS.match(first):
            return False
        self.kind = SitemapKind.TEXT
        for line in chain([first], lines):
            self._add_page({b"loc": clean(line) if _ADDRESS.match(line) else ""})
        return True

    def accepted(self, url: str) -> str | None:
        """Return an address of the outlet, absolute; None for any other one, which is counted."""
        self.seen += 1
        if self.seen > MAX_ADDRESSES:
            return None
        plain = _PLAIN_ADDRESS.fullmatch(url)
        address = url if plain or not url else absolute(url, self.url)
        if len(address) > _URL_MAX or not _ADDRESS.match(address):
            self.dropped[NO_ADDRESS] += 1
            return None
        if not self._is_own(plain[1] if plain else read_host(address)):
            self.dropped[OTHER_DOMAIN] += 1
            return None
        return address

    def _is_own(self, host: str) -> bool:
        return host in self.domains or host.endswith(self.subdomains)

    def _add_child(self, texts: dict[bytes, str]) -> None:
        if address := self.accepted(texts.get(b"loc", "")):
            lastmod = _date(texts.get(b"lastmod", ""))
            self.children.append(SitemapChild(address, lastmod.as_utc if lastmod else None))

    def _add_page(self, texts: dict[bytes, str]) -> None:
        if not (address := self.accepted(texts.get(b"loc", ""))):
            return
        said = texts.get(b"publication_date", "")
        published, updated = _date(said), _date(texts.get(b"lastmod", ""))
        if said:
            self.kind = SitemapKind.NEWS
        self.entries.append(
            FeedEntry(
                url=address,
                guid=None,
                title=plain_title(texts.get(b"title", "")) or None,
                author=None,
                published_at=published.as_utc if published else None,
                published_as=published.written if published else impossible_day(said),
                updated_at=updated.as_utc if updated else None,
                updated_as=updated.written if updated else None,
                summary=None,
                content=None,
                language=_language(texts.get(b"language", "")),
            )
        )


@lru_cache(maxsize=4_096)
def _date(text: str) -> ParsedDate | None:
    """Return a date; the form that the protocol prescribes is read quickly."""
    text = text[:_DATE_MAX]
    form = _W3C_DATE.fullmatch(text)
    if not text or form is None:
        return parse_date(text) if text else None
    try:
        at = datetime.fromisoformat(text[:10] + ("T" + form["clock"] if form["clock"] else ""))
        zone = datetime.fromisoformat(f"2000-01-01T00:00{form['zone']}").utcoffset() if form["zone"] else None
    except ValueError:
        return parse_date(text)
    if not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        return parse_date(text)
    moment = ParsedDate(at=at.replace(tzinfo=UTC), is_day=not form["clock"], has_zone=zone is not None)
    return moment if zone is None else replace(moment, at=moment.at - zone, offset=zone)


@lru_cache(maxsize=256)
def _language(text: str) -> str | None:
    return language_tag(text)


def _unpacked(body: bytes) -> bytes:
    """Return the content of a file, however often it is packed."""
    for _ in range(_LAYERS):
        if not is_gzip(body):
            return body
        try:
            unpacked = unpack(body, "gzip", max_bytes=MAX_BYTES)
        except TooLarge as error:
            raise NotASitemap(f"it unpacks to more than {MAX_BYTES:,} bytes") from error
        if unpacked is None:
            raise NotASitemap("a broken compressed file")
        body = unpacked.body
    raise NotASitemap(f"packed more than {_LAYERS} times over")


def _utf8(body: bytes, content_type: str | None) -> bytes:
    """Return the body in UTF-8."""
    try:
        body.decode()
        return body
    except UnicodeDecodeError:
        return feed_text(body, content_type).encode("utf-8", "replace")


def _describe(body: bytes) -> str:
    """Return a description of a body that is not a sitemap."""
    if not body.strip():
        return "empty body"
    if is_html(body):
        return "an HTML page, not a sitemap"
    if kind := describe_binary(body):
        return f"{kind}, not a sitemap"
    return "XML that is no sitemap" if body.lstrip().startswith(b"<") else "text without any address, not a sitemap"
