"""Articles as records for JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

from db.articles.details import ArticleRow
from db.articles.lists.listings import Listed
from db.text.headlines import headline
from worker.lib.plain_values import to_plain


def list_record(row: Listed) -> dict[str, Any]:
    """Return an article of a list; a publication date without a time is a day."""
    published_at = row.published_at
    is_day = published_at is not None and row.published_is_day
    return {
        "article_id": row.article_id,
        "url": row.url,
        "source": row.source,
        "title": row.title,
        "published_at": to_plain(published_at.date() if is_day and published_at else published_at),
        "counts_on": None if row.is_undated else row.counts_on.isoformat(),
        "language": row.language,
        "genre": row.genre,
        "cluster_id": row.cluster_id,
    }


def article_record(row: ArticleRow) -> dict[str, Any]:
    """Return an article with all that is known of it, without its text."""
    record = {field.name: to_plain(getattr(row, field.name)) for field in dataclasses.fields(row)}
    del record["beginning"]
    record["headline"] = headline(row.title, row.beginning) or None
    return {"article_id": record.pop("id")} | record
