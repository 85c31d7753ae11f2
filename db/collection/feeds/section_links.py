"""The results of earlier links of an outlet's section pages, for the reading of the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, or_, select

from db.collection.feeds.polls import FeedDue
from db.dialect import bytewise
from db.enums.collection import CaptureStage, FeedKind
from db.enums.outcomes import InputOutcome, RequestOutcome
from db.models import Article, Capture, Page

_LOOKED_AT = 2_000
"""Maximum number of the newest pages among which those are looked for that were no articles."""
LEARNT = 500
"""Maximum number of the newest articles, and of other pages, that are learnt from."""


def with_lessons(conn: Connection, feeds: Sequence[FeedDue]) -> list[FeedDue]:
    """Return the feeds; section pages without a pattern with the addresses that their outlet's links had so far."""
    return [
        replace(feed, articles=find_articles(conn, feed.source_id), others=find_others(conn, feed.source_id))
        if feed.kind == FeedKind.SECTION and not feed.link_pattern
        else feed
        for feed in feeds
    ]


def find_articles(conn: Connection, source_id: str) -> tuple[str, ...]:
    """Return the addresses of the newest articles of an outlet."""
    query = select(Article.canonical_url).where(Article.source_id == source_id, Article.canonical_url.like("http%"))
    return tuple(conn.scalars(query.order_by(Article.id.desc()).limit(LEARNT)))


def find_others(conn: Connection, source_id: str) -> tuple[str, ...]:
    """Return the addresses of pages of an outlet that were no articles, newest first.

    What could not be read (robots.txt, a failing server) says nothing about an address. A page that once was an
    article stays one.
    """
    was_rejected = select(Capture.id).where(
        Capture.page_id == Page.id, Capture.stage == CaptureStage.DONE, Capture.outcome == InputOutcome.REJECTED
    )
    # in the order of the articles' index, which serves the comparison then
    is_article = select(Article.id).where(Article.canonical_url == bytewise(conn, Page.canonical_url))
    newest = select(Page.id).where(Page.source_id == source_id).order_by(Page.id.desc()).limit(_LOOKED_AT)
    query = (
        select(Page.canonical_url)
        .where(Page.id.in_(newest), ~is_article.exists())
        .where(or_(Page.last_outcome == RequestOutcome.NOT_A_PAGE, Page.doubts > 0, was_rejected.exists()))
    )
    return tuple(conn.scalars(query.order_by(Page.id.desc()).limit(LEARNT)))
