"""Totals of the database, for status reports; apart from the writing modules, which load slowly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from db.enums.articles import RevisionStage
from db.models import Article, Revision, Source, Suspect


def count_articles(conn: Connection) -> Mapping[str, Any]:
    """Return the number of articles, stories and revisions, and the time of the latest collection."""
    # each by itself, so that an index has all that it needs
    stories = select(Article.cluster_id).where(Article.cluster_id.is_not(None)).distinct().subquery()
    latest = select(func.max(Article.collected_at)).where(Article.source_id == Source.id).scalar_subquery()
    counted = {
        "articles": conn.scalar(select(func.count()).select_from(Article)) or 0,
        "stories": conn.scalar(select(func.count()).select_from(stories)) or 0,
        "latest_at": conn.scalar(select(func.max(select(latest.label("at")).select_from(Source).subquery().c.at))),
    }
    revisions = conn.scalar(select(func.count()).select_from(Revision)) or 0
    unfinished = (
        conn.scalar(select(func.count()).select_from(Revision).where(Revision.stage == RevisionStage.STORED)) or 0
    )
    return {**counted, "revisions": revisions, "unfinished": unfinished}


def has_articles(conn: Connection) -> bool:
    """Return whether anything was collected."""
    return conn.scalar(select(Article.id).limit(1)) is not None


def count_suspects(conn: Connection) -> int:
    """Return the number of articles with a waiting suspect text."""
    return conn.scalar(select(func.count()).select_from(Suspect)) or 0
