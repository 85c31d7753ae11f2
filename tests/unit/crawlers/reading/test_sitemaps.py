"""Sitemaps as outlets write them, well or badly. All samples are invented."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import UTC, datetime

import pytest

from crawlers.reading.sitemaps.sitemap import (
    MAX_ADDRESSES,
    NO_ADDRESS,
    OTHER_DOMAIN,
    NotASitemap,
    ParsedSitemap,
    SitemapChild,
    SitemapKind,
    parse_sitemap,
)

HOST = "https://www.steppe.example"
PAGE = f"{HOST}/news/summit.html"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml" '
    'xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"'
)
NEWS = (
    "<news:news><news:publication><news:name>Steppe</news:name><news:language>ru</news:language></news:publication>"
    "<news:publication_date>2026-11-05T09:00:00+06:00</news:publication_date><news:keywords>a, b</news:keywords>"
    "<news:title>Саммит &amp; степь</news:title></news:news>"
)


def urlset(items: str, spaces: str = SPACES) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {spaces}>{items}</urlset>'.encode()


def read(body: bytes, **options: str) -> ParsedSitemap:
    return parse_sitemap(body, url=f"{HOST}/sitemaps/all.xml", **options)


def test_lastmod_is_no_date_of_publication() -> None:
    parsed = read(urlset(f"<url><loc>{PAGE}</loc><lastmod>2026-11-05</lastmod><priority>0.5</priority></url>"))
    (entry,) = parsed.entries
    assert parsed.kind == SitemapKind.URLSET
    assert (entry.url, entry.published_at, entry.published_as) == (PAGE, None, None)
    assert (entry.updated_at, entry.updated_as) == (datetime(2026, 11, 5, tzinfo=UTC), "2026-11-05")
    assert parsed.problems == ()


def test_a_news_sitemap_has_headline_date_and_language() -> None:
    parsed = read(urlset(f"<url><loc>{PAGE}</loc><lastmod>2026-11-06T01:00:00Z</lastmod>{NEWS}</url>"))
    (entry,) = parsed.entries
    assert parsed.kind == SitemapKind.NEWS
    assert (entry.title, entry.language) == ("Саммит & степь", "ru")
    assert (entry.published_at, entry.published_as) == (
        datetime(2026, 11, 5, 3, tzinfo=UTC),
        "2026-11-05T09:00:00+06:00",
    )
    assert entry.updated_at == datetime(2026, 11, 6, 1, tzinfo=UTC)


def test_pictures_films_and_translations_are_left_aside() -> None:
    extras = (
        f"<image:image><image:loc>{HOST}/a.jpg</image:loc><image:title>A picture</image:title></image:image>"
        f"<video:video><video:title>A film</video:title><video:publication_date>2001-01-01</video:publication_date>"
        f"</video:video><image><loc>{HOST}/b.jpg</loc><title>Another</title></image>"
        f'<xhtml:link rel="alternate" hreflang="ky" href="{HOST}/ky/"/>'
    )
    for items in (f"<url>{extras}<loc>{PAGE}</loc></url>", f"<url><loc>{PAGE}</loc>{extras}</url>"):
        (entry,) = read(urlset(items)).entries
        assert (entry.url, entry.title, entry.published_at) == (PAGE, None, None)


def test_an_index_has_children() -> None:
    body = (
        f"<sitemapindex {SPACES}><sitemap><loc>{HOST}/a.xml</loc><lastmod>2026-11-05T10:00:00+06:00</lastmod></sitemap>"
        "<sitemap><loc>b.xml.gz</loc></sitemap></sitemapindex>"
    )
    parsed = read(body.encode())
    assert parsed.kind == SitemapKind.INDEX
    assert parsed.children == (
        SitemapChild(f"{HOST}/a.xml", datetime(2026, 11, 5, 4, tzinfo=UTC)),
        SitemapChild(f"{HOST}/sitemaps/b.xml.gz"),
    )


@pytest.mark.parametrize(
    "body",
    [
        urlset(f"<url><loc>{PAGE}</loc></url>", ""),
        urlset(f"<url><loc>{PAGE}</loc></url>", 'xmlns="http://www.google.com/schemas/sitemap/0.84"'),
        f"<s:urlset><s:url><s:loc>{PAGE}</s:loc></s:url></s:urlset>".encode(),
        f"<urlset><URL><LOC>{PAGE}</LOC></URL></urlset>".encode(),
        urlset(f"<url>\n <loc>\n  {PAGE}\n </loc>\n</url>"),
        urlset(f"<url><loc><![CDATA[{PAGE}]]></loc></url>"),
        urlset("<url><loc>/news/summit.html</loc></url>"),
        urlset("<url><loc>//www.steppe.example/news/summit.html</loc></url>"),
        b"\xef\xbb\xbf" + urlset(f"<url><loc>{PAGE}</loc></url>"),
        b"\n\n  " + urlset(f"<url><loc>{PAGE}</loc></url>"),
        urlset(f"<!-- <url><loc>{HOST}/old</loc></url> --><url><loc>{PAGE}</loc></url>"),
        urlset(f'<url xmlns:x="y" ><loc a="b">{PAGE}</loc><lastmod/></url>'),
        urlset(f"<url><loc>{PAGE}</loc></url>").decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        b'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        + f"<urlset><url><loc>{PAGE}</loc><lastmod>&b;</lastmod></url></urlset>".encode(),
        gzip.compress(urlset(f"<url><loc>{PAGE}</loc></url>")),
        gzip.compress(gzip.compress(urlset(f"<url><loc>{PAGE}</loc></url>"))),
        f"{PAGE}\r\n\r\n".encode(),
        f"\ufeff{PAGE}".encode(),
        f'<rss version="2.0"><channel><title>a</title><item><link>{PAGE}</link></item></channel></rss>'.encode(),
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{PAGE}"/></entry></feed>'.encode(),
    ],
)
def test_ways_of_writing_one_address(body: bytes) -> None:
    parsed = read(body)
    assert [entry.url for entry in parsed.entries] == [PAGE]
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "items",
    [
        f"<url><loc>{PAGE}?a=1&b=2</loc><lastmod>yesterday</lastmod>",
        f"<url><loc>{PAGE}?a=1&amp;b=2</url>",
        f"<loc>{HOST}/orphan</loc><url><loc>{PAGE}?a=1&amp;b=2</loc><url>",
        f"<url><loc>{PAGE}?a=1&#38;b=2</loc></url><url><loc>{HOST}/cut-o",
    ],
)
def test_a_broken_sitemap_is_read_as_far_as_it_goes(items: str) -> None:
    parsed = read(f"<urlset {SPACES}>{items}".encode())
    assert [entry.url for entry in parsed.entries] == [f"{PAGE}?a=1&b=2"]
    assert parsed.problems == ("not well-formed: it ends too early",)


def test_markup_in_a_headline_does_not_end_it() -> None:
    news = NEWS.replace("Саммит &amp; степь", "<![CDATA[Summit <b>& steppe</b>]]>")
    (entry,) = read(urlset(f"<url><loc>{PAGE}</loc>{news}</url>")).entries
    assert entry.title == "Summit & steppe"


def test_an_impossible_date_of_publication_is_told_and_not_used() -> None:
    news = NEWS.replace("2026-11-05T09:00:00+06:00", "0001-01-01T00:00:00Z")
    (entry,) = read(urlset(f"<url><loc>{PAGE}</loc>{news}</url>")).entries
    assert (entry.published_at, entry.published_as) == (None, "0001-01-01")


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-11-05T10:00:00.123+0600", datetime(2026, 11, 5, 4, tzinfo=UTC)),
        ("2026-11-05 10:00", datetime(2026, 11, 5, 10, tzinfo=UTC)),
        ("2026-11-05T10:00Z", datetime(2026, 11, 5, 10, tzinfo=UTC)),
        ("2026-11-05T10:00:00-03:30", datetime(2026, 11, 5, 13, 30, tzinfo=UTC)),
        ("Thu, 05 Nov 2026 10:00:00 GMT", datetime(2026, 11, 5, 10, tzinfo=UTC)),
        ("2026-13-45", None),
        ("2026-11", None),
        ("", None),
    ],
)
def test_forms_of_lastmod(written: str, instant: datetime | None) -> None:
    (entry,) = read(urlset(f"<url><loc>{PAGE}</loc><lastmod>{written}</lastmod></url>")).entries
    assert entry.updated_at == instant


def test_only_addresses_of_the_outlet_are_used() -> None:
    locs = [PAGE, "https://ru.steppe.example/a", "https://other.example/a", "mailto:a@steppe.example", "", "http://"]
    parsed = read(urlset("".join(f"<url><loc>{loc}</loc></url>" for loc in locs) + "<url/><url></url>"))
    assert [entry.url for entry in parsed.entries] == locs[:2]
    assert parsed.dropped == {OTHER_DOMAIN: 1, NO_ADDRESS: 4}
    body = urlset("<url><loc>https://other.example/a</loc></url>")
    assert len(parse_sitemap(body, url=f"{HOST}/s.xml", domains=["other.example"]).entries) == 1


def test_a_text_sitemap_counts_what_is_no_address() -> None:
    parsed = read(f"{PAGE}\nnonsense here\nhttps://other.example/a\n{HOST}/b\n".encode(), content_type="text/plain")
    assert parsed.kind == SitemapKind.TEXT
    assert [entry.url for entry in parsed.entries] == [PAGE, f"{HOST}/b"]
    assert sum(parsed.dropped.values()) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty body"),
        (b"<!doctype html><html><body>404</body></html>", "an HTML page, not a sitemap"),
        (b"%PDF-1.4 ...", "a PDF file, not a sitemap"),
        (b"nothing here", "text without any address, not a sitemap"),
        (b"<opml/>", "XML that is no sitemap"),
        (b"\x1f\x8b\x08\x00broken", "a broken compressed file"),
        (b"<urlset>" + b"<a>" * 600, "XML nested more than 500 elements deep"),
        (gzip.compress(bytes(60_000_000)), "it unpacks to more than 52,428,800 bytes"),
    ],
)
def test_what_is_no_sitemap_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(NotASitemap) as refused:
        read(body)
    assert str(refused.value) == reason


def test_a_file_packed_again_and_again_is_refused() -> None:
    body = urlset(f"<url><loc>{PAGE}</loc></url>")
    for _ in range(5):
        body = gzip.compress(body)
    with pytest.raises(NotASitemap, match="packed more than"):
        read(body)


def test_a_large_index_takes_memory_for_its_addresses_only() -> None:
    child = "<sitemap><loc>https://www.steppe.example/sitemap-{}.xml</loc><lastmod>2026-11-05</lastmod></sitemap>"
    body = f"<sitemapindex>{''.join(map(child.format, range(50_100)))}</sitemapindex>".encode()
    tracemalloc.start()
    parsed = read(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(parsed.children) == MAX_ADDRESSES
    assert parsed.problems == ("only the first 50,000 of 50,100 addresses are used",)
    assert peak < 30_000_000


def test_hostile_sitemaps_end() -> None:
    for body in (
        b"<urlset>" + b"<url" * 200_000,
        b"<urlset>" + b"<loc>" * 400,
        b"<urlset><url><loc>" + b"<![CDATA[" * 200_000,
        b"<urlset>" + b"<!--" * 200_000,
        b"<urlset><url><loc>" + b"&amp" * 200_000 + b"</loc>",
        b"<urlset><url><lastmod>" + b"2026-" * 100_000 + b"</lastmod></url>",
    ):
        assert read(body).entries == ()
