"""The coverage of one entity beside its series: its bursts, and its outlets, languages and genres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from db.enums.coverage import CoverageSplit
from worker.coverage.attention import MIN_ARTICLES, load_history
from worker.coverage.health import HealthReader, collection_health_by_day
from worker.coverage.series import SeriesQuestion, read_counts
from worker.coverage.stats.bursts import DayJudgement, discoveries
from worker.coverage.stats.series import Counts

BURST_RATE = 0.1
"""Expected share of chance among the bursts found, as in `coverage --unusual`."""
DAYS_JUDGED_MAX = 400
"""Only the latest days of a long range are judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCount:
    """The count of a part of the material: an outlet, a language or a genre."""

    part: str
    articles: int
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusualDays:
    """Days in a row with improbably many articles, described by the least probable of them."""

    day: date
    since: date
    """First day of the window of one or three days that ends on `day`."""
    articles: int
    """Articles in that window."""
    expected: float
    p: float


PartCells = Mapping[tuple[date, str, str], Counts]
"""Counts of an entity by (first day of the period, entity, part)."""


def read_parts(conn: Connection, question: SeriesQuestion, split: CoverageSplit) -> PartCells:
    """Return the counts of an entity by outlet, language or genre in the days of a question."""
    assert question.since is not None
    assert question.until is not None
    return read_counts(conn, replace(question, split=split), question.since, question.until)


def sum_parts(cells: PartCells) -> list[PartCount]:
    """Return the sums of each part, the most articles first.

    Sums of periods are numbers of articles, because each counts in one of them.
    """
    sums: dict[str, tuple[int, int]] = {}
    for (_, _, part), counts in cells.items():
        articles, mentions = sums.get(part, (0, 0))
        sums[part] = articles + counts.articles, mentions + counts.mentions
    counted = [
        PartCount(part=part, articles=articles, mentions=mentions) for part, (articles, mentions) in sums.items()
    ]
    return sorted(counted, key=lambda count: (-count.articles, count.part))


def find_bursts(
    conn: Connection,
    entity: str,
    since: date,
    until: date,
    *,
    today: date,
    read_health: HealthReader = collection_health_by_day,
) -> list[UnusualDays]:
    """Return the bursts of an entity in a range of days, in their order."""
    first = max(since, until - timedelta(days=DAYS_JUDGED_MAX - 1))
    past = load_history(conn, first, until, today=today, entities=[entity], read_health=read_health)
    days = [first + timedelta(days=number) for number in range((until - first).days + 1)]
    judged = [(day, found) for (_, day), found in past.judge([(entity, day) for day in days]).items()]
    places = sorted(discoveries([found.p for _, found in judged], BURST_RATE))
    return join_days([judged[place] for place in places if judged[place][1].count >= MIN_ARTICLES])


def join_days(days: Sequence[tuple[date, DayJudgement]]) -> list[UnusualDays]:
    """Return one burst for each run of days in a row."""
    runs: list[list[tuple[date, DayJudgement]]] = []
    for day, found in days:
        if runs and (day - runs[-1][-1][0]).days == 1:
            runs[-1].append((day, found))
        else:
            runs.append([(day, found)])
    return [_burst(*min(run, key=lambda judged: judged[1].p)) for run in runs]


def _burst(day: date, found: DayJudgement) -> UnusualDays:
    return UnusualDays(
        day=day,
        since=day - timedelta(days=found.days - 1),
        articles=found.count,
        expected=round(float(found.expected), 2),
        p=float(f"{found.p:.3g}"),
    )
