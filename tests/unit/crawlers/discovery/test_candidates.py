"""Addresses that an outlet may have feeds at: what pages, servers and robots.txt name. All samples are invented."""

from __future__ import annotations

import pytest

from crawlers.discovery.candidates import (
    CUSTOMARY,
    MAX_CANDIDATES,
    customary,
    find_candidates,
    looks_like_feed,
    sitemap_candidates,
)
from crawlers.discovery.findings import FoundBy
from db.enums.collection import FeedKind

HOST = "https://steppe.example"


def found(html: str, *, header: str | None = None, url: str = f"{HOST}/ru/") -> list[str]:
    return [candidate.url for candidate in find_candidates(html.encode(), url=url, link_header=header)]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml" title="All" href="{}">',
        '<link href="{}" type="application/atom+xml" rel="alternate home">',
        '<LINK REL=ALTERNATE TYPE="Application/RSS+XML" HREF="{}">',
        '<link rel="alternate" type="application/feed+json" href="{}">',
        '<link rel="alternate" type="application/rdf+xml" href="{}">',
        '<link rel="alternate" type="text/xml" href="{}">',
        '<link rel="alternate" type="text/html" href="{}">',
        '<link rel="alternate" type="rss" href="{}">',
        '<link rel="alternate" href="{}">',
        '<link rel="feed" href="{}">',
        '<link rel="alternate" type="application/x-rss+xml" href="{}">',
    ],
)
def test_alternates_are_found_whatever_their_type_is_called(link: str) -> None:
    assert found(f"<head>{link.format('/rss.xml')}</head>") == [f"{HOST}/rss.xml"]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" hreflang="kk" href="/kk/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?format=json">',
        '<link rel="alternate" type="text/xml+oembed" href="/oembed?format=xml">',
        '<link rel="alternate" media="handheld" href="/m/">',
        '<link rel="stylesheet" type="text/xml" href="/rss.xml">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:feed()">',
        '<link rel="alternate" type="application/rss+xml" href="http://[broken">',
        '<link rel="manifest" href="/manifest.json">',
        '<a href="/news/rising-feed-prices-worry-herders">Rising feed prices worry herders of the upper valley</a>',
        '<a href="https://other.example/rss.xml">RSS</a>',
        '<a href="/rss.png">RSS</a>',
    ],
)
def test_what_is_no_feed_is_left_out(link: str) -> None:
    assert found(f"<body>{link}</body>") == [] or found(f"<body>{link}</body>") == [f"{HOST}/ru/"]


def test_alternates_of_other_hosts_count_and_links_only_of_hosts_of_feeds() -> None:
    html = '<link rel=alternate type=application/rss+xml href="//cdn.other.example/a.rss">'
    html += '<a href="http://feeds.feedburner.com/steppe">RSS</a>'
    assert found(html) == ["https://cdn.other.example/a.rss", "http://feeds.feedburner.com/steppe"]


def test_header_names_feeds() -> None:
    header = '<https://api.example/>; rel="https://api.w.org/", </feed>; rel="alternate"; type="application/rss+xml"'
    header += '; title="a, b"'
    assert found("", header=header) == [f"{HOST}/feed"]
    assert found("", header="<" * 900) == []


def test_base_and_the_old_scheme_of_feeds_are_followed() -> None:
    html = f'<base href="{HOST}/kz/"><link rel=alternate type=application/rss+xml href=rss>'
    html += '<a href="feed://steppe.example/atom.xml">Atom</a>'
    assert found(html) == [f"{HOST}/kz/rss", f"{HOST}/atom.xml"]


def test_feeds_of_comments_tags_and_sections_stand_behind() -> None:
    html = (
        '<link rel=alternate type=application/rss+xml title="Herald » Comments Feed" href="/comments/feed/">'
        '<link rel=alternate type=application/rss+xml href="/tag/water/feed/">'
        '<link rel=alternate type=application/rss+xml title="Herald" href="/feed/">'
        '<a href="/rss/politics.xml">politics</a>'
    )
    assert [each.removeprefix(HOST) for each in found(html)] == [
        "/feed/", "/rss/politics.xml", "/tag/water/feed/", "/comments/feed/",
    ]  # fmt: skip


def test_each_address_comes_once_and_their_number_is_bounded() -> None:
    html = "".join(f'<a href="/{n}.rss">RSS</a><a href="/{n}.rss#top">RSS</a>' for n in range(5_000))
    addresses = found(html)
    assert len(addresses) == MAX_CANDIDATES
    assert len(set(addresses)) == MAX_CANDIDATES


@pytest.mark.parametrize(
    ("path", "is_like"),
    [
        ("/feed", True), ("/rss.php", True), ("/index.rdf", True), ("/?feed=rss2", True),
        ("/export/rss2/index.xml", True),
        ("/feeds/all.atom", True), ("/ru/rss/", True), ("/index.php?format=feed&type=rss", True), ("/rss1.xml", True),
        ("/feedback", False), ("/newsfeeds-explained", False), ("/wp-json/", False), ("/atomic-energy", False),
        ("/rssi", False), ("/feed.png", False),
    ],
)  # fmt: skip
def test_feeds_are_told_by_their_addresses(path: str, is_like: bool) -> None:
    assert looks_like_feed(HOST + path) is is_like


def test_sitemaps_of_news_come_first_then_the_others_then_customary_ones() -> None:
    robots = "User-agent: *\nSitemap: https://steppe.example/map.xml\n SITEMAP :/news-map.xml\n"
    robots += "Sitemap: https://other.example/s.xml\n"
    candidates = sitemap_candidates(f"{HOST}/ru/", robots)
    assert [each.url.removeprefix(HOST) for each in candidates][:3] == [
        "/news-map.xml",
        "/map.xml",
        "/news-sitemap.xml",
    ]
    assert {each.kind for each in candidates} == {FeedKind.SITEMAP}
    assert [each.found_by for each in candidates[:3]] == [FoundBy.ROBOTS, FoundBy.ROBOTS, FoundBy.CUSTOM]
    assert "other.example" not in "".join(each.url for each in candidates)


def test_customary_addresses_are_those_of_the_host() -> None:
    assert [each.url for each in customary(f"{HOST}/ru/news?x=1")] == [HOST + path for path in CUSTOMARY]
