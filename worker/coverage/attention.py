"""Unusual attention to entities on a day, from the counts in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from db.coverage.cells import cells_query, span
from db.models import CoverageCell, CoverageSeries
from worker.coverage.health import HealthReader, collection_health_by_day
from worker.coverage.stats.bursts import GUARD, HISTORY, WINDOWS, CountedDay, DayJudgement, judge_all

MIN_ARTICLES = 3
"""Fewer articles are no burst, however rare the entity."""
_BEFORE = timedelta(days=HISTORY + GUARD + max(WINDOWS))


@dataclass(frozen=True, slots=True)
class AttentionHistory:
    """Articles of each day, by entity, and the days excluded from the baseline."""

    first: date
    counts: Mapping[str, Sequence[int]]
    masked: frozenset[int]
    """Positions of days before the first collection, or with impaired collection."""

    def judged(self, entity: str, day: date) -> DayJudgement | None:
        """Return the judgement on the count of a day; None with too few known days before it."""
        return self.judge([(entity, day)]).get((entity, day))

    def judge_entities(self, day: date) -> list[tuple[str, DayJudgement]]:
        """Return the judgements on the counts of a day, of all entities with articles on it or just before it."""
        return [(entity, judged) for (entity, _), judged in self.judge([(one, day) for one in self.counts]).items()]

    def judge(self, asked: Iterable[tuple[str, date]]) -> dict[tuple[str, date], DayJudgement]:
        """Return the judgements on the counts of entities on days; those with too few known days are left out."""
        known = [(entity, day) for entity, day in asked if self._is_counted(entity, (day - self.first).days)]
        days = [CountedDay(self.counts[entity], (day - self.first).days) for entity, day in known]
        judged = judge_all(days, first_weekday=self.first.weekday(), masked=self.masked)
        return {key: one for key, one in zip(known, judged, strict=True) if one is not None}

    def _is_counted(self, entity: str, place: int) -> bool:
        counts = self.counts.get(entity)
        return counts is not None and any(counts[max(0, place - max(WINDOWS) + 1) : place + 1])


def load_history(
    conn: Connection,
    since: date,
    until: date,
    *,
    today: date,
    entities: Sequence[str] | None = None,
    read_health: HealthReader = collection_health_by_day,
) -> AttentionHistory:
    """Return the data for judging each day of a range, of all entities or of some."""
    first = since - _BEFORE
    length = (until - first).days + 1
    counts: dict[str, list[int]] = {}
    cells = cells_query(since=first, until=until, entities=entities)
    columns = (CoverageCell.bucket_on, CoverageSeries.entity_id, CoverageCell.articles)
    places = {first + timedelta(days=place): place for place in range(length)}
    for day, entity, articles in conn.execute(cells.with_only_columns(*columns)).all():
        if entity not in counts:
            counts[entity] = [0] * length
        counts[entity][places[day]] = articles
    known = span(conn)
    began = known[0] if known else date.max
    health = read_health(conn, first, until, today=today)
    masked = {
        (day - first).days
        for day, state in health.items()
        if day < began or (state.alive is not None and state.alive < 0.5)
    }
    return AttentionHistory(first, counts, frozenset(masked))
