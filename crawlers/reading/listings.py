"""Reader of everything that lists articles: feeds, sitemaps and section pages become entries in one way. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from crawlers.reading.older import DaySpan, ListingDocument, read_older
from crawlers.reading.parse import Bodies, FeedEntry, ParsedFeed, parse_feed
from crawlers.reading.sections.address_shapes import learn_shapes
from crawlers.reading.sections.section import read_section
from crawlers.reading.sitemaps.choice import ChildrenChoice, choose_children, choose_entries
from crawlers.reading.sitemaps.sitemap import ParsedSitemap, SitemapChild, SitemapKind, parse_sitemap
from crawlers.scheduling.history import KEYS_MAX, hash_key
from db.enums.collection import FeedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingOrder:
    """The inputs of reading a listing besides its text; for a sitemap or a section page, earlier knowledge of it."""

    kind: str = FeedKind.FEED
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    is_first: bool = False
    """True if nothing of it is known yet."""
    previous: frozenset[int] = frozenset()
    """The keys of the entries that it listed at the poll before."""
    children: tuple[str, ...] = ()
    """The addresses of an index's children that are followed."""
    domains: tuple[str, ...] = ()
    """The registered domains of its outlet."""
    pattern: str | None = None
    """For a section page: the form of links to articles, as a shell pattern."""
    articles: tuple[str, ...] = ()
    """For a section page: addresses of the outlet's articles."""
    others: tuple[str, ...] = ()
    """For a section page: addresses of the outlet's pages that were no articles."""
    document: ListingDocument | None = None
    """For a back-fill: the document."""
    span: DaySpan | None = None
    """For a back-fill: the days that are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapListing(ParsedFeed):
    """A sitemap as a feed: its `entries` are those worth recording, of an index there are none."""

    listed: tuple[FeedEntry, ...] = ()
    """The entries that the next poll is compared with: those chosen, or both ends of a long list without dates."""
    choice: ChildrenChoice | None = None
    """Of an index, the children to follow."""
    left_out: int = 0
    """Number of entries that are too old, or not known to be new."""
    dropped: dict[str, int] = field(default_factory=dict)

    @property
    def compared(self) -> tuple[FeedEntry, ...]:
        """The entries that the next poll is compared with."""
        return self.listed


def read_listing(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    bodies: Bodies = "raw",
    order: ListingOrder | None = None,
) -> ParsedFeed:
    """Return the entries of a feed, a sitemap or a section page, or of a document of a back-fill.

    Raises NotAFeed with a reason.
    """
    if order and order.document and order.span:
        return read_older(
            body, document=order.document, span=order.span, url=url, content_type=content_type, domains=order.domains
        )
    if order and order.kind == FeedKind.SECTION:
        known = learn_shapes(order.articles, order.others)
        return read_section(body, url=url, content_type=content_type, known=known, pattern=order.pattern)
    if order is None or order.kind != FeedKind.SITEMAP:
        return parse_feed(body, url=url, content_type=content_type, bodies=bodies)
    return choose_listing(parse_sitemap(body, url=url, content_type=content_type, domains=order.domains), order)


def choose_listing(sitemap: ParsedSitemap, order: ListingOrder) -> SitemapListing:
    """Return what is worth recording of a sitemap."""
    if sitemap.kind == SitemapKind.INDEX:
        choice = choose_children(
            sitemap.children,
            now=order.now,
            known=order.children,
            is_whole=bool(sitemap.children and not sitemap.problems),
        )
        return _listing(sitemap, (), tuple(map(_child_entry, choice.follow)), choice=choice)
    several = list({entry.url: entry for entry in sitemap.entries}.values())
    fresh = None if order.is_first else _fresh(several, order.previous)
    chosen = choose_entries(several, now=order.now, is_first=order.is_first, fresh=fresh)
    listed = chosen.chosen if chosen.are_dated else _ends(several)
    return _listing(sitemap, chosen.chosen, listed, left_out=len(sitemap.entries) - len(chosen.chosen))


def _listing(
    sitemap: ParsedSitemap,
    chosen: Sequence[FeedEntry],
    listed: tuple[FeedEntry, ...],
    *,
    choice: ChildrenChoice | None = None,
    left_out: int = 0,
) -> SitemapListing:
    is_feed = sitemap.kind == SitemapKind.FEED
    return SitemapListing(
        title=None,
        # when a page was changed is not when it was published: an old article would count as news
        entries=tuple(chosen if is_feed else (replace(entry, updated_at=None, updated_as=None) for entry in chosen)),
        kind=f"sitemap {sitemap.kind}",
        problems=sitemap.problems,
        listed=listed,
        choice=choice,
        left_out=left_out,
        dropped=sitemap.dropped,
    )


def _fresh(entries: Sequence[FeedEntry], previous: frozenset[int]) -> frozenset[str]:
    """Return the addresses at the ends of a list that the poll before did not list there.

    There are none if it listed nothing, or if most are other ones: then the list was written anew in another order.
    """
    ends = _ends(entries)
    fresh = frozenset(entry.url for entry in ends if entry.url and hash_key(entry.url) not in previous)
    return fresh if previous and 2 * len(fresh) <= len(ends) else frozenset()


def _ends(entries: Sequence[FeedEntry]) -> tuple[FeedEntry, ...]:
    """Return the entries at both ends of a long list: what is new is added at one of them."""
    if len(entries) <= KEYS_MAX:
        return tuple(entries)
    return (*entries[: KEYS_MAX // 2], *entries[-(KEYS_MAX // 2) :])


def _child_entry(child: SitemapChild) -> FeedEntry:
    return FeedEntry(
        url=child.url,
        guid=None,
        title=None,
        author=None,
        published_at=None,
        updated_at=child.lastmod,
        summary=None,
        content=None,
    )
