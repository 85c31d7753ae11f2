"""Places in a list of articles by date. A list continues after a place even if its article is not there any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from db.models import Article

DATED_AT: ColumnElement[datetime] = func.coalesce(
    Article.published_at, Article.collected_at, type_=Article.collected_at.type
)
"""Time of publication, or of collection if the publication is unknown."""


class Position(NamedTuple):
    """The place of an article in a list by date."""

    counts_on: date
    dated_at: datetime
    article_id: int


def in_order(*, oldest_first: bool) -> Sequence[ColumnElement[Any]]:
    """Return the order of a list by date."""
    columns: Sequence[ColumnElement[Any]] = (Article.counts_on, DATED_AT, Article.id)  # type: ignore[assignment]
    return [column.asc() if oldest_first else column.desc() for column in columns]


def beyond(position: Position | None, *, oldest_first: bool) -> Sequence[ColumnElement[bool]]:
    """Return the conditions for the articles after a place; none for the beginning of the list."""
    if position is None:
        return ()
    counts_on, dated_at, article_id = position
    if oldest_first:
        later = or_(dated_at < DATED_AT, and_(dated_at <= DATED_AT, Article.id > article_id))
        return (Article.counts_on >= counts_on, or_(Article.counts_on > counts_on, later))
    earlier = or_(dated_at > DATED_AT, and_(dated_at >= DATED_AT, Article.id < article_id))
    # The first condition is redundant, but an index serves it.
    return (Article.counts_on <= counts_on, or_(Article.counts_on < counts_on, earlier))


def find_position(conn: Connection, article_id: int) -> Position:
    """Return the place of an article. Raises LookupError if it does not exist."""
    row = conn.execute(select(Article.counts_on, DATED_AT).where(Article.id == article_id)).one_or_none()
    if row is None:
        raise LookupError(f"there is no article {article_id}")
    return Position(row[0], row[1], article_id)
