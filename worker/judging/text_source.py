"""Which text an article gets: the page's, or what the feed itself carries."""

from __future__ import annotations

from enum import StrEnum

_SUBSTANTIAL = 200
"""Characters below which a feed's text is a teaser that replaces no page."""
_MORE = 1.5
"""So many times the page's text the feed's must be to be preferred: pages are cut short by scripts and walls."""


class TextSource(StrEnum):
    """Where an article's text comes from."""

    PAGE = "page"
    FEED = "feed"
    AGGREGATOR = "aggregator"

    @property
    def is_of_feed(self) -> bool:
        """Return whether it is a feed's, not the page's."""
        return self is not TextSource.PAGE


def choose_text(page_text: str, feed_text: str, *, is_article: bool) -> TextSource:
    """Return whose text to take. A page that is no article has none; a feed that says much more says it better."""
    if not is_article or (not page_text and feed_text):
        return TextSource.FEED
    if len(feed_text) >= _SUBSTANTIAL and len(feed_text) > _MORE * len(page_text):
        return TextSource.FEED
    return TextSource.PAGE
