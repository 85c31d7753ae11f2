"""Tables as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from worker.export.formats.csv_lines import guard
from worker.lib.plain_values import to_plain


@dataclass(frozen=True, slots=True)
class PageTable:
    """The rows that a page shows, each with a value for every column."""

    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]

    @classmethod
    def of_records(cls, columns: Sequence[str], records: Iterable[dict[str, Any]]) -> PageTable:
        """Return the table of records; what a record lacks is empty."""
        return cls(columns, [[record.get(column) for column in columns] for record in records])


def write_csv(table: PageTable) -> str:
    """Return the table by RFC 4180; text that a spreadsheet would run as a formula gets an apostrophe in front."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(table.columns)
    for row in table.rows:
        lines.writerow([_cell(value) for value in row])
    return written.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return to_plain(value)
    if isinstance(value, (list, tuple)):
        return guard(" ".join(map(str, value)))
    return guard(value) if isinstance(value, str) else value
