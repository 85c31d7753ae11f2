"""The origin of an article: how it was found, and what its feeds say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, union

from db.models import Article, ArticleAddress, Capture, Feed, Page, Revision, Sighting

_ENTRIES_MAX = 20
_PAGES_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEntry:
    """An entry of a feed that lists the article."""

    feed_id: int
    feed_url: str
    feed_title: str | None
    source_id: str
    published_at: datetime | None
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleOrigin:
    """The origin of an article's current text."""

    revision_id: int
    observed_at: datetime
    stage: str
    is_undated: bool
    """True if the article counts on no day."""
    dated_text_at: datetime | None
    """The date of publication in the current text itself; None if it comes from another text."""
    is_collected: bool
    """True if a crawler fetched it; False for an imported document."""
    entries: Sequence[ListingEntry]
    """The entries that list it, the first seen first; at most 20."""


def read_origin(conn: Connection, article_id: int) -> ArticleOrigin:
    """Return the origin of an existing article."""
    query = (
        select(
            Revision.id.label("revision_id"),
            Revision.observed_at,
            Revision.stage,
            Article.is_undated,
            Revision.published_at.label("dated_text_at"),
        )
        .join(Article, Article.revision_id == Revision.id)
        .where(Article.id == article_id)
    )
    row = conn.execute(query).one()
    pages = _find_pages(conn, article_id)
    return ArticleOrigin(**row._asdict(), is_collected=bool(pages), entries=_read_entries(conn, pages))


def _find_pages(conn: Connection, article_id: int) -> list[int]:
    """Return the fetched pages at the addresses of an article."""
    captured = (
        select(Capture.page_id)
        .join(Revision, Revision.capture_id == Capture.id)
        .where(Revision.article_id == article_id, Capture.page_id.is_not(None))
    )
    own = select(Article.canonical_url).where(Article.id == article_id)
    other = select(ArticleAddress.canonical_url).where(ArticleAddress.article_id == article_id, ArticleAddress.is_asked)
    # read first and not joined: pages and articles sort their addresses differently, so no index would serve a join
    addresses = list(conn.scalars(union(own, other).limit(_PAGES_MAX)))
    asked = select(Page.id).where(Page.canonical_url.in_(addresses))
    return sorted(conn.scalars(union(captured, asked).limit(_PAGES_MAX)))


def _read_entries(conn: Connection, page_ids: Sequence[int]) -> list[ListingEntry]:
    query = (
        select(
            Feed.id.label("feed_id"),
            Feed.url.label("feed_url"),
            Feed.title.label("feed_title"),
            Feed.source_id,
            Sighting.published_at,
            Sighting.first_seen_at,
        )
        .join(Feed, Feed.id == Sighting.feed_id)
        .where(Sighting.page_id.in_(page_ids))
        .order_by(Sighting.first_seen_at, Feed.id)
        .limit(_ENTRIES_MAX)
    )
    return [ListingEntry(**row._asdict()) for row in conn.execute(query)]
