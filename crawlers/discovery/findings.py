"""The words for what a search finds."""

from __future__ import annotations

from enum import StrEnum


class FoundBy(StrEnum):
    """The way in which an address was found."""

    GIVEN = "given"
    ALTERNATE = "alternate"
    """The page names it in its head."""
    HEADER = "header"
    LINK = "link"
    ROBOTS = "robots"
    """Named by robots.txt."""
    CUSTOM = "custom"
    """A usual address of feeds or sitemaps."""
    PAGE = "page"
    """The page itself, which lists articles."""


class FeedCondition(StrEnum):
    """The result of trying the address of a feed."""

    WORKS = "works"
    STALE = "stale"
    """It lists articles, the newest of which is old."""
    EMPTY = "empty"
    OTHER = "other"
    """There is something else: a page, a challenge, a file."""
    REFUSED = "refused"
    """We are not let in: by robots.txt, the status, or our own rules."""
    MISSING = "missing"
    FAILING = "failing"
    """The server failed, or did not answer."""
