"""Unusual attention, over all entities: bursts and first appearances."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cli.coverage.render import print_list
from cli.shared.output import escape_controls, note
from cli.shared.store import open_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from worker.coverage.stats.bursts import DayJudgement

_NEW_DAYS, _OLD_ENOUGH_DAYS = 3, 28
"""Age in days up to which an appearance is new, and the minimum age of the store for first appearances."""
_PAIRS, _STORIES, _SHOWN = 20, 3, 10
"""Maximum number of pairs, of stories per entry, and of entries without --all."""


class UnusualKind(StrEnum):
    """The kind of unusual attention."""

    BURST = "burst"
    FIRST = "first"
    FIRST_TOGETHER = "first together"


def unusual(*, until: date | None, rate: float, as_json: bool, everything: bool) -> None:
    """Print the unusual entities of a day, most interesting first; by default the last day with articles."""
    from db.articles.counting_day import day_at
    from db.coverage.cells import span
    from db.vocabulary.versions import find_labels

    with open_store().reading() as conn:
        known = span(conn)
        records: list[dict[str, Any]] = []
        day = until or min(known[1] if known else date.max, day_at(conn, datetime.now(UTC)))
        if known is not None:
            found = _merge_first_into_bursts(
                [*_find_bursts(conn, day, rate), *_find_first_appearances(conn, day, known[0])]
            )
            records = sorted(found, key=lambda record: -record["interest"])
        labels = find_labels(conn)
    shown = records if everything else records[:_SHOWN]
    if as_json:
        print_list(shown)
    else:
        _print(day, shown, labels, rate)
    if len(shown) < len(records):
        note(f"{len(records) - len(shown)} more of less interest; use --all to show them")


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


def _find_bursts(conn: Connection, day: date, rate: float) -> list[dict[str, Any]]:
    """Return the entities with unusually many articles; a share of `rate` of them is expected to be chance."""
    from worker.coverage.attention import MIN_ARTICLES, load_history
    from worker.coverage.health import day_not_over
    from worker.coverage.stats.bursts import discoveries

    past = load_history(conn, day, day, today=day_not_over(conn, datetime.now(UTC)))
    judged = [(entity, found) for entity in past.counts if (found := past.judged(entity, day)) is not None]
    places = discoveries([found.p for _, found in judged], rate)
    return [_burst(conn, day, *judged[place]) for place in places if judged[place][1].count >= MIN_ARTICLES]


def _burst(conn: Connection, day: date, entity: str, judged: DayJudgement) -> dict[str, Any]:
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
        "stories": _stories(conn, [entity], begin, day),
    }


def _stories(conn: Connection, entities: list[str], since: date, until: date) -> list[dict[str, Any]]:
    from db.coverage.first_seen import top_stories

    return [asdict(story) for story in top_stories(conn, entities, since, until, limit=_STORIES)]


def _find_first_appearances(conn: Connection, day: date, began: date) -> list[dict[str, Any]]:
    """Return first appearances of the last days; none while the store is young."""
    from db.coverage.first_seen import first_appearances, first_pairs

    since = day - timedelta(days=_NEW_DAYS - 1)
    if (since - began).days < _OLD_ENOUGH_DAYS:
        return []
    new = first_appearances(conn, since, day)
    entities = {entity for _, entity, _ in new}
    records: list[dict[str, Any]] = []
    for on, entity, articles in new:
        counted = {"articles": articles, "interest": measure_interest(articles, 0)}
        stories = _stories(conn, [entity], on, day)
        records.append(
            {"kind": UnusualKind.FIRST, "entity": entity, "since": on.isoformat(), **counted, "stories": stories}
        )
    for on, entity, other, articles in first_pairs(conn, since, day, limit=_PAIRS + len(entities)):
        if not {entity, other} & entities:  # otherwise the new entity is the news
            stories = _stories(conn, [entity, other], on, day)
            pair = {"kind": UnusualKind.FIRST_TOGETHER, "entity": entity, "with": other, "since": on.isoformat()}
            counted = {"articles": articles, "interest": measure_interest(articles, 0, is_pair=True)}
            records.append(pair | counted | {"stories": stories})
    return records


def _articles(number: int) -> str:
    return f"{number:,} article{'' if number == 1 else 's'}"


def _print(day: date, records: list[dict[str, Any]], labels: Mapping[str, str], rate: float) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if not records:
        console.print(f"Nothing unusual on {day}.")
    for record in records:
        title = Text(labels.get(record["entity"], record["entity"]), style="bold")
        if record["kind"] is UnusualKind.BURST:
            days = "" if record["since"] == record["until"] else " in three days"
            counted = f"  {_articles(record['articles'])}{days}, {record['expected']:g} expected"
            title.append(
                counted + (f", for the first time on {record['first']}" if "first" in record else ""), style="not bold"
            )
        elif record["kind"] is UnusualKind.FIRST:
            title.append(f"  for the first time on {record['since']}", style="not bold")
        else:
            other = labels.get(record["with"], record["with"])
            title.append(f" and {other}  together for the first time on {record['since']}", style="not bold")
        if record["kind"] is not UnusualKind.BURST:
            title.append(f", {_articles(record['articles'])}", style="not bold")
        for story in record["stories"][:1]:
            title.append(escape_controls(f"  {story['articles']:,} × {story['headline']}"), style="dim not bold")
        if console.is_terminal:
            console.print(title, no_wrap=True, overflow="ellipsis")
        else:
            console.print(title, soft_wrap=True)
    if any(record["kind"] is UnusualKind.BURST for record in records):
        console.print(f"Of these bursts {rate:.0%} are expected to be chance (Benjamini and Hochberg).", style="dim")
