"""The documents of a back-fill."""

from __future__ import annotations

from datetime import date

import pytest

from crawlers.reading.listings import ListingOrder, read_listing
from crawlers.reading.older import DaySpan, ListingDocument, OlderListing, archive_documents
from db.enums.collection import FeedKind

HOST = "https://steppe.example"
SPAN = DaySpan(date(2022, 1, 5), date(2022, 1, 10))


def read(body: str, document: ListingDocument) -> OlderListing:
    listing = read_listing(body.encode(), url=document.url, order=ListingOrder(document=document, span=SPAN))
    assert isinstance(listing, OlderListing)
    return listing


def sitemap(*items: tuple[str, str | None], name: str = "map.xml") -> OlderListing:
    urls = "".join(
        f"<url><loc>{HOST}/{loc}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"
        for loc, changed in items
    )
    return read(f"<urlset>{urls}</urlset>", ListingDocument(kind=FeedKind.SITEMAP, url=f"{HOST}/{name}"))


def names(listing: OlderListing) -> list[str]:
    return [(entry.url or "").removeprefix(f"{HOST}/") for entry in listing.entries]


def test_articles_of_the_span_are_found_by_the_date_in_their_address() -> None:
    listing = sitemap(
        ("2022/01/05/a", "2026-01-01"), ("2022/01/20/b", None), ("2021-12-31-c", "2022-01-06"), ("20220107/d", None)
    )
    assert names(listing) == ["2022/01/05/a", "20220107/d"]
    assert listing.left_out == {"outside": 2}
    assert all(entry.updated_at is None and entry.published_at is None for entry in listing.entries)


def test_a_change_before_the_span_excludes_and_a_later_one_does_not() -> None:
    listing = sitemap(("a", "2021-12-01"), ("b", "2022-01-06"), ("c", "2024-01-01"), ("d", None))
    assert names(listing) == ["b", "c"]
    assert listing.left_out == {"outside": 1, "undated": 1}


def test_what_a_sitemap_of_the_span_lists_is_taken_without_a_date() -> None:
    assert names(sitemap(("a", None), ("b", None), name="map-2022-01.xml")) == ["a", "b"]
    assert names(sitemap(("a", None), name="map-2023-01.xml")) == []


def test_changes_that_are_the_same_everywhere_say_nothing() -> None:
    listing = sitemap(*((f"{number}", "2026-11-05") for number in range(500)))
    assert listing.left_out == {"undated": 500}


def test_children_of_an_index_are_read_if_they_may_hold_articles_of_the_span() -> None:
    children = {
        "map-2022-01.xml": "2026-01-01",
        "map-2022-03.xml": "2026-01-01",
        "posts1.xml": "2021-06-01",
        "posts2.xml": "2022-03-01",
        "posts3.xml": None,
        "category.xml": "2026-01-01",
    }
    body = "".join(
        f"<sitemap><loc>{HOST}/{name}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>"
        for name, at in children.items()
    )
    listing = read(
        f"<sitemapindex>{body}</sitemapindex>", ListingDocument(kind=FeedKind.SITEMAP, url=f"{HOST}/index.xml")
    )
    assert [document.url for document in listing.documents] == [
        f"{HOST}/map-2022-01.xml",
        f"{HOST}/posts2.xml",
        f"{HOST}/posts3.xml",
    ]


def feed(*days: int, url: str = f"{HOST}/feed/", before: int = 0, more: str = "") -> OlderListing:
    items = "".join(
        f"<item><title>t</title><link>{HOST}/{day}</link><pubDate>{day:02} Jan 2022 10:00:00 GMT</pubDate></item>"
        for day in days
    )
    body = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{more}{items}</channel></rss>'
    return read(body, ListingDocument(kind=FeedKind.FEED, url=url, before=before))


def test_pages_of_a_feed_are_read_until_they_are_older_than_the_span() -> None:
    first = feed(25, 20, 9)
    assert names(first) == ["9"]
    (second,) = first.documents
    assert second.url == f"{HOST}/feed/?paged=2"
    assert feed(8, 2, url=second.url, before=second.before).documents[0].url == f"{HOST}/feed/?paged=3"
    assert feed(3, 2, 1).documents == ()
    assert feed().documents == ()


def test_a_server_that_gives_the_same_page_again_ends_it() -> None:
    (second,) = feed(9, 8).documents
    assert feed(9, 8, url=second.url, before=second.before).documents == ()


def test_a_feed_that_names_its_next_page_is_followed_there_on_its_host_only() -> None:
    more = f'<atom:link rel="next" href="{HOST}/older"/>'
    assert [one.url for one in feed(9, url=f"{HOST}/rss", more=more).documents] == [f"{HOST}/older"]
    assert feed(9, url=f"{HOST}/rss", more='<atom:link rel="next" href="https://x.example/"/>').documents == ()
    assert feed(9, url=f"{HOST}/rss").documents == ()


def test_archive_pages_of_days_and_months() -> None:
    days = archive_documents(f"{HOST}/{{yyyy}}/{{mm}}/{{dd}}/", SPAN)
    assert [document.url for document in days][:2] == [f"{HOST}/2022/01/05/", f"{HOST}/2022/01/06/"]
    assert len(days) == 6
    assert [one.url for one in archive_documents(f"{HOST}/{{yyyy}}-{{mm}}", SPAN)] == [f"{HOST}/2022-01"]
    for pattern in (f"{HOST}/archive", "{yyyy}", "ftp://a/{yyyy}"):
        with pytest.raises(ValueError, match="yyyy"):
            archive_documents(pattern, SPAN)


def test_an_archive_page_lists_articles() -> None:
    articles = [
        (f"2022/01/05/president-speaks-of-the-{word}", f"The president speaks of the {word}") for word in "abcdef"
    ]
    links = "".join(f'<article><h2><a href="/{path}">{title} at length</a></h2></article>' for path, title in articles)
    body = f"<!doctype html><html><body><main>{links}</main></body></html>"
    listing = read(body, ListingDocument(kind=FeedKind.SECTION, url=f"{HOST}/2022/01/05/"))
    assert names(listing) == [path for path, _ in articles]
