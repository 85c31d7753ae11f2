"""The closed sets of `db.models.articles`: revisions, genres, where a text comes from. Pure."""

from __future__ import annotations

from db.enums.base import ClosedSet


class RevisionStage(ClosedSet):
    """How far the workers are with a text."""

    STORED = "stored", "to be tagged, compared and counted"
    DONE = "done", "tagged, compared and counted"
    SET_ASIDE = "set aside", "no worker survives it"


class TextFrom(ClosedSet):
    """Where the text of a revision comes from."""

    PAGE = "page", "the article's page"
    FEED = "feed", "what the feed carries: the page could not be had, or was no article"
    AGGREGATOR = "aggregator", "likewise, from a feed that is not its outlet's"
    FORM = "form", "a page that names another address as the article's own, such as an AMP page, until that one is read"

    @property
    def is_of_feed(self) -> bool:
        """Return whether it is a feed's, not the page's."""
        return self in (TextFrom.FEED, TextFrom.AGGREGATOR)


class Genre(ClosedSet):
    """What sort of text an article is, by its page, its address or its outlet; null when none says so."""

    NEWS = "news", "reports what happened"
    ANALYSIS = "analysis", "explains, from research or experience"
    OPINION = "opinion", "argues: columns, editorials, blogs"
    INTERVIEW = "interview", "questions and answers"
    STATEMENT = "statement", "the words of a body itself: press releases, speeches, communiqués"
    BROADCAST = "broadcast", "the text beside sound or pictures"
