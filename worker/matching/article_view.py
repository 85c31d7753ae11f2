"""Rows → the article that queries see. Used on arrival and for the archive, so they cannot differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from db.articles.texts import StoredMention, TextRow, read_mentions, read_texts
from worker.query.article import Mentioned, QueryArticle, QueryOutlet


def to_article(row: TextRow, mentions: Iterable[StoredMention]) -> QueryArticle:
    """Return the article of a stored revision with its mentions."""
    return QueryArticle(
        title=row.title or "",
        text=row.text,
        author=row.author or "",
        source=QueryOutlet(row.source_id, (row.source_name, *row.domains), row.country),
        language=row.language,
        genre=row.genre,
        url=row.url,
        published_at=row.dated_at,
        mentions=tuple(
            Mentioned(
                field=mention.field,
                start=mention.start,
                end=mention.end,
                entity=mention.entity_id,
                type=mention.type,
                level=mention.level,
            )
            for mention in mentions
        ),
    )


def read_articles(conn: Connection, revision_ids: Sequence[int]) -> list[tuple[TextRow, QueryArticle]]:
    """Return these revisions with their articles, in this order; without removed ones."""
    rows = {row.revision_id: row for row in read_texts(conn, revision_ids)}
    mentions = read_mentions(conn, revision_ids)
    return [(rows[id], to_article(rows[id], mentions.get(id, ()))) for id in revision_ids if id in rows]
