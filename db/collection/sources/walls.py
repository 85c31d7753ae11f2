"""Outlets that respond with pages other than articles: challenges, paywalls, errors, or a different text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from db.enums.outcomes import PageKind, Stage
from db.models import Outcome

SPAN = timedelta(days=1)
_LEAST = 4
"""Minimum number of pages for a statement about an outlet; as in `worker.coverage.stats.health`."""


@dataclass(frozen=True, slots=True)
class Walled:
    """An outlet with mostly other pages than articles within the last day."""

    looks: int
    kinds: Mapping[str, int]
    """Number of pages by kind other than article, the most frequent first."""

    @property
    def sentence(self) -> str:
        """Readable description of the problem."""
        told = ", ".join(f"{kind} {times:,}" for kind, times in self.kinds.items())
        return f"{sum(self.kinds.values()):,} of the last {self.looks:,} pages showed no article ({told})"


def find_walled(conn: Connection, *, now: datetime, source_id: str | None = None) -> dict[str, Walled]:
    """Return, by id, the outlets with mostly other pages than articles in the last 24 hours, of at least four pages."""
    query = (
        select(Outcome.source_id, Outcome.outcome, func.sum(Outcome.inputs).label("looks"))
        .where(Outcome.stage == Stage.PAGE, Outcome.at > now - SPAN, Outcome.at <= now, Outcome.source_id.is_not(None))
        .group_by(Outcome.source_id, Outcome.outcome)
    )
    if source_id is not None:
        query = query.where(Outcome.source_id == source_id)
    shown: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in conn.execute(query):
        shown[row.source_id][row.outcome] += int(row.looks)
    walled = {}
    for outlet, counts in shown.items():
        looks, articles = counts.total(), counts.pop(PageKind.ARTICLE, 0)
        if looks >= _LEAST and articles * 2 < looks:
            walled[outlet] = Walled(looks, dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))))
    return walled
