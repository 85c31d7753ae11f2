"""`steppewatch source suggest`: hosts that may be worth collecting."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.shared.output import emit
from cli.shared.store import open_store
from cli.shared.tables import instant, print_table, wants_json
from cli.source.parts.feeds import FORMAT


def source_suggest(
    limit: Annotated[int, typer.Option(min=1, max=1_000, metavar="N", help="How many at most.")] = 20,
    format: FORMAT = None,
) -> None:
    """List hosts that are not collected, but that articles link to or aggregators name.

    First those that most outlets name. Networks of people, shorteners and advertisements are left out, and outlets that
    you removed. Links are counted when an article comes in.

    Example: steppewatch source suggest --limit 50
    """
    from db.collection.sources.linked_hosts import suggest_hosts

    with open_store().reading() as conn:
        found = suggest_hosts(conn, limit=limit)
    if not wants_json(format):
        titles = ("host", "#outlets", "#articles", "#entries", "example")
        rows = [(one.host, len(one.named_by), f"{one.articles:,}", f"{one.entries:,}", one.example) for one in found]
        print_table(titles, rows, empty="no host to suggest")
        return
    for one in found:
        emit(
            {
                "host": one.host,
                "outlets": len(one.named_by),
                "articles": one.articles,
                "entries": one.entries,
                "named_by": sorted(one.named_by)[:20],
                "last_at": instant(one.last_at),
                "example": one.example,
                "add": f"steppewatch source add https://{one.host}",
            }
        )
