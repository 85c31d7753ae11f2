"""The articles that changed since a position, in pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from db.articles.changed import ArticleChange, ChangePosition, read_changes
from db.articles.lists.candidates import add_entities
from db.articles.lists.holders import select_holders
from db.articles.lists.listings import find_current_revisions
from db.enums.exports import ExportKind
from db.exports.pages import read_page
from db.exports.read import Filters
from db.models import Article
from worker.export.by_query import match_revisions, read_query
from worker.matching.word_index import required_terms
from worker.query.query import Query

_AT_ONCE = 100
"""Number of changes that are judged between two looks at the clock."""


class RemovalReason(StrEnum):
    """Why a reader that follows the changes has to drop an article."""

    REMOVED = "removed"
    JOINED = "joined"
    """It is the same article as another, which has its texts now."""
    FILTERED = "filtered"
    """It does not pass the filters, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPage:
    """Articles that changed, those to drop with the reason, and the position behind them."""

    rows: Sequence[Mapping[str, Any]]
    dropped: Sequence[tuple[ArticleChange, RemovalReason]]
    position: ChangePosition
    is_last: bool
    is_cut: bool
    """True if the time was over before the page was full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeQuestion:
    """The changes that a reader asks for."""

    filters: Filters
    query: str = ""
    after: ChangePosition
    until: int
    """The settled number up to which changes are listed."""
    begun: int
    """The number where the reader began."""


def list_changed(conn: Connection, question: ChangeQuestion, *, limit: int, is_over: Callable[[], bool]) -> ChangedPage:
    """Return the next changes after a position, fewer than `limit` if the time `is_over` before. Raises QueryError.

    An article that changed and does not pass the filters is to be dropped, because the reader may have it; not so if it
    has been like that since the reader began.
    """
    changes = read_changes(conn, after=question.after, until=question.until, limit=limit + 1)
    has_more = len(changes) > limit
    changes = changes[:limit]
    query = read_query(conn, question.query) if question.query else None
    passing: dict[int, Mapping[str, Any]] = {}
    looked_at = 0
    while looked_at < len(changes):
        part = changes[looked_at : looked_at + (_AT_ONCE if query else limit)]
        passing |= _read_passing(conn, question.filters, query, [one.article_id for one in part if not one.is_removed])
        looked_at += len(part)
        if is_over():
            break
    is_cut = looked_at < len(changes)
    dropped = [
        (change, _reason(change))
        for change in changes[:looked_at]
        if change.is_removed or (change.article_id not in passing and change.number > question.begun)
    ]
    is_last = not has_more and not is_cut
    position = (question.until, 2**63 - 1) if is_last else changes[looked_at - 1].position
    rows = [passing[change.article_id] for change in changes if change.article_id in passing]
    return ChangedPage(rows=rows, dropped=dropped, position=position, is_last=is_last, is_cut=is_cut)


def _reason(change: ArticleChange) -> RemovalReason:
    if not change.is_removed:
        return RemovalReason.FILTERED
    return RemovalReason.REMOVED if change.joined_to is None else RemovalReason.JOINED


def _read_passing(
    conn: Connection, filters: Filters, query: Query | None, article_ids: Sequence[int]
) -> dict[int, Mapping[str, Any]]:
    """Return the rows of those of these articles that pass the filters and match the query, by article."""
    need = add_entities(filters, required_terms(query) if query else None)
    if need is not None and article_ids:
        texts = find_current_revisions(conn, article_ids)
        passing = select_holders(conn, need, texts.keys())
        if query is not None:
            passing = match_revisions(conn, query, passing)
        article_ids = [texts[revision_id] for revision_id in passing]
    if not article_ids:
        return {}
    among = [Article.id.in_(article_ids)]
    page = read_page(conn, ExportKind.ARTICLES, replace(filters, entities=()), limit=len(article_ids), among=among)
    return {row["article_id"]: row for row in page.rows}
