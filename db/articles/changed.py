"""Changes of articles in the order of their numbers (`db.changes`), for readers that follow them."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select, true

from db.models import Article, RemovedArticle

ChangePosition = tuple[int, int]
"""The number of a change, and the article: the place of a reader between two changes."""
BEGINNING: ChangePosition = (-1, 0)
"""The position before the first change."""


@dataclass(frozen=True, slots=True, order=True)
class ArticleChange:
    """The last change of an article, or its removal."""

    number: int
    article_id: int
    is_removed: bool = False
    joined_to: int | None = None
    """The article that it was joined to; None for another change."""

    @property
    def position(self) -> ChangePosition:
        """Return the position after this change."""
        return self.number, self.article_id


def read_changes(conn: Connection, *, after: ChangePosition, until: int, limit: int) -> list[ArticleChange]:
    """Return the next changes after a position, up to the number `until`, which is settled.

    Each article comes once, with its last change. A removed one whose id an article has again comes as that article.
    """
    articles = _next(Article, Article.id, after, until, limit)
    is_taken = select(Article.id).where(Article.id == RemovedArticle.article_id).exists()
    gone = _next(RemovedArticle, RemovedArticle.article_id, after, until, limit).where(~is_taken)
    gone = gone.add_columns(RemovedArticle.joined_to)
    changes = (ArticleChange(number, article_id) for number, article_id in conn.execute(articles))
    removals = (ArticleChange(number, article_id, True, to) for number, article_id, to in conn.execute(gone))
    return list(islice(merge(changes, removals, key=lambda change: change.position), limit))


def _next(table: Any, id: Any, after: ChangePosition, until: int, limit: int) -> Select[*tuple[Any, ...]]:
    number, article_id = after
    later = or_(table.changed > number, and_(table.changed == number, id > article_id)) if number >= 0 else true()
    query = select(table.changed, id).where(table.changed >= number, table.changed <= until, later)
    return query.order_by(table.changed, id).limit(limit)
