"""Older pages of a feed, which its first poll follows (RFC 5005, JSON Feed): which one is next. Pure.

The page to ask for stands in the feed's history, so each request has its own turn at the host, and a crash repeats one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crawlers.reading.parse import FeedEntry, ParsedFeed
from crawlers.scheduling.history import hash_key
from db.collection.feeds.polls import OLDER_ENTRIES, FeedDue, FeedPolled
from db.enums.collection import FeedKind
from db.net.urls import read_host

PAGES_MAX = 5
"""Maximum number of pages of a first poll, with the feed itself."""
_PAGES = "pages"
_URL_MAX = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAhead:
    """The next page of a feed to ask for."""

    url: str
    asked: tuple[int, ...]
    """Keys of the addresses asked for so far."""
    entries: frozenset[int]
    """Keys of the entries of the pages so far."""
    then: datetime
    """The next poll of the feed itself."""

    def to_json(self) -> dict[str, Any]:
        """Return the input of `find_page`."""
        return {
            "url": self.url,
            "asked": list(self.asked),
            "entries": sorted(self.entries),
            "then": self.then.isoformat(),
        }


def find_page(history: Mapping[str, Any]) -> PageAhead | None:
    """Return the page that a feed's history names; None if there is none, or it cannot be used."""
    stored = history.get(_PAGES)
    if not isinstance(stored, Mapping):
        return None
    try:
        return PageAhead(
            url=str(stored["url"]),
            asked=tuple(int(key) for key in stored["asked"]),
            entries=frozenset(int(key) for key in stored["entries"]),
            then=datetime.fromisoformat(stored["then"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def with_page_ahead(feed: FeedDue, parsed: ParsedFeed | None, polled: FeedPolled) -> FeedPolled:
    """Return the result of a first poll, with the page that the feed continues on as what is asked for next."""
    if feed.succeeded_at is not None or feed.kind != FeedKind.FEED or parsed is None or not polled.succeeded:
        return polled
    page = _next(feed, parsed, asked=(hash_key(feed.url),), entries=frozenset(), then=polled.next_poll_at)
    if page is None:
        return polled
    history = {**(polled.history or {}), _PAGES: page.to_json()}
    return replace(polled, history=history, next_poll_at=polled.polled_at, because=OLDER_ENTRIES)


def after_page(
    feed: FeedDue, page: PageAhead, parsed: ParsedFeed | None, *, now: datetime
) -> tuple[dict[str, Any], datetime, str | None]:
    """Return the feed's history after a page, the time of the next request, and its reason if it is another page."""
    history = {name: value for name, value in feed.history.items() if name != _PAGES}
    following = _next(feed, parsed, asked=page.asked, entries=page.entries, then=page.then) if parsed else None
    if following is None:
        return history, page.then, None
    return {**history, _PAGES: following.to_json()}, now, OLDER_ENTRIES


def _next(
    feed: FeedDue, parsed: ParsedFeed, *, asked: tuple[int, ...], entries: frozenset[int], then: datetime
) -> PageAhead | None:
    """Return the page after `parsed`; None after enough pages, one that brought nothing, or one asked for before."""
    url = parsed.next_url
    keys = frozenset(_keys(parsed.entries))
    if not url or len(url) > _URL_MAX or len(asked) >= PAGES_MAX or keys <= entries:
        return None
    if read_host(url) != read_host(feed.url) or hash_key(url) in asked:
        return None
    return PageAhead(url=url, asked=(*asked, hash_key(url)), entries=entries | keys, then=then)


def _keys(entries: Iterable[FeedEntry]) -> Iterable[int]:
    return (hash_key(entry.guid or entry.url or entry.title or "") for entry in entries)
