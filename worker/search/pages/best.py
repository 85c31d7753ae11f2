"""Pages of the most relevant matches: the best of the newest ones, then the best of those before them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from db.articles.filters import Filters
from db.articles.lists.positions import Position
from worker.export.by_query import iter_judged
from worker.matching.backtest import BacktestHit
from worker.query.query import Query
from worker.search.hits import mark_hit
from worker.search.pages.relevance import score_relevance
from worker.search.pages.results import LEAST_STEPS, PageLimits, ResultPage, find_marked

RANKED_MAX = 1_000
"""As many matches are ranked at once."""
Rank = tuple[int, Position]
"""The score of an article, and its place by date, which decides between equal ones: the greatest is the best."""


@dataclass(frozen=True, slots=True)
class BestPlace:
    """A place in the list: among the matches from one place by date to another, which are ranked together."""

    since: Position | None
    """They begin after it; None for the newest."""
    to: Position | None = None
    """They end with it; None for the first of their pages, which finds how many the time allows."""
    after: Rank | None = None
    """The page begins after it; None for the best."""


@dataclass(slots=True, kw_only=True)
class _Ranked:
    """The matches that are ranked together, while they are looked at."""

    place: BestPlace
    limits: PageLimits
    counted: list[int]
    is_all: bool = False
    """True if there are no others."""
    to: Position | None = None

    def iterate(self, conn: Connection, filters: Filters, query: Query) -> Iterator[tuple[Rank, BacktestHit]]:
        """Yield each of them with its rank."""
        steps = 0
        for judged in iter_judged(conn, filters, query, after=self.place.since):
            if self.place.to is not None and judged.to < self.place.to:
                return
            self.to = judged.to
            if judged.hit is not None:
                row = judged.hit.row
                self.counted.append(row.article_id)
                yield (score_relevance(judged.hit.verdict.because, len(row.text)), judged.to), judged.hit
            steps += LEAST_STEPS if judged.ends_batch else 1
            if self.place.to is None and (
                len(self.counted) >= RANKED_MAX or (steps > LEAST_STEPS and self.limits.is_over())
            ):
                return
        self.is_all = True


def best_page(
    conn: Connection, filters: Filters, query: Query, limits: PageLimits, *, at: BestPlace
) -> tuple[ResultPage, BestPlace | None]:
    """Return the next of the best matches, and the place where the list goes on; None after the last.

    At most `RANKED_MAX` matches are ranked together, the newest first, fewer if the time is over before. A later page
    looks at the same ones again, which takes as long. Whatever arrives meanwhile, each match that stays is in exactly
    one page.
    """
    ranked = _Ranked(place=at, limits=limits, counted=[])
    found = (one for one in ranked.iterate(conn, filters, query) if at.after is None or one[0] < at.after)
    best = heapq.nlargest(limits.articles + 1, found, key=lambda one: one[0])
    shown = best[: limits.articles]
    following: BestPlace | None = None
    end = at.to or ranked.to
    if len(best) > limits.articles:
        following = replace(at, to=end, after=shown[-1][0])
    elif not ranked.is_all and end is not None:
        following = BestPlace(since=end)
    page = ResultPage(
        found=find_marked(conn, [(hit.row.article_id, mark_hit(hit)) for _, hit in shown]),
        counted=ranked.counted,
        is_all=ranked.is_all and at.since is None,
        after=None,
    )
    return page, following
