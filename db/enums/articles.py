"""The closed sets of `db.models.articles`: revisions, genres, origins of texts. Pure."""

from __future__ import annotations

from db.enums.base import ClosedSet


class RevisionStage(ClosedSet):
    """The progress of the workers with a text."""

    STORED = "stored", "to be tagged, compared and counted"
    DONE = "done", "tagged, compared and counted"
    SET_ASIDE = "set aside", "it crashed every worker"


class TextFrom(ClosedSet):
    """The origin of a revision's text."""

    PAGE = "page", "the article's page"
    FEED = "feed", "the feed, because the page was not available or was no article"
    AGGREGATOR = "aggregator", "likewise, from a feed that is not its outlet's"
    FORM = "form", "a page that names another address as the article's own, such as an AMP page, until that one is read"

    @property
    def is_of_feed(self) -> bool:
        """Return whether it is a feed's, not the page's."""
        return self in (TextFrom.FEED, TextFrom.AGGREGATOR)


class Genre(ClosedSet):
    """The genre of an article, by its page, its address or its outlet; null if none of them decides."""

    NEWS = "news", "reports events"
    ANALYSIS = "analysis", "explains, from research or experience"
    OPINION = "opinion", "argues: columns, editorials, blogs"
    INTERVIEW = "interview", "questions and answers"
    STATEMENT = "statement", "the words of a body itself: press releases, speeches, communiqués"
    BROADCAST = "broadcast", "the text beside sound or pictures"
