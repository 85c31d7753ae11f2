"""Generator of pages and tables under `docs/`: `make docs`, or `python -m cli.docs.pages`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from cli.docs import closed_sets
from cli.docs.api import api_reference
from cli.docs.commands import reference
from cli.docs.folders import code_map
from db import settings
from db.enums.alerts import status_table
from worker.export.formats import column_page

FOLDER = Path(__file__).resolve().parents[2] / "docs"


def columns(page: str) -> str:
    """Return the page of columns, with its own heading and all tables."""
    head, _, _ = page.partition("\n\n")
    return f"{head}\n\n{column_page.described()}"


def settings_table(page: str) -> str:
    """Return the page of settings with the current table."""
    return replace_table(page, settings.described())


def replace_table(page: str, table: str) -> str:
    """Return a page in which the table with the same header row is replaced by `table`."""
    head = table.partition("\n")[0]
    before, found, rest = page.partition(head)
    if not found:
        raise ValueError(f"the page has no table that begins with {head!r}")
    lines = rest.split("\n")[1:]
    while lines and lines[0].startswith("|"):
        lines.pop(0)
    return before + table + "\n".join(lines)


def statuses(page: str) -> str:
    """Return the page of alerts with the table of statuses as the code has it."""
    return replace_table(page, status_table())


GENERATED: dict[str, Callable[[str], str]] = {
    "reference/alerts.md": statuses,
    "reference/api.md": lambda _: api_reference(),
    "reference/cli.md": lambda _: reference(),
    "reference/code.md": lambda _: code_map(),
    "reference/export-columns.md": columns,
    "reference/settings.md": settings_table,
    "reference/states.md": lambda _: closed_sets.page(),
}
"""The function that generates each page from its old text."""


def main() -> None:
    """Write the pages that have changed, and print their names."""
    for name, generate in GENERATED.items():
        path = FOLDER / name
        page = path.read_text("utf-8") if path.exists() else ""
        if (new := generate(page)) != page:
            path.write_text(new, "utf-8")
            sys.stderr.write(f"written: docs/{name}\n")


if __name__ == "__main__":
    main()
