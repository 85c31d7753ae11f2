"""`steppewatch source list`: all outlets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit
from cli.shared.store import open_store
from cli.shared.tables import Format, cell, instant, new_table, wants_json

if TYPE_CHECKING:
    from rich.table import Table

    from db.collection.sources import SourceRow


def source_list(
    format: Annotated[Format | None, typer.Option(help="json (one outlet per line) or table.")] = None,
) -> None:
    """List the outlets: how each is collected, its state, and its numbers of feeds and articles.

    Example: steppewatch source list --format json
    """
    from db.collection.sources import list_sources
    from db.status import read_outlet_states

    with open_store().reading() as conn:
        rows = list_sources(conn)
        states = read_outlet_states(conn, now=datetime.now(UTC))
    if wants_json(format):
        for row in rows:
            emit(_row_record(row, states[row.id]))
    else:
        from rich.console import Console

        Console().print(_list_table(rows, states))


def _row_record(row: SourceRow, state: str) -> dict[str, object]:
    return {**asdict(row), "latest_at": instant(row.latest_at), "state": state}


def _list_table(rows: Sequence[SourceRow], states: Mapping[str, str]) -> Table:
    table = new_table("id", "name", "country", "by", "state", "#feeds", "#articles", "latest", "trouble")
    table.columns[0].no_wrap = table.columns[7].no_wrap = True
    for row in rows:
        latest = row.latest_at and row.latest_at.date()
        numbers = (f"{row.feeds:,}", f"{row.articles:,}")
        facts = (row.id, row.name, row.country, row.collected_by, states[row.id])
        table.add_row(*map(cell, (*facts, *numbers, latest, row.last_error)))
    return table
