"""Totals of the database, for status reports; apart from the writing modules, which load slowly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from db.enums.articles import RevisionStage
from db.models import Article, Revision, Suspect


def count_articles(conn: Connection) -> Mapping[str, Any]:
    """Return the number of articles, stories and revisions, and the time of the latest collection."""
    row = conn.execute(
        select(
            func.count().label("articles"),
            func.count(func.distinct(Article.cluster_id)).label("stories"),
            func.max(Article.collected_at).label("latest_at"),
        )
    ).one()
    revisions = conn.scalar(select(func.count()).select_from(Revision)) or 0
    unfinished = (
        conn.scalar(select(func.count()).select_from(Revision).where(Revision.stage == RevisionStage.STORED)) or 0
    )
    return {**row._mapping, "revisions": revisions, "unfinished": unfinished}


def count_suspects(conn: Connection) -> int:
    """Return the number of articles with a waiting suspect text."""
    return conn.scalar(select(func.count()).select_from(Suspect)) or 0
