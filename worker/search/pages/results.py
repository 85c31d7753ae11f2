"""Pages of results: as many articles as fit, those counted beyond them, and where to go on, within a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from db.articles.filters import Filters
from db.articles.lists.candidates import iter_candidates
from db.articles.lists.listings import read_listed
from db.articles.lists.positions import Position
from worker.export.by_query import iter_judged
from worker.messages.snippet import Piece
from worker.query.query import Query
from worker.search.hits import FoundArticle, list_articles, mark_hit

LEAST_STEPS = 100
"""So many articles are judged however late it is, or some hundred places looked at."""

_Pieces = tuple[Sequence[Piece], Sequence[Piece]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """Some results of a search, in the order of the list."""

    found: Sequence[FoundArticle]
    counted: Sequence[int]
    """The articles found, and those after them as far as they were counted."""
    is_all: bool
    """True if no other article follows those counted."""
    after: Position | None
    """The place after which the next page begins; None after the last article."""
    is_cut: bool = False
    """True if the time was over before the page was full: it goes on after `after`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """The limits of a page of results."""

    articles: int
    counted: int
    """Maximum number of articles that are counted."""
    is_counting_over: Callable[[], bool]
    """Return whether the time for counting beyond the page is over."""
    is_over: Callable[[], bool]
    """Return whether the time for the page itself is over, too."""


def list_page(
    conn: Connection, filters: Filters, limits: PageLimits, *, after: Position | None, oldest_first: bool = False
) -> ResultPage:
    """Return the articles that pass the filters, after a place."""
    places: list[Position] = []
    to: Position | None = None
    is_all = False
    for batch in iter_candidates(conn, filters, None, after=after, oldest_first=oldest_first):
        places += [place for _, place in batch.found]
        to = batch.to
        is_full = len(places) > limits.articles
        if len(places) > limits.counted or limits.is_over() or (is_full and limits.is_counting_over()):
            break
    else:
        is_all = True
    counted = places[: max(limits.counted, limits.articles)]
    has_more = len(places) > limits.articles
    is_cut = not has_more and not is_all
    ids = [place.article_id for place in counted]
    return ResultPage(
        found=list_articles(conn, ids[: limits.articles]),
        counted=ids,
        is_all=is_all and len(counted) == len(places),
        after=to if is_cut else places[limits.articles - 1] if has_more else None,
        is_cut=is_cut,
    )


def search_page(
    conn: Connection,
    filters: Filters,
    query: Query,
    limits: PageLimits,
    *,
    after: Position | None,
    oldest_first: bool = False,
) -> ResultPage:
    """Return the articles that pass the filters and match the query, after a place."""
    shown: list[tuple[int, _Pieces]] = []
    counted: list[int] = []
    following: Position | None = None
    to: Position | None = None
    steps = 0
    for judged in iter_judged(conn, filters, query, after=after, oldest_first=oldest_first):
        if judged.hit is not None:
            article_id = judged.hit.row.article_id
            counted.append(article_id)
            if len(shown) < limits.articles:
                shown.append((article_id, mark_hit(judged.hit)))
                following = judged.to
        to = judged.to
        is_full = len(counted) > limits.articles
        if is_full and (limits.is_counting_over() or len(counted) > limits.counted):
            break
        if steps >= LEAST_STEPS and limits.is_over():
            break
        steps += LEAST_STEPS if judged.ends_batch else 1
    else:
        has_more = len(counted) > limits.articles
        return ResultPage(
            found=find_marked(conn, shown), counted=counted, is_all=True, after=following if has_more else None
        )
    is_cut = len(shown) < limits.articles
    return ResultPage(
        found=find_marked(conn, shown), counted=counted, is_all=False, after=to if is_cut else following, is_cut=is_cut
    )


def find_marked(conn: Connection, shown: Sequence[tuple[int, _Pieces]]) -> list[FoundArticle]:
    rows = read_listed(conn, [article_id for article_id, _ in shown])
    return [FoundArticle(rows[article_id], title, words or title) for article_id, (title, words) in shown]
