"""`steppewatch source list`: all outlets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit
from cli.shared.store import open_store
from cli.shared.tables import Format, cell, new_table, wants_json

if TYPE_CHECKING:
    from rich.table import Table

    from db.collection.feeds.losses import MeasuredLoss
    from db.collection.sources.sources import SourceRow

_WIDE = 120
"""Columns of a terminal from which all facts have room."""
_HARDLY_ANY = 0.99
"""The share of items seen from which a loss is not worth a remark."""


def source_list(
    format: Annotated[Format | None, typer.Option(help="json (one outlet per line) or table.")] = None,
) -> None:
    """List the outlets: how each is collected, its state, and its numbers of feeds and articles.

    `complete` is the share of items of their feeds that are believed to have been seen in the last seven days.

    Example: steppewatch source list --format json
    """
    from db.collection.feeds.losses import find_newest, measure_losses
    from db.collection.sources.sources import list_sources
    from db.status import read_outlet_states
    from worker.catalogue.records import outlet_row_record

    now = datetime.now(UTC)
    with open_store().reading() as conn:
        rows = list_sources(conn)
        states = read_outlet_states(conn, now=now)
        losses = measure_losses(conn, until=now)
        newest = find_newest(conn)
    if wants_json(format):
        for row in rows:
            emit(outlet_row_record(row, states[row.id], losses.get(row.id), newest.get(row.id)))
    else:
        from rich.console import Console

        console = Console()
        console.print(_list_table(rows, states, losses, is_wide=console.width >= _WIDE))


def _list_table(
    rows: Sequence[SourceRow], states: Mapping[str, str], losses: Mapping[str, MeasuredLoss], *, is_wide: bool
) -> Table:
    """Return the table; on a narrow terminal without the names, countries and ways of collection."""
    more = ("name", "country", "by") if is_wide else ()
    table = new_table("id", *more, "state", "#feeds", "#articles", "latest", "trouble")
    for column in table.columns:
        column.no_wrap = column.header in ("id", "latest", "state")
    for row in rows:
        latest = row.latest_at and row.latest_at.date()
        numbers = (f"{row.feeds:,}", f"{row.articles:,}")
        facts = (row.name, row.country, row.collected_by) if is_wide else ()
        trouble = row.last_error or _describe_loss(losses.get(row.id))
        table.add_row(*map(cell, (row.id, *facts, states[row.id], *numbers, latest, trouble)))
    return table


def _describe_loss(loss: MeasuredLoss | None) -> str | None:
    """Return a remark on an outlet of which more than one item in a hundred may have been missed."""
    complete = None if loss is None else loss.complete
    return None if complete is None or complete > _HARDLY_ANY else f"{1 - complete:.0%} of its items may be missing"
