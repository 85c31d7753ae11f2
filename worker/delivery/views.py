"""Rows → the article that queries are asked about. Arrival and archive both make it here, so they cannot differ."""

from __future__ import annotations

from collections.abc import Iterable

from db.texts import Mention, TextRow
from worker.alerts.article import Article, Mentioned, Outlet


def article_of(row: TextRow, mentions: Iterable[Mention]) -> Article:
    """Return the article of a stored revision with its mentions."""
    return Article(
        title=row.title or "",
        text=row.text,
        author=row.author or "",
        source=Outlet(row.source_id, (row.source_name, *row.domains), row.country),
        language=row.language,
        genre=row.genre,
        url=row.url,
        published_at=row.dated_at,
        mentions=tuple(
            Mentioned(mention.field, mention.start, mention.end, mention.entity_id, mention.type, mention.level)
            for mention in mentions
        ),
    )
