"""Rows to CSV: RFC 4180, and no cell that a spreadsheet would run.

Lines end in CRLF (RFC 4180, 2.1). Instants are ISO 8601 in UTC, cut to whole seconds; days are `2022-01-05`; truth is
`true` or `false`; unknown is an empty cell; numbers stay as they are, so -1 is a number and not a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

_ROWS_PER_CHUNK = 1_000
_MARK = "'"
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell for a formula when it comes first: OWASP, “CSV Injection”."""
_GUARDED = (*_ACTIVE, _MARK)


def guard(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: an apostrophe goes before what could be a formula.

    A text that itself begins with an apostrophe gets one more, so that `unguard` gives back every text exactly.
    """
    return _MARK + text if text.startswith(_GUARDED) else text


def unguard(cell: str) -> str:
    """Return the text that `guard` made this cell of."""
    return cell.removeprefix(_MARK)


def _instant(value: datetime) -> str:
    """Return the instant in UTC. Raises ValueError for one without time zone."""
    if value.tzinfo is None:
        raise ValueError(f"a naive instant has no place in an export: {value!r}")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_SPELLINGS: dict[type, Callable[[Any], str]] = {
    str: guard,
    bool: lambda value: "true" if value else "false",
    datetime: _instant,
}
"""Everything else is written as the csv module does: None as an empty cell, numbers and days by `str`."""


def _cells(row: Iterable[object]) -> list[object]:
    spelling = _SPELLINGS.get
    return [cell if (spell := spelling(type(cell))) is None else spell(cell) for cell in row]


def stream_csv(header: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield a CSV document in chunks of whole lines, the header first. Holds 1,000 rows at a time."""
    yield _lines([header])
    cells = map(_cells, rows)
    while batch := list(islice(cells, _ROWS_PER_CHUNK)):
        yield _lines(batch)


def _lines(rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()
