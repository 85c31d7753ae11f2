"""The choice of an article's text: the page's or the feed's."""

from __future__ import annotations

from db.enums.articles import TextFrom

_SUBSTANTIAL = 200
"""Characters below which a feed's text is a teaser that replaces no page."""
_MORE = 1.5
"""Factor by which the feed's text must be longer to be preferred: pages are cut short by scripts and walls."""

FEED_WORDS_TAKEN = "its feed's words were taken"
"""Part of the remark on a page that is no article."""


def choose_text(page_text: str, feed_text: str, *, is_article: bool) -> TextFrom:
    """Return the preferred origin. A page that is no article has no text; a much longer feed text is better."""
    if not is_article or (not page_text and feed_text):
        return TextFrom.FEED
    if len(feed_text) >= _SUBSTANTIAL and len(feed_text) > _MORE * len(page_text):
        return TextFrom.FEED
    return TextFrom.PAGE
