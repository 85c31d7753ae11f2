"""The hub that a feed names, in its body or its header."""

from __future__ import annotations

import json

import pytest

from crawlers.reading.hubs import HubLinks, NamedHub, find_hub
from crawlers.reading.parse import parse_feed

URL = "https://ferry.example/news/feed"
HUB, TOPIC = "https://hub.example/", "https://ferry.example/feed.xml"
ATOM = "http://www.w3.org/2005/Atom"


def rss(links: str) -> bytes:
    return f"<rss version='2.0' xmlns:a='{ATOM}'><channel><title>Ferry</title>{links}</channel></rss>".encode()


def atom(links: str) -> bytes:
    return f"<feed xmlns='{ATOM}'><title>Ferry</title>{links}</feed>".encode()


def as_json(**fields: object) -> bytes:
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "Ferry", "items": [], **fields}).encode()


BODIES: dict[str, tuple[bytes, NamedHub | None]] = {
    "rss": (rss(f"<a:link rel='hub' href='{HUB}'/><a:link rel='self' href='{TOPIC}'/>"), NamedHub(HUB, TOPIC)),
    "atom": (atom(f"<link rel='hub' href='{HUB}'/><link rel='self' href='{TOPIC}'/>"), NamedHub(HUB, TOPIC)),
    "relative": (
        atom("<link rel='hub' href='/hub'/><link rel='self' href='feed.xml'/>"),
        NamedHub("https://ferry.example/hub", "https://ferry.example/news/feed.xml"),
    ),
    "no self": (rss(f"<a:link rel='hub' href='{HUB}'/>"), NamedHub(HUB, URL)),
    "no hub": (rss(f"<a:link rel='self' href='{TOPIC}'/>"), None),
    "two hubs, one secure": (
        atom(f"<link rel='hub' href='http://old.example/'/><link rel='hub' href='{HUB}'/>"), NamedHub(HUB, URL),
    ),
    "a hub with another scheme": (atom("<link rel='hub' href='ftp://hub.example/'/>"), None),
    "a hub without a host": (atom("<link rel='hub' href='https://'/>"), None),
    "an entry's hub": (
        atom(f"<entry><title>One</title><id>1</id><link rel='hub' href='{HUB}'/></entry>"), None,
    ),
    "json": (as_json(feed_url=TOPIC, hubs=[{"type": "WebSub", "url": HUB}]), NamedHub(HUB, TOPIC)),
    "json, another kind": (as_json(feed_url=TOPIC, hubs=[{"type": "rssCloud", "url": HUB}]), None),
    **{
        f"json, {shape!r}": (as_json(hubs=shape, feed_url=7), None)
        for shape in ("x", {}, 7, None, ["x", None, {}], [{"type": "websub"}], [{"type": 1, "url": 2}])
    },
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_hub_is_found_in_every_kind_of_feed(name: str) -> None:
    body, hub = BODIES[name]
    assert find_hub(parse_feed(body, url=URL).hub_links, None, URL) == hub


HEADERS: dict[str, tuple[str, NamedHub | None]] = {
    "hub and self": (f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"', NamedHub(HUB, TOPIC)),
    "without quotes": (f"<{HUB}>;rel=hub", NamedHub(HUB, URL)),
    "several relations": (f'<{HUB}>; rel="other HUB"', NamedHub(HUB, URL)),
    "other parameters": (f'<{HUB}>; title="a; b"; rel="hub"; type="x"', NamedHub(HUB, URL)),
    "only self": (f'<{TOPIC}>; rel="self"', None),
    "no link": ("rel=hub", None),
    "another attribute": (f'<{HUB}>; xrel="hub"', None),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_hub_is_found_in_the_header(name: str) -> None:
    header, hub = HEADERS[name]
    assert find_hub(HubLinks(), header, URL) == hub


def test_the_header_goes_before_the_body_and_each_may_name_the_topic() -> None:
    body = HubLinks(("https://other.example/",), TOPIC)
    assert find_hub(body, f"<{HUB}>; rel=hub", URL) == NamedHub(HUB, TOPIC)
    assert find_hub(body, f"<{HUB}>; rel=alternate", URL) == NamedHub("https://other.example/", TOPIC)


@pytest.mark.parametrize("header", ["<" * 4_000, "<a>" * 1_300, "<a>;rel=" * 500, "<a>; " * 800, ' <a>;rel="' * 400])
def test_a_header_of_nonsense_names_no_hub(header: str) -> None:
    assert find_hub(HubLinks(), header, URL) is None
