"""Lists of articles as Atom feeds (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from db.articles.lists.listings import Listed
from web.answers.render import is_web
from worker.messages.atom_feed import AtomFeed
from worker.messages.snippet import Piece
from worker.search.hits import FoundArticle

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_articles(title: str, path: str, query: str, articles: Sequence[FoundArticle]) -> bytes:
    """Return the feed of a list of articles, the newest first."""
    feed = AtomFeed(
        f"urn:steppewatch:page:{path}?{query}",
        title or "Steppewatch",
        updated=max((_dated_at(found.article) for found in articles), default=_EPOCH),
    )
    for found in articles:
        article = found.article
        feed.add_entry(
            f"urn:steppewatch:article:{article.article_id}",
            _plain(found.title),
            updated=_dated_at(article),
            author=article.source,
            link=article.url if is_web(article.url) else "",
            summary=_plain(found.words),
        )
    return feed.to_bytes()


def _plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _dated_at(article: Listed) -> datetime:
    if article.published_at is None and article.is_undated:
        return _EPOCH
    return article.published_at or datetime.combine(article.counts_on, time(), UTC)
