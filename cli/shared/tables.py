"""Rows on a terminal, as a table without rules."""

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
    """Output format of a result."""

    json = "json"
    table = "table"


def wants_json(format: Format | None) -> bool:
    """Return whether to print JSON: on request, or when stdout is not a terminal."""
    return (format or (Format.table if sys.stdout.isatty() else Format.json)) is Format.json


def new_table(*titles: str) -> Table:
    """Return a table without rules; titles that begin with # are columns of numbers."""
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False, show_header=bool(titles))
    for title in titles:
        table.add_column(title.removeprefix("#"), justify="right" if title.startswith("#") else "left")
    return table


def cell(value: object, style: str = "") -> Text:
    """Return a table cell: untrusted text is neither taken for markup nor obeyed by the terminal, and never truncated.

    A Text is returned unchanged.
    """
    from rich.text import Text

    if isinstance(value, Text):
        return value
    return Text("" if value is None else escape_controls(str(value)), style=style, overflow="fold")


def print_table(titles: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "none") -> None:
    """Print rows under titles, or `empty` if there are none."""
    from rich.console import Console

    table = new_table(*titles)
    for row in rows:
        table.add_row(*map(cell, row))
    Console().print(table if table.row_count else empty)


def instant(moment: datetime | None) -> str | None:
    """Return the instant as ISO 8601 in UTC, truncated to whole seconds."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
