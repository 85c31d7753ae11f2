"""What is unusual now, over all entities: bursts, and what is seen for the first time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cli.coverageshow import print_list
from cli.output import inert
from cli.store import open_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from worker.coverage.bursts import Judged

_NEW_DAYS, _OLD_ENOUGH_DAYS = 3, 28
"""What counts as new; and how old a store has to be before anything in it can be new."""
_PAIRS, _STORIES = 20, 3
"""Most pairs, most stories of each entry."""


def unusual(*, until: date | None, rate: float, as_json: bool) -> None:
    """Print what is unusual on a day, by default the last one with articles that has begun."""
    from db.coverage import span
    from db.vocabularies import find_labels

    with open_store().reading() as conn:
        known = span(conn)
        records: list[dict[str, Any]] = []
        day = until or min(known[1] if known else date.max, datetime.now(UTC).date())
        if known is not None:
            records = [*_bursts(conn, day, rate), *_first(conn, day, known[0])]
        labels = find_labels(conn)
    if as_json:
        print_list(records)
    else:
        _print(day, records, labels, rate)


def _bursts(conn: Connection, day: date, rate: float) -> list[dict[str, Any]]:
    """Return the entities with unusually many articles: of these a share of `rate` is expected to be chance."""
    from worker.coverage.bursts import discoveries
    from worker.unusual import LEAST, read_past

    past = read_past(conn, day, day, today=datetime.now(UTC).date())
    judged = [(entity, found) for entity in past.counts if (found := past.judged(entity, day)) is not None]
    places = discoveries([found.p for _, found in judged], rate)
    return [_burst(conn, day, *judged[place]) for place in places if judged[place][1].count >= LEAST]


def _burst(conn: Connection, day: date, entity: str, judged: Judged) -> dict[str, Any]:
    begin = day - timedelta(days=judged.days - 1)
    return {
        "kind": "burst",
        "entity": entity,
        "since": begin.isoformat(),
        "until": day.isoformat(),
        "articles": judged.count,
        "expected": round(judged.expected, 2),
        "p": float(f"{judged.p:.3g}"),
        "stories": _stories(conn, [entity], begin, day),
    }


def _stories(conn: Connection, entities: list[str], since: date, until: date) -> list[dict[str, Any]]:
    from db.appearances import stories_behind

    return [asdict(story) for story in stories_behind(conn, entities, since, until, limit=_STORIES)]


def _first(conn: Connection, day: date, began: date) -> list[dict[str, Any]]:
    """Return what appeared in the last days for the first time; nothing while the store is young."""
    from db.appearances import first_appearances, first_pairs

    since = day - timedelta(days=_NEW_DAYS - 1)
    if (since - began).days < _OLD_ENOUGH_DAYS:
        return []
    new = first_appearances(conn, since, day)
    entities = {entity for _, entity in new}
    records: list[dict[str, Any]] = [
        {"kind": "first", "entity": entity, "since": on.isoformat(), "stories": _stories(conn, [entity], on, day)}
        for on, entity in new
    ]
    for on, entity, other, articles in first_pairs(conn, since, day, limit=_PAIRS + len(entities)):
        if not {entity, other} & entities:  # else the news is the entity
            stories = _stories(conn, [entity, other], on, day)
            pair = {"kind": "first together", "entity": entity, "with": other, "since": on.isoformat()}
            records.append(pair | {"articles": articles, "stories": stories})
    return records


def _print(day: date, records: list[dict[str, Any]], labels: Mapping[str, str], rate: float) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if not records:
        console.print(f"Nothing unusual on {day}.")
    for record in records:
        title = Text(labels.get(record["entity"], record["entity"]), style="bold")
        if record["kind"] == "burst":
            days = "" if record["since"] == record["until"] else " in three days"
            title.append(f"  {record['articles']:,} articles{days}, {record['expected']:g} expected", style="not bold")
            title.append(f" (p = {record['p']:g})", style="dim not bold")
        elif record["kind"] == "first":
            title.append(f"  for the first time on {record['since']}", style="not bold")
        else:
            other = labels.get(record["with"], record["with"])
            title.append(f" and {other}  together for the first time on {record['since']}", style="not bold")
        console.print(title)
        for story in record["stories"]:
            console.print(Text(inert(f"  {story['articles']:,} × {story['title'] or story['url']}"), style="dim"))
    if any(record["kind"] == "burst" for record in records):
        console.print(f"Of these bursts {rate:.0%} are expected to be chance (Benjamini and Hochberg).", style="dim")
