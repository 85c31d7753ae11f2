"""Places in lists of articles, by date and by relevance, as cursors."""

from __future__ import annotations

from datetime import UTC, date, datetime

from db.articles.lists.positions import Position
from web.shared.cursors import NoCursor, read_cursor, write_cursor
from web.shared.params import InvalidParameter
from worker.search.pages.best import BestPlace


def write_best_place(place: BestPlace) -> str:
    """Return the cursor of a place in a list by relevance."""
    score, last = place.after or (-1, None)
    return write_cursor("best", [score, *(_plain(one) for one in (place.since, place.to, last))])


def _plain(position: Position | None) -> str:
    return (
        ""
        if position is None
        else " ".join((position.counts_on.isoformat(), position.dated_at.isoformat(), str(position.article_id)))
    )


def read_best_place(cursor: str) -> BestPlace:
    """Return the place of a cursor; the beginning for an empty one. Raises InvalidParameter."""
    if not cursor.strip():
        return BestPlace(None)
    try:
        score, *positions = read_cursor("best", cursor, (int, str, str, str))
        since, to, last = (_parse(one) for one in positions)
        return BestPlace(since, to, None if last is None else (score, last))
    except (NoCursor, ValueError, OverflowError):
        raise InvalidParameter("after", "this is no place in a list", "begin at the first page") from None


def _parse(written: str) -> Position | None:
    if not written:
        return None
    counts_on, dated_at, article_id = written.split(" ")
    return Position(date.fromisoformat(counts_on), datetime.fromisoformat(dated_at).astimezone(UTC), int(article_id))


def write_position(position: Position) -> str:
    """Return the cursor of a place in a list by date."""
    return write_cursor("articles", [position.counts_on, position.dated_at.isoformat(), position.article_id])


def read_position(cursor: str) -> Position | None:
    """Return the place of a cursor; None for an empty one. Raises InvalidParameter."""
    if not cursor.strip():
        return None
    try:
        counts_on, dated_at, article_id = read_cursor("articles", cursor, (date, str, int))
        return Position(counts_on, datetime.fromisoformat(dated_at).astimezone(UTC), article_id)
    except (NoCursor, ValueError, OverflowError):
        raise InvalidParameter("after", "this is no place in a list", "begin at the first page") from None
