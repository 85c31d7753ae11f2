"""Lists of articles as Atom feeds (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time

from db.articles.lists.listings import Listed
from web.shared.render import is_web
from worker.messages.snippet import Piece
from worker.search.hits import FoundArticle

_UNSAID = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 does not allow."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_articles(title: str, path: str, query: str, articles: Sequence[FoundArticle]) -> bytes:
    """Return the feed of a list of articles, the newest first."""
    from feedgen.feed import FeedGenerator  # 6 MB, which most processes of the pages never need

    feed = FeedGenerator()
    feed.id(f"urn:steppewatch:page:{path}?{query}")
    feed.title(clean_xml(title) or "Steppewatch")
    feed.updated(max((_dated_at(found.article) for found in articles), default=_EPOCH))
    feed.generator("Steppewatch")
    for found in reversed(articles):  # feedgen puts each new entry before the others
        article = found.article
        entry = feed.add_entry()
        entry.id(f"urn:steppewatch:article:{article.article_id}")
        entry.title(clean_xml(_plain(found.title)) or "(no words)")
        entry.updated(_dated_at(article))
        if is_web(article.url):
            entry.link(href=clean_xml(article.url), rel="alternate")
        entry.author({"name": clean_xml(article.source)})
        if found.words:
            entry.summary(clean_xml(_plain(found.words)))
    return bytes(feed.atom_str(pretty=True))


def clean_xml(text: str) -> str:
    """Return the text without characters that XML 1.0 does not allow."""
    return _UNSAID.sub("", text)


def _plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _dated_at(article: Listed) -> datetime:
    if article.published_at is None and article.is_undated:
        return _EPOCH
    return article.published_at or datetime.combine(article.counts_on, time(), UTC)
