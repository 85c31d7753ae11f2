"""Unusual attention of a day, over all entities: bursts and first appearances."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from db.articles.counting_day import day_at
from db.coverage.cells import span
from db.coverage.first_seen import StoriesAsked, first_appearances, first_pairs, list_top_stories
from worker.coverage.attention import MIN_ARTICLES, load_history
from worker.coverage.health import HealthReader, collection_health_by_day, day_not_over
from worker.coverage.stats.bursts import DayJudgement, discoveries

_NEW_DAYS, OLD_ENOUGH_DAYS = 3, 28
"""Age in days up to which an appearance is new, and the minimum age of the store for first appearances."""
_PAIRS, _STORIES = 20, 3
"""Maximum number of pairs, and of stories per entry."""


class UnusualKind(StrEnum):
    """The kind of unusual attention."""

    BURST = "burst"
    FIRST = "first"
    FIRST_TOGETHER = "first together"


def latest_day(conn: Connection, *, now: datetime) -> date:
    """Return the last day with articles, but no later day than the current one."""
    known = span(conn)
    today = day_at(conn, now)
    return min(known[1], today) if known else today


def find_unusual(
    conn: Connection,
    day: date,
    *,
    rate: float,
    now: datetime,
    read_health: HealthReader = collection_health_by_day,
) -> list[dict[str, Any]]:
    """Return the unusual entities of a day, most interesting first; a share of `rate` of the bursts is chance."""
    known = span(conn)
    if known is None:
        return []
    found = [*_find_bursts(conn, day, rate, now, read_health), *_find_first_appearances(conn, day, known[0])]
    records = sorted(_merge_first_into_bursts(found), key=lambda record: -record["interest"])
    stories = list_top_stories(conn, [record["stories"] for record in records], limit=_STORIES)
    return [
        record | {"stories": [asdict(story) for story in each]} for record, each in zip(records, stories, strict=True)
    ]


def _merge_first_into_bursts(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records with the first appearance of an entity merged into its burst on the same day."""
    first = {record["entity"]: record["since"] for record in records if record["kind"] is UnusualKind.FIRST}
    burst = {record["entity"] for record in records if record["kind"] is UnusualKind.BURST}
    return [
        record
        | (
            {"first": first[record["entity"]]}
            if record["kind"] is UnusualKind.BURST and record["entity"] in first
            else {}
        )
        for record in records
        if record["kind"] is not UnusualKind.FIRST or record["entity"] not in burst
    ]


def measure_interest(articles: int, expected: float, *, is_pair: bool = False) -> float:
    """Return the interest of an entry: articles above expectation, in units of chance; halved for a pair.

    Two entities appearing together for the first time often means only an article that names many. Pure.
    """
    return round((articles - expected) / math.sqrt(expected + 1) * (0.5 if is_pair else 1), 2)


def _find_bursts(
    conn: Connection, day: date, rate: float, now: datetime, read_health: HealthReader
) -> list[dict[str, Any]]:
    """Return the entities with unusually many articles; a share of `rate` of them is expected to be chance."""
    past = load_history(conn, day, day, today=day_not_over(conn, now), read_health=read_health)
    judged = past.judge_entities(day)
    places = discoveries([found.p for _, found in judged], rate)
    return [_burst(day, *judged[place]) for place in places if judged[place][1].count >= MIN_ARTICLES]


def _burst(day: date, entity: str, judged: DayJudgement) -> dict[str, Any]:
    begin = day - timedelta(days=judged.days - 1)
    return {
        "kind": UnusualKind.BURST,
        "entity": entity,
        "since": begin.isoformat(),
        "until": day.isoformat(),
        "articles": judged.count,
        "expected": round(judged.expected, 2),
        "p": float(f"{judged.p:.3g}"),
        "interest": measure_interest(judged.count, judged.expected),
        "stories": StoriesAsked([entity], begin, day),
    }


def _find_first_appearances(conn: Connection, day: date, began: date) -> list[dict[str, Any]]:
    """Return first appearances of the last days; none while the store is young."""
    since = day - timedelta(days=_NEW_DAYS - 1)
    if (since - began).days < OLD_ENOUGH_DAYS:
        return []
    new = first_appearances(conn, since, day)
    entities = {entity for _, entity, _ in new}
    records: list[dict[str, Any]] = []
    for on, entity, articles in new:
        counted = {"articles": articles, "interest": measure_interest(articles, 0)}
        stories = StoriesAsked([entity], on, day)
        records.append(
            {"kind": UnusualKind.FIRST, "entity": entity, "since": on.isoformat(), **counted, "stories": stories}
        )
    for on, entity, other, articles in first_pairs(conn, since, day, limit=_PAIRS + len(entities)):
        if not {entity, other} & entities:  # otherwise the new entity is the news
            stories = StoriesAsked([entity, other], on, day)
            pair = {"kind": UnusualKind.FIRST_TOGETHER, "entity": entity, "with": other, "since": on.isoformat()}
            counted = {"articles": articles, "interest": measure_interest(articles, 0, is_pair=True)}
            records.append(pair | counted | {"stories": stories})
    return records
