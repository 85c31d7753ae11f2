"""The older pages of a feed that its first poll follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawlers.jobs.feed_pages import PAGES_MAX, after_page, find_page, with_page_ahead
from crawlers.reading.parse import FeedEntry, ParsedFeed, parse_feed
from db.collection.feeds.polls import OLDER_ENTRIES, FeedDue, FeedPolled
from db.enums.collection import FeedKind, FeedState
from db.enums.outcomes import RequestOutcome

URL = "https://steppe.example/feed"
NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
THEN = NOW + timedelta(minutes=15)
FEED = FeedDue(
    id=1,
    source_id="steppe",
    url=URL,
    etag=None,
    last_modified=None,
    body_hash=None,
    failures=0,
    polled_at=None,
    succeeded_at=None,
)
POLLED = FeedPolled(
    feed_id=1,
    polled_at=NOW,
    outcome=RequestOutcome.CHANGED,
    error=None,
    state=FeedState.ACTIVE,
    next_poll_at=THEN,
    failures=0,
    succeeded=True,
    changed=True,
    history={"rate": {"items": 1}},
)


def parsed(number: int, next_url: str | None) -> ParsedFeed:
    entry = FeedEntry(
        url=f"https://steppe.example/{number}",
        guid=None,
        title=None,
        author=None,
        published_at=None,
        updated_at=None,
        summary=None,
        content=None,
    )
    return ParsedFeed(title=None, entries=(entry,), kind="rss20", next_url=next_url)


def test_a_first_poll_goes_on_with_the_next_page_and_then_as_planned() -> None:
    polled = with_page_ahead(FEED, parsed(1, f"{URL}?page=2"), POLLED)
    assert (polled.next_poll_at, polled.because) == (NOW, OLDER_ENTRIES)
    feed = replace(FEED, history=polled.history or {})
    page = find_page(feed.history)
    assert page is not None
    assert page.url == f"{URL}?page=2"
    history, next_at, because = after_page(feed, page, parsed(2, f"{URL}?page=3"), now=NOW)
    assert (next_at, because) == (NOW, OLDER_ENTRIES)
    following = find_page(history)
    assert following is not None
    assert following.url == f"{URL}?page=3"
    assert after_page(replace(FEED, history=history), following, parsed(3, None), now=NOW) == (
        {"rate": {"items": 1}},
        THEN,
        None,
    )


def test_pages_are_bounded() -> None:
    polled = with_page_ahead(FEED, parsed(0, f"{URL}?page=2"), POLLED)
    history: Any = polled.history
    requests = 1
    while (page := find_page(history)) is not None:
        requests += 1
        history, _, _ = after_page(
            replace(FEED, history=history), page, parsed(requests, f"{URL}?page={requests + 1}"), now=NOW
        )
    assert requests == PAGES_MAX


@pytest.mark.parametrize("next_url", [URL, "https://other.example/feed?page=2", "javascript:alert(1)", "", "https://["])
def test_a_page_that_is_the_feed_itself_or_elsewhere_is_not_followed(next_url: str) -> None:
    assert with_page_ahead(FEED, parsed(1, next_url), POLLED) == POLLED


def test_a_page_that_leads_back_or_brings_nothing_ends_it() -> None:
    polled = with_page_ahead(FEED, parsed(1, f"{URL}?page=2"), POLLED)
    feed = replace(FEED, history=polled.history or {})
    page = find_page(feed.history)
    assert page is not None
    for answer in (parsed(2, f"{URL}?page=2"), parsed(2, URL), parsed(1, f"{URL}?page=3"), None):
        assert after_page(feed, page, answer, now=NOW)[1] == THEN


def test_only_first_polls_of_feeds_are_paged() -> None:
    first = parsed(1, f"{URL}?page=2")
    assert with_page_ahead(replace(FEED, succeeded_at=NOW), first, POLLED) == POLLED
    assert with_page_ahead(replace(FEED, kind=FeedKind.SITEMAP), first, POLLED) == POLLED
    failed = replace(POLLED, succeeded=False)
    assert with_page_ahead(FEED, None, failed) == failed


@pytest.mark.parametrize("stored", [None, 3, {}, {"url": "a"}, {"url": "a", "asked": 3, "entries": [], "then": "x"}])
def test_a_history_that_cannot_be_read_names_no_page(stored: object) -> None:
    assert find_page({"pages": stored}) is None


ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'


@pytest.mark.parametrize(
    "body",
    [
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><link rel="self" href="/feed"/>'
        '<link rel="next" href="/feed?page=2&amp;x=1"/></feed>',
        f'<rss version="2.0" {ATOM}><channel><title>a</title><link>https://steppe.example/</link>'
        '<atom:link rel="next" href="/feed?page=2&amp;x=1"/><item><title>b</title></item></channel></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><link rel="prev-archive" '
        'href="https://steppe.example/feed?page=2&amp;x=1"/></feed>',
        '{"version": "https://jsonfeed.org/version/1.1", "items": [], "next_url": "/feed?page=2&x=1"}',
    ],
)
def test_the_next_page_is_found_in_every_kind_of_feed(body: str) -> None:
    assert parse_feed(body.encode(), url=URL).next_url == "https://steppe.example/feed?page=2&x=1"


def test_a_link_of_an_entry_is_no_page_of_the_feed() -> None:
    body = (
        f'<rss version="2.0" {ATOM}><channel><title>a</title><item><title>b</title>'
        '<atom:link rel="next" href="/b?page=2"/></item></channel></rss>'
    )
    assert parse_feed(body.encode(), url=URL).next_url is None
