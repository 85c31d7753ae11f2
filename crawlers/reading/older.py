"""Reader of the documents of a back-fill: articles of a span of days, and the documents to read next. Pure.

A document is a sitemap, a page of a feed, or an archive page. What is certainly not of the span is left out; where the
date of an article is not known, the document that lists it decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawlers.reading.parse import FeedEntry, ParsedFeed, parse_feed
from crawlers.reading.sections.section import read_section
from crawlers.reading.sitemaps.choice import find_period, may_have_articles, says_nothing
from crawlers.reading.sitemaps.sitemap import OTHER_DOMAIN, SitemapChild, SitemapKind, parse_sitemap
from crawlers.scheduling.history import hash_key
from db.enums.collection import FeedKind
from db.net.urls import read_host

DAYS_MAX = 4_000
"""Maximum number of days of a back-fill, and of archive pages."""
OUTSIDE, UNDATED, FOREIGN = "outside", "undated", "foreign"
_LATE = timedelta(days=1)
"""Clocks and time zones differ by so much."""
_PLACEHOLDERS = ("{yyyy}", "{mm}", "{dd}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingDocument:
    """A document to read; `before` is the key of the entries of the page of the feed before it."""

    kind: str
    url: str
    before: int = 0


@dataclass(frozen=True, slots=True)
class DaySpan:
    """The days of publication that are wanted, both included, in UTC."""

    since_on: date
    until_on: date

    @property
    def start(self) -> datetime:
        """The first instant, with a margin for clocks that run ahead."""
        return datetime.combine(self.since_on, time(), UTC) - _LATE

    @property
    def end(self) -> datetime:
        """The first instant after it, likewise."""
        return datetime.combine(self.until_on, time(), UTC) + 2 * _LATE

    def holds(self, at: datetime) -> bool:
        """Return whether an instant is of the span."""
        return self.start <= at < self.end

    def meets(self, period: tuple[datetime, datetime]) -> bool:
        """Return whether a period has an instant of the span."""
        return period[0] < self.end and self.start < period[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderListing(ParsedFeed):
    """The content of a document: `entries` of the span, the documents that follow, and counts of what was left out."""

    documents: tuple[ListingDocument, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)


def read_older(
    body: bytes,
    *,
    document: ListingDocument,
    span: DaySpan,
    url: str,
    content_type: str | None = None,
    domains: Sequence[str] = (),
) -> OlderListing:
    """Return what a document lists of the span. Raises NotAFeed with a reason."""
    if document.kind == FeedKind.SITEMAP:
        return _read_sitemap(body, document, span, url, content_type, domains)
    if document.kind == FeedKind.SECTION:
        parsed = read_section(body, url=url, content_type=content_type)
        return _older(parsed, [(entry, _published(entry)) for entry in parsed.entries], span, takes_undated=True)
    parsed = parse_feed(body, url=url, content_type=content_type, bodies="raw")
    dates = [entry.published_at or entry.updated_at for entry in parsed.entries]
    listing = _older(parsed, list(zip(parsed.entries, dates, strict=True)), span, takes_undated=True)
    return replace(listing, documents=tuple(_next_page(document, parsed, span, dates)))


def first_documents(lists: Sequence[tuple[str, str]], homepage: str | None) -> list[ListingDocument]:
    """Return the documents to begin with: sitemaps, then feeds, of pairs of kind and address.

    Without a sitemap the usual address of one is tried.
    """
    sitemaps = [url for kind, url in lists if kind == FeedKind.SITEMAP]
    feeds = [url for kind, url in lists if kind == FeedKind.FEED]
    parts = urlsplit(homepage or (feeds[0] if feeds else ""))
    if not sitemaps and parts.scheme in ("http", "https") and parts.netloc:
        sitemaps = [f"{parts.scheme}://{parts.netloc}/sitemap.xml"]
    return [ListingDocument(kind=FeedKind.SITEMAP, url=url) for url in sitemaps] + [
        ListingDocument(kind=FeedKind.FEED, url=url) for url in feeds
    ]


def archive_documents(pattern: str, span: DaySpan) -> list[ListingDocument]:
    """Return the archive pages of the days of a span: `{yyyy}`, `{mm}` and `{dd}` in the address stand for the day.

    Raises ValueError for an address that does not name the year.
    """
    if "{yyyy}" not in pattern or not pattern.startswith(("http://", "https://")):
        raise ValueError("an archive is an address with {yyyy}, and {mm} and {dd} if it has them")
    urls: dict[str, None] = {}
    day = span.since_on
    while day <= span.until_on and len(urls) < DAYS_MAX:
        values = (f"{day.year:04}", f"{day.month:02}", f"{day.day:02}")
        url = pattern
        for name, value in zip(_PLACEHOLDERS, values, strict=True):
            url = url.replace(name, value)
        urls[url] = None
        day += timedelta(days=1)
    return [ListingDocument(kind=FeedKind.SECTION, url=url) for url in urls]


def _read_sitemap(
    body: bytes, document: ListingDocument, span: DaySpan, url: str, content_type: str | None, domains: Sequence[str]
) -> OlderListing:
    sitemap = parse_sitemap(body, url=url, content_type=content_type, domains=domains)
    parsed = ParsedFeed(title=None, entries=sitemap.entries, kind=f"sitemap {sitemap.kind}", problems=sitemap.problems)
    if sitemap.kind == SitemapKind.INDEX:
        children = [child for child in sitemap.children if may_have_articles(child)] or sitemap.children
        documents = tuple(
            ListingDocument(kind=FeedKind.SITEMAP, url=child.url) for child in children if _may_hold(child, span)
        )
        return OlderListing(title=None, entries=(), kind=parsed.kind, problems=parsed.problems, documents=documents)
    own = _period(document.url)
    dated = [(entry, _published(entry)) for entry in parsed.entries]
    changed = [entry.updated_at for entry, at in dated if at is None and entry.updated_at is not None]
    if not says_nothing(changed):
        # what was changed last before the span was published before it; a later change says nothing of publication
        dated = [
            (entry, entry.updated_at if at is None and entry.updated_at and entry.updated_at < span.start else at)
            for entry, at in dated
        ]
        takes_changed = True
    else:
        takes_changed = False
    takes_undated = own is not None and span.meets(own)
    listing = _older(parsed, dated, span, takes_undated=takes_undated, takes_changed=takes_changed)
    foreign = {FOREIGN: sitemap.dropped[OTHER_DOMAIN]} if sitemap.dropped.get(OTHER_DOMAIN) else {}
    return replace(listing, left_out={**listing.left_out, **foreign})


def _older(
    parsed: ParsedFeed,
    dated: Sequence[tuple[FeedEntry, datetime | None]],
    span: DaySpan,
    *,
    takes_undated: bool,
    takes_changed: bool = False,
) -> OlderListing:
    """Return the entries of the span; of those without a date all with `takes_undated`, with `takes_changed` those that
    have a time of their last change.
    """
    left_out: Counter[str] = Counter()
    chosen = []
    for entry, at in dated:
        if at is not None and not span.holds(at):
            left_out[OUTSIDE] += 1
        elif at is None and not takes_undated and not (takes_changed and entry.updated_at):
            left_out[UNDATED] += 1
        else:
            is_feed = not parsed.kind.startswith("sitemap")
            chosen.append(entry if is_feed else replace(entry, updated_at=None, updated_as=None))
    return OlderListing(
        title=parsed.title,
        entries=tuple(chosen),
        kind=parsed.kind,
        problems=parsed.problems,
        left_out=dict(left_out),
    )


def _published(entry: FeedEntry) -> datetime | None:
    """Return when an entry was published, by its own word or the date in its address."""
    if entry.published_at is not None:
        return entry.published_at
    period = _period(entry.url or "", days_only=True)
    return period[0] + timedelta(hours=12) if period else None


def _may_hold(child: SitemapChild, span: DaySpan) -> bool:
    """Return whether a child of an index may list articles of the span."""
    period = _period(child.url)
    if period is not None:
        return span.meets(period)
    return child.lastmod is None or child.lastmod >= span.start


def _period(url: str, *, days_only: bool = False) -> tuple[datetime, datetime] | None:
    try:
        period = find_period(url, is_series=days_only)
    except ValueError:
        return None
    if period is not None and days_only and period[1] - period[0] > timedelta(days=1):
        return None
    return period


def _next_page(
    document: ListingDocument, parsed: ParsedFeed, span: DaySpan, dates: Sequence[datetime | None]
) -> Iterator[ListingDocument]:
    """Yield the page of a feed with the entries before those of `parsed`, if they may be of the span."""
    known = [at for at in dates if at is not None]
    key = hash_key("\n".join(sorted(entry.guid or entry.url or entry.title or "" for entry in parsed.entries)))
    if not parsed.entries or key == document.before or (known and max(known) < span.start):
        return
    url = parsed.next_url or _wordpress_page(document.url)
    if url and read_host(url) == read_host(document.url) and url != document.url:
        yield ListingDocument(kind=FeedKind.FEED, url=url, before=key)


def _wordpress_page(url: str) -> str | None:
    """Return the address of the next page of a feed, if its address is that of WordPress."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not parts.path.rstrip("/").endswith("/feed") and "feed" not in query:
        return None
    page = query.get("paged", "1")
    if not (page.isascii() and page.isdigit() and len(page) < 6):
        return None
    query["paged"] = str(int(page) + 1)
    return parts._replace(query=urlencode(query)).geturl()
