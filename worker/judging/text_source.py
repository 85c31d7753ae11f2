"""The choice of an article's text: the page's or the feed's."""

from __future__ import annotations

from enum import StrEnum

_SUBSTANTIAL = 200
"""Characters below which a feed's text is a teaser that replaces no page."""
_MORE = 1.5
"""Factor by which the feed's text must be longer to be preferred: pages are cut short by scripts and walls."""


class TextSource(StrEnum):
    """The origin of an article's text."""

    PAGE = "page"
    FEED = "feed"
    AGGREGATOR = "aggregator"

    @property
    def is_of_feed(self) -> bool:
        """Return whether it is a feed's, not the page's."""
        return self is not TextSource.PAGE


def choose_text(page_text: str, feed_text: str, *, is_article: bool) -> TextSource:
    """Return the preferred origin. A page that is no article has no text; a much longer feed text is better."""
    if not is_article or (not page_text and feed_text):
        return TextSource.FEED
    if len(feed_text) >= _SUBSTANTIAL and len(feed_text) > _MORE * len(page_text):
        return TextSource.FEED
    return TextSource.PAGE
