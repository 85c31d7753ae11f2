"""Rows on a terminal: a table without lines."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from cli.shared.output import escape_controls

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text


class Format(StrEnum):
    """How a result is printed."""

    json = "json"
    table = "table"


def wants_json(format: Format | None) -> bool:
    """Return whether JSON is wanted: asked for, or not written to a terminal."""
    return (format or (Format.table if sys.stdout.isatty() else Format.json)) is Format.json


def new_table(*titles: str) -> Table:
    """Return a table without lines; titles that begin with # are of numbers."""
    from rich.table import Table

    made = Table(box=None, header_style="bold", pad_edge=False, show_header=bool(titles))
    for title in titles:
        made.add_column(title.removeprefix("#"), justify="right" if title.startswith("#") else "left")
    return made


def cell(value: object, style: str = "") -> Text:
    """Return a cell: what others wrote is not taken for markup, not obeyed by the terminal, and not cut short.

    A cell that is made already stays.
    """
    from rich.text import Text

    if isinstance(value, Text):
        return value
    return Text("" if value is None else escape_controls(str(value)), style=style, overflow="fold")


def print_table(titles: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "none") -> None:
    """Print rows under titles, or a word for there being none."""
    from rich.console import Console

    made = new_table(*titles)
    for row in rows:
        made.add_row(*map(cell, row))
    Console().print(made if made.row_count else empty)


def instant(moment: datetime | None) -> str | None:
    """Return the instant as ISO 8601 in UTC, cut to whole seconds."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
