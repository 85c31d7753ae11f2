"""The tables of all columns, as `docs/reference/export-columns.md` shows them."""

from __future__ import annotations

from worker.export.formats.column import Column
from worker.export.formats.columns import COLUMNS, DETAILS


def described() -> str:
    """Return the tables of all columns, as `docs/reference/export-columns.md` shows them."""
    parts = []
    for kind, columns in COLUMNS.items():
        parts.append(f"## {kind}\n\n{_table(columns)}")
        parts += [
            f"With `--{detail}` these stand at the end:\n\n{_table(more)}"
            for detail, (of, more) in DETAILS.items()
            if of == kind
        ]
    return "\n".join(parts)


def _table(columns: tuple[Column, ...]) -> str:
    lines = ["| column | kind | unit | meaning |", "|---|---|---|---|"]
    for column in columns:
        empty = "" if column.required else ", may be empty"
        lines.append(f"| `{column.name}` | {column.kind.value}{empty} | {column.unit} | {column.meaning} |")
    return "\n".join(lines) + "\n"
