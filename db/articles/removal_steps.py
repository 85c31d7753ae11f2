"""Steps of a confirmed removal: each deletes some rows of an outlet in one short transaction, until none is left.

The rows that are left are the state of the work: it can end at any moment, and goes on where it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, select, update

from db.alerts.matches import hand_over_matches
from db.articles.recording.recording import remove_article
from db.models import (
    Article,
    Capture,
    Feed,
    FeedDay,
    LinkedHost,
    MatchRow,
    Outcome,
    Page,
    Problem,
    Revision,
    Sighting,
    Source,
    SourceRemoval,
)

ROWS = 500
"""Maximum of rows of one transaction."""
FEW_ROWS = 50
"""So many take no longer to delete than to find."""
_CAPTURES = 50
"""That of captures, which are large."""

Step = Callable[[Connection, str, int], int]
"""Deletes at most so many rows of an outlet; returns their number, 0 when none is left."""


def find_articles(conn: Connection, source_id: str, limit: int) -> list[int]:
    """Return the next articles to delete, by id."""
    query = select(Article.id).where(Article.source_id == source_id).order_by(Article.id).limit(limit)
    return list(conn.scalars(query))


def remove_articles(conn: Connection, source_id: str, article_ids: Sequence[int]) -> None:
    """Delete articles of an outlet with all that hangs on them. Mark them for a recount and lock their stories first.

    A story that was sent under one of them goes on under an article of another outlet.
    """
    hand_over_matches(conn, article_ids, source_id=source_id)
    for article_id in article_ids:
        remove_article(conn, article_id)


def _delete_captures(conn: Connection, source_id: str, limit: int) -> int:
    """Delete captures, except evidence for the articles of other outlets."""
    return _delete(conn, Capture, Capture.id, _captures(source_id), min(limit, _CAPTURES))


def _captures(source_id: str) -> Select[int]:
    others = (
        select(Revision.id)
        .join(Article, Article.id == Revision.article_id)
        .where(Revision.capture_id == Capture.id, Article.source_id != source_id)
    )
    return select(Capture.id).where(Capture.source_id == source_id, ~others.exists())


def _delete_sightings(conn: Connection, source_id: str, limit: int) -> int:
    query = select(Sighting.id).join(Feed, Feed.id == Sighting.feed_id).where(Feed.source_id == source_id)
    return _delete(conn, Sighting, Sighting.id, query, limit)


def _delete_pages(conn: Connection, source_id: str, limit: int) -> int:
    return _delete(conn, Page, Page.id, select(Page.id).where(Page.source_id == source_id), limit)


def _delete_feeds(conn: Connection, source_id: str, _: int) -> int:
    """Delete one feed with its days."""
    feed_id = conn.scalar(select(Feed.id).where(Feed.source_id == source_id).order_by(Feed.id).limit(1))
    if feed_id is None:
        return 0
    conn.execute(delete(FeedDay).where(FeedDay.feed_id == feed_id))
    conn.execute(delete(Feed).where(Feed.id == feed_id))
    return 1


def _delete_outcomes(conn: Connection, source_id: str, limit: int) -> int:
    return _delete(conn, Outcome, Outcome.id, select(Outcome.id).where(Outcome.source_id == source_id), limit)


def _delete_problems(conn: Connection, source_id: str, _: int) -> int:
    return conn.execute(delete(Problem).where(Problem.source_id == source_id)).rowcount


def _delete_silences(conn: Connection, source_id: str, limit: int) -> int:
    """Delete the matches of subscriptions to the outlet's silence."""
    beginning = f"silence of {source_id} since "
    query = select(MatchRow.id).where(MatchRow.event.startswith(beginning, autoescape=True))
    return _delete(conn, MatchRow, MatchRow.id, query, limit)


def _delete_links(conn: Connection, source_id: str, limit: int) -> int:
    query = select(LinkedHost.host).where(LinkedHost.source_id == source_id).order_by(LinkedHost.host).limit(limit)
    hosts = list(conn.scalars(query))
    conn.execute(delete(LinkedHost).where(LinkedHost.source_id == source_id, LinkedHost.host.in_(hosts)))
    return len(hosts)


COLLECTED: tuple[tuple[str, Step], ...] = (
    ("captures", _delete_captures),
    ("sightings", _delete_sightings),
    ("pages", _delete_pages),
    ("feeds", _delete_feeds),
    ("outcomes", _delete_outcomes),
    ("problems", _delete_problems),
    ("silences", _delete_silences),
    ("links", _delete_links),
)
"""The steps behind the articles, with the name of what each deletes."""


def _delete(conn: Connection, table: type, key: Any, query: Select[int], limit: int) -> int:
    ids = list(conn.scalars(query.order_by(key).limit(limit)))
    if ids:
        conn.execute(delete(table).where(key.in_(ids)))
    return len(ids)


def finish_removal(conn: Connection, source_id: str, *, now: datetime) -> bool:
    """Delete the outlet itself if it has no row left; return whether it is gone.

    What a crawler or a worker stored meanwhile, having begun before the removal, is deleted first.
    """
    left: list[Select[Any]] = [select(table.id).where(table.source_id == source_id) for table in (Article, Page, Feed)]
    if any(conn.scalar(query.limit(1)) is not None for query in (*left, _captures(source_id))):
        return False
    conn.execute(delete(Source).where(Source.id == source_id))
    unfinished = (SourceRemoval.source_id == source_id, SourceRemoval.finished_at.is_(None))
    conn.execute(update(SourceRemoval).where(*unfinished).values(finished_at=now))
    return True


def find_unfinished(conn: Connection) -> list[str]:
    """Return the outlets whose confirmed removal has not ended."""
    query = select(SourceRemoval.source_id).where(
        SourceRemoval.confirmed_at.is_not(None), SourceRemoval.finished_at.is_(None)
    )
    return list(conn.scalars(query.order_by(SourceRemoval.source_id)))
