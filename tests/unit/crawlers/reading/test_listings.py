"""Sitemaps as listings: what is recorded of them, and what the next poll is compared with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawlers.reading.listings import ListingOrder, SitemapListing, read_listing
from crawlers.reading.parse import NotAFeed
from crawlers.scheduling.history import KEYS_MAX, hash_key
from db.enums.collection import FeedKind

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
HOST = "https://steppe.example"
FIRST = ListingOrder(kind=FeedKind.SITEMAP, now=NOW, is_first=True)


def read(body: str, order: ListingOrder = FIRST) -> SitemapListing:
    listing = read_listing(body.encode(), url=f"{HOST}/map.xml", order=order)
    assert isinstance(listing, SitemapListing)
    return listing


def after(listing: SitemapListing) -> ListingOrder:
    keys = frozenset(hash_key(entry.url or "") for entry in listing.compared)
    return replace(FIRST, is_first=False, previous=keys)


def addresses(*numbers: int) -> str:
    return "\n".join(f"{HOST}/{number}" for number in numbers)


def test_lastmod_decides_but_is_not_recorded() -> None:
    listing = read(f"<urlset><url><loc>{HOST}/1</loc><lastmod>2026-11-05</lastmod></url></urlset>")
    (entry,), (compared,) = listing.entries, listing.compared
    assert (entry.published_at, entry.updated_at, entry.updated_as) == (None, None, None)
    assert compared.updated_at == datetime(2026, 11, 5, tzinfo=UTC)


def test_a_feed_that_serves_as_sitemap_keeps_its_dates() -> None:
    date = "<pubDate>Thu, 05 Nov 2026 10:00:00 GMT</pubDate>"
    listing = read(f"<rss version='2.0'><channel><item><link>{HOST}/1</link>{date}</item></channel></rss>")
    assert listing.entries[0].published_at == datetime(2026, 11, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("new", [range(-3, 0), range(5_000, 5_003)])
def test_what_is_new_at_either_end_of_a_long_list_is_found(new: range) -> None:
    known = range(5_000)
    first = read(addresses(*known))
    assert (first.entries, first.left_out) == ((), 5_000)
    assert len(first.compared) == KEYS_MAX
    numbers = sorted({*known, *new})
    second = read(addresses(*numbers), after(first))
    assert {entry.url for entry in second.entries} == {f"{HOST}/{number}" for number in new}


def test_a_list_in_another_order_brings_nothing() -> None:
    first = read(addresses(*range(6_000)))
    assert read(addresses(*range(3_000, 6_000), *range(3_000)), after(first)).entries == ()


def test_an_index_is_compared_by_its_children() -> None:
    body = f"<sitemapindex><sitemap><loc>{HOST}/a.xml</loc><lastmod>2026-11-05</lastmod></sitemap></sitemapindex>"
    listing = read(body, replace(FIRST, children=(f"{HOST}/b.xml",)))
    assert listing.choice is not None
    assert [child.url for child in listing.choice.follow] == [f"{HOST}/a.xml"]
    assert listing.choice.over == ((f"{HOST}/b.xml", "its index names it no more"),)
    assert (listing.entries, [entry.url for entry in listing.compared]) == ((), [f"{HOST}/a.xml"])


@pytest.mark.parametrize("body", ["<sitemapindex></sitemapindex>", "<sitemapindex><sitemap><loc>/c.xml</loc>"])
def test_an_index_that_is_empty_or_broken_retires_nothing(body: str) -> None:
    listing = read(body, replace(FIRST, children=(f"{HOST}/b.xml",)))
    assert listing.choice is not None
    assert listing.choice.over == ()


def test_other_domains_of_the_outlet_are_its_own() -> None:
    body = "<urlset><url><loc>https://yurt.example/1</loc></url><url><loc>https://other.example/2</loc></url></urlset>"
    listing = read(body, replace(FIRST, domains=("yurt.example",)))
    assert [entry.url for entry in listing.entries] == ["https://yurt.example/1"]
    assert sum(listing.dropped.values()) == 1


def test_a_feed_is_read_as_one_and_a_sitemap_is_none() -> None:
    with pytest.raises(NotAFeed, match="a sitemap, not a feed"):
        read_listing(b"<urlset></urlset>", url=HOST)
