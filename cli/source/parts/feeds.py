"""The feeds of an outlet as arguments of commands, and as a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit, fail
from cli.shared.tables import Format, print_table, wants_json

if TYPE_CHECKING:
    from sqlalchemy import Connection

OUTLET = Annotated[str, typer.Argument(metavar="ID", help="The outlet's id, name or domain.")]
FEED = Annotated[str | None, typer.Option(metavar="URL", help="Only this feed of it; by default all.")]
FORMAT = Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")]


def find_feed(conn: Connection, source_id: str, url: str) -> str:
    """Return the address of an outlet's feed as it is stored. Exit if the outlet has no such feed."""
    from db.collection.feeds.edits import list_feed_states
    from db.net.urls import canonical_url

    feeds = list_feed_states(conn, source_id)
    wanted = url.strip()
    if wanted in feeds:
        return wanted
    try:
        key = canonical_url(wanted)
        same = [known for known in feeds if canonical_url(known) == key]
    except ValueError:
        same = []
    if len(same) != 1:
        known = "its feeds: " + ", ".join(feeds) if feeds else "it has none: add one with steppewatch source add"
        fail(f"{wanted[:200]} is no feed of {source_id}", hint=known)
    return same[0]


def report_feeds(counts: Mapping[str, object], states: Mapping[str, str], format: Format | None) -> None:
    """Print what a command did, and the state of each feed of the outlet."""
    if wants_json(format):
        emit({**counts, "feeds": [{"url": url, "state": state} for url, state in states.items()]})
    else:
        print_table(("feed", "state"), states.items(), empty="no feed")
