"""Articles in pages: the last collected first, and those that changed since a position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from db.articles.changed import ArticleChange, ChangePosition, read_changes
from db.enums.exports import ExportKind
from db.exports.pages import read_page
from db.exports.read import Filters
from db.models import Article
from worker.export.by_query import find_latest, match_articles

JUDGED = 2_000
"""Maximum number of articles that a query is tried on for one page."""


class RemovalReason(StrEnum):
    """Why a reader that follows the changes has to drop an article."""

    REMOVED = "removed"
    JOINED = "joined"
    """It is the same article as another, which has its texts now."""
    FILTERED = "filtered"
    """It does not pass the filters, or not any more."""


@dataclass(frozen=True, slots=True)
class LatestPage:
    """Some articles as rows of the export, and the article to go on after; None after the last."""

    rows: Sequence[Mapping[str, Any]]
    before: int | None


def list_latest(conn: Connection, filters: Filters, query: str, *, before: int | None, limit: int) -> LatestPage:
    """Return the articles that pass the filters and match the query, the last collected first.

    A page may be shorter than `limit` and yet not the last. Raises QueryError.
    """
    if not query:
        after = None if before is None else (before,)
        page = read_page(conn, ExportKind.ARTICLES, filters, after=after, limit=limit)
        return LatestPage(page.rows, page.after[0] if page.after else None)
    ids, before = find_latest(conn, filters, query, before=before, limit=limit, judged=JUDGED)
    return LatestPage(_read_rows(conn, Filters(), ids), before)


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """Articles that changed, those to drop with the reason, and the position behind them."""

    rows: Sequence[Mapping[str, Any]]
    dropped: Sequence[tuple[ArticleChange, RemovalReason]]
    position: ChangePosition
    is_last: bool


def list_changed(
    conn: Connection, filters: Filters, query: str, *, after: ChangePosition, until: int, begun: int, limit: int
) -> ChangedPage:
    """Return the next changes after a position, up to the settled number `until`. Raises QueryError.

    An article that changed and does not pass the filters is to be dropped, because the reader may have it; not so if it
    has been like that since the number `begun`, where the reader began.
    """
    changes = read_changes(conn, after=after, until=until, limit=limit + 1)
    is_last = len(changes) <= limit
    changes = changes[:limit]
    alive = [change.article_id for change in changes if not change.is_removed]
    rows = _read_rows(conn, filters, alive)
    passing = {row["article_id"] for row in rows}
    if query:
        passing = match_articles(conn, query, passing)
    dropped = [
        (change, _reason(change))
        for change in changes
        if change.is_removed or (change.article_id not in passing and change.number > begun)
    ]
    position = (until, 2**63 - 1) if is_last else changes[-1].position
    return ChangedPage([row for row in rows if row["article_id"] in passing], dropped, position, is_last)


def _reason(change: ArticleChange) -> RemovalReason:
    if not change.is_removed:
        return RemovalReason.FILTERED
    return RemovalReason.REMOVED if change.joined_to is None else RemovalReason.JOINED


def _read_rows(conn: Connection, filters: Filters, article_ids: Sequence[int]) -> Sequence[Mapping[str, Any]]:
    if not article_ids:
        return ()
    among = [Article.id.in_(article_ids)]
    return read_page(conn, ExportKind.ARTICLES, filters, limit=len(article_ids), among=among).rows
