"""`steppewatch source show`: one outlet with its feeds and problems."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.shared.output import emit
from cli.shared.store import open_store
from cli.shared.tables import Format, cell, new_table, wants_json
from db.enums.collection import Confidence

_TRIED = {"succeeded": "works", "failed": "has not worked", "untried": "was not tried yet"}


def source_show(
    outlet: Annotated[str, typer.Argument(metavar="ID", help="The outlet's id, name or domain.")],
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Show an outlet: its addresses, articles, feeds and latest problems.

    `complete` is the share of items believed to have been seen in the last seven days, `missed` how many were not.

    Example: steppewatch source show new-eastern-outlook
    """
    from cli.shared.lookup import source_ids
    from web.shared.hubs import describe_outlet_hubs
    from worker.catalogue.records import outlet_record

    now = datetime.now(UTC)
    with open_store().reading() as conn:
        source_id = source_ids(conn, [outlet])[0]
        record = outlet_record(conn, source_id, now=now, hubs=describe_outlet_hubs(conn, source_id, now=now))
    if wants_json(format):
        emit(record)
    else:
        _print_outlet(record)


def _print_outlet(record: dict[str, Any]) -> None:
    from rich.console import Console

    from db.collection.feeds.feeds import ASKED

    facts = new_table()
    for name, value in record.items():
        if name not in ("feeds", "problems") and value not in (None, [], ""):
            words = ", ".join(value) if isinstance(value, list) else value
            if isinstance(value, dict):
                words = ", ".join(f"{key} {one}" for key, one in value.items() if one)
            facts.add_row(cell(name.replace("_", " ")), cell(words))
    Console().print(facts)
    feeds = new_table("feed", "state", "last success", "next poll", "complete", "trouble")
    for feed in record["feeds"]:
        next_at = feed["next_poll_at"] if feed["state"] in ASKED else None
        planned = f"{next_at}: {feed['next_poll_because']}" if next_at and feed["next_poll_because"] else next_at
        complete = None if feed["complete"] is None else f"{feed['complete']:.1%}"
        trouble = feed["last_error"] or ("says 304 although it has changed" if feed["validators_lie"] else None)
        cells = (feed["url"], _describe_state(feed), feed["succeeded_at"], planned, complete, trouble)
        feeds.add_row(*map(cell, cells))
    Console().print(feeds if record["feeds"] else "no feed")
    for feed in record["feeds"]:
        if feed["hub"]:
            Console(highlight=False, markup=False).print(cell(f"{feed['url']}: {feed['hub']}"))
    if record["problems"]:
        problems = new_table("problem", "what was wrong", "#times", "last")
        for one in record["problems"]:
            problems.add_row(*map(cell, (one["subject"], one["reason"], f"{one['times']:,}", one["last_at"])))
        Console().print(problems)


def _describe_state(feed: dict[str, Any]) -> str:
    state = f"{feed['failures']} failures" if feed["failures"] else str(feed["state"])
    if feed["confidence"] == Confidence.GUESS:
        state += f", a guess that {_TRIED[feed['tried']]}"
    if feed["unverified"]:
        state += f", unverified: its certificate {feed['certificate']}"
    return state
