"""A week of coverage: what is unusual in it, what rises and falls, and its most copied stories."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from db.coverage.cells import TOTAL, count_stories, span
from db.coverage.first_seen import (
    StoriesAsked,
    TopStory,
    first_appearances,
    first_pairs,
    list_top_stories,
    top_stories,
)
from db.coverage.pairs import read_pair_days
from db.enums.coverage import CoverageSplit
from worker.coverage.attention import MIN_ARTICLES, AttentionHistory, load_history
from worker.coverage.health import HealthReader, collection_health_by_day, day_not_over
from worker.coverage.profile import BURST_RATE, UnusualDays, join_days
from worker.coverage.series import SeriesQuestion, read_counts
from worker.coverage.stats.bursts import DayJudgement, discoveries
from worker.coverage.stats.compare import Comparison, compare
from worker.coverage.unusual import OLD_ENOUGH_DAYS, measure_interest

DAYS = 7
_BURSTS, _FIRSTS, _PAIRS, _PAIRS_READ, _CHANGES, _STORIES = 10, 8, 6, 20, 8, 8
COURSE_DAYS = 56
"""Days of the course beside an entity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """An entity, or two, unusual in the week: with its articles, and a story behind them."""

    entity: str
    other: str | None = None
    """The entity that it was named with for the first time."""
    since: date
    until: date
    articles: int
    unusual: UnusualDays | None = None
    """The burst; None for a first appearance."""
    first_on: date | None = None
    """The day of the first appearance, if it was in this week."""
    course: Sequence[int] = ()
    """Articles of the entity on each of the last days."""
    story: TopStory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekChange:
    """The change of an entity from one week to the next that chance does not explain."""

    entity: str
    articles: tuple[int, int]
    comparison: Comparison
    course: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekTotals:
    """The numbers of a week."""

    articles: int = 0
    stories: int = 0
    outlets: int = 0
    entities: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekReport:
    """A week of seven days, with the week before."""

    since: date
    until: date
    totals: WeekTotals
    before: WeekTotals
    course: Sequence[int]
    """Articles of each of the last days."""
    bursts: Sequence[Highlight]
    firsts: Sequence[Highlight]
    pairs: Sequence[Highlight]
    compared: tuple[date, date]
    """First day of the week before, and last day of the week, of rising and falling entities: days that are over."""
    rising: Sequence[WeekChange]
    falling: Sequence[WeekChange]
    judged: int
    """Number of entities compared."""
    stories: Sequence[TopStory]
    age_days: int
    """Days from the first article to the end of the week."""


def read_week(
    conn: Connection, until: date, *, now: datetime, read_health: HealthReader = collection_health_by_day
) -> WeekReport:
    """Return the report of the seven days that end on `until`. It reads cells of entities, and facts of days."""
    today = day_not_over(conn, now)
    since = until - timedelta(days=DAYS - 1)
    past = load_history(conn, since, until, today=today, read_health=read_health)
    known = span(conn)
    began = known[0] if known else until
    firsts, pairs = _find_firsts(conn, past, since, until, began)
    bursts = _find_bursts(conn, past, since, until, {first.entity: first.since for first in firsts})
    burst = {one.entity for one in bursts}
    last_whole = min(until, today - timedelta(days=1))
    changes = _find_changes(past, last_whole)
    stories = top_stories(conn, [TOTAL], since, until, limit=_STORIES)
    return WeekReport(
        since=since,
        until=until,
        totals=_read_totals(conn, past, since, until),
        before=_read_totals(conn, past, since - timedelta(days=DAYS), since - timedelta(days=1)),
        course=_read_course(conn, until),
        bursts=bursts,
        firsts=[first for first in firsts if first.entity not in burst],
        pairs=pairs,
        compared=(last_whole - timedelta(days=2 * DAYS - 1), last_whole),
        rising=[change for change in changes if change.comparison.ratio.low > 1][:_CHANGES],
        falling=[change for change in changes if change.comparison.ratio.high < 1][:_CHANGES],
        judged=len(past.counts),
        stories=[story for story in stories if story.articles > 1],
        age_days=(until - began).days,
    )


def _find_bursts(
    conn: Connection, past: AttentionHistory, since: date, until: date, firsts: dict[str, date]
) -> list[Highlight]:
    """Return the bursts of the week, one for each run of days; each day is judged as `coverage --unusual` does."""
    found: dict[str, list[tuple[date, DayJudgement]]] = {}
    for day in _list_days(since, until):
        judged = past.judge_entities(day)
        for place in discoveries([one.p for _, one in judged], BURST_RATE):
            entity, one = judged[place]
            if one.count >= MIN_ARTICLES:
                found.setdefault(entity, []).append((day, one))
    bursts = [
        Highlight(
            entity=entity,
            since=burst.since,
            until=burst.day,
            articles=burst.articles,
            unusual=burst,
            first_on=firsts.get(entity),
            course=read_course(past, entity, until),
        )
        for entity, days in found.items()
        for burst in join_days(days)
    ]
    return _with_stories(conn, sorted(bursts, key=_burst_rank)[:_BURSTS])


def _burst_rank(burst: Highlight) -> tuple[float, str]:
    assert burst.unusual is not None
    return -measure_interest(burst.articles, burst.unusual.expected), burst.entity


def _find_firsts(
    conn: Connection, past: AttentionHistory, since: date, until: date, began: date
) -> tuple[list[Highlight], list[Highlight]]:
    """Return the first appearances of entities and of pairs in the week; none while the store is young."""
    if (since - began).days < OLD_ENOUGH_DAYS:
        return [], []
    new = first_appearances(conn, since, until)
    entities = {entity for _, entity, _ in new}
    firsts = [
        Highlight(
            entity=entity, since=on, until=until, articles=number, first_on=on, course=read_course(past, entity, until)
        )
        for on, entity, number in sorted(new, key=lambda one: (-one[2], one[1]))[:_FIRSTS]
    ]
    pairs = [
        Highlight(entity=entity, other=other, since=on, until=until, articles=number, first_on=on)
        for on, entity, other, number in first_pairs(conn, since, until, limit=_PAIRS_READ + len(entities))
        if not {entity, other} & entities  # otherwise the new entity is the news
    ]
    return _with_stories(conn, firsts), _one_for_each_story(conn, _with_stories(conn, pairs[:_PAIRS_READ]))


def _one_for_each_story(conn: Connection, pairs: Sequence[Highlight]) -> list[Highlight]:
    """Return the first pair of each story, with its course: one story that names ten entities makes many pairs."""
    by_story = {pair.story.article_id if pair.story else place: pair for place, pair in enumerate(reversed(pairs))}
    chosen = [pair for pair in pairs if pair in by_story.values()][:_PAIRS]
    return [replace(pair, course=_read_pair_course(conn, pair)) for pair in chosen]


def _read_pair_course(conn: Connection, pair: Highlight) -> list[int]:
    assert pair.other is not None
    since = pair.until - timedelta(days=COURSE_DAYS - 1)
    counts = read_pair_days(conn, pair.entity, pair.other, since, pair.until)
    return [counts.get(day, 0) for day in _list_days(since, pair.until)]


def _with_stories(conn: Connection, highlights: Iterable[Highlight]) -> list[Highlight]:
    listed = list(highlights)
    asked = [
        StoriesAsked([entity for entity in (one.entity, one.other) if entity is not None], one.since, one.until)
        for one in listed
    ]
    found = list_top_stories(conn, asked, limit=1)
    return [replace(one, story=stories[0] if stories else None) for one, stories in zip(listed, found, strict=True)]


def _find_changes(past: AttentionHistory, last: date) -> list[WeekChange]:
    """Return the entities whose ratio of two weeks has an interval without 1, the most certain first."""
    end = (last - past.first).days + 1
    changes = []
    for entity, counts in past.counts.items():
        before, after = counts[end - 2 * DAYS : end - DAYS], counts[end - DAYS : end]
        if not (sum(before) or sum(after)):
            continue
        found = compare(before, after)
        if found.ratio.low > 1 or found.ratio.high < 1:
            course = read_course(past, entity, last)
            changes.append(
                WeekChange(entity=entity, articles=(sum(before), sum(after)), comparison=found, course=course)
            )
    return sorted(changes, key=lambda change: (-measure_certainty(change.comparison), change.entity))


def measure_certainty(comparison: Comparison) -> float:
    """Return the distance of a ratio's interval from 1, on the scale of logarithms. Pure."""
    low, high = comparison.ratio.low, comparison.ratio.high
    if low > 1:
        return math.log(low)
    return -math.log(high) if 0 < high < 1 else math.inf if high <= 0 else 0.0


def read_course(past: AttentionHistory, entity: str, last: date) -> list[int]:
    """Return the articles of an entity on each of the last days. Pure."""
    end = (last - past.first).days + 1
    return list(past.counts.get(entity, ()))[max(0, end - COURSE_DAYS) : end]


def _read_totals(conn: Connection, past: AttentionHistory, since: date, until: date) -> WeekTotals:
    cells = read_counts(conn, SeriesQuestion(entities=[TOTAL], split=CoverageSplit.SOURCE), since, until)
    first, after = (since - past.first).days, (until - past.first).days + 1
    return WeekTotals(
        articles=sum(counts.articles for counts in cells.values()),
        stories=count_stories(conn, TOTAL, since, until),
        outlets=len({outlet for (_, _, outlet), counts in cells.items() if counts.articles}),
        entities=sum(1 for counts in past.counts.values() if any(counts[first:after])),
    )


def _read_course(conn: Connection, until: date) -> list[int]:
    since = until - timedelta(days=COURSE_DAYS - 1)
    cells = read_counts(conn, SeriesQuestion(entities=[TOTAL]), since, until)
    by_day = {day: counts.articles for (day, _, _), counts in cells.items()}
    return [by_day.get(day, 0) for day in _list_days(since, until)]


def read_outlet_courses(conn: Connection, outlets: Collection[str], until: date) -> dict[str, list[int]]:
    """Return the articles of outlets on each of the last days."""
    since = until - timedelta(days=COURSE_DAYS - 1)
    courses = {outlet: [0] * COURSE_DAYS for outlet in outlets}
    cells = read_counts(conn, SeriesQuestion(entities=[TOTAL], split=CoverageSplit.SOURCE), since, until)
    for (day, _, outlet), counts in cells.items():
        if outlet in courses:
            courses[outlet][(day - since).days] = counts.articles
    return courses


def _list_days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=number) for number in range((until - since).days + 1)]
