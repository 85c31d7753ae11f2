"""Rows to CSV: RFC 4180, and no cell that a spreadsheet would run.

Lines end in CRLF (RFC 4180, 2.1). Instants are ISO 8601 in UTC, cut to whole seconds; days are `2022-01-05`; truth is
`true` or `false`; unknown is an empty cell; numbers stay as they are, so -1 is a number and not a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice

from worker.export.columns import Column, Kind

_ROWS_PER_CHUNK = 1_000
_MARK = "'"
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell for a formula when it comes first: OWASP, “CSV Injection”."""
_GUARDED = (*_ACTIVE, _MARK)
_SUSPECT = re.compile(r"""[,\n]"?[=+\-@\t＝＋－＠']|[,\n]"[\r\n]""")
"""Finds every written cell that `guard` would change, if a line goes before; and some that it would not."""


def guard(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: an apostrophe goes before what could be a formula.

    A text that itself begins with an apostrophe gets one more, so that `unguard` gives back every text exactly.
    """
    return _MARK + text if text.startswith(_GUARDED) else text


def unguard(cell: str) -> str:
    """Return the text that `guard` made this cell of."""
    return cell.removeprefix(_MARK)


def stream_csv(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a CSV document in chunks of whole lines, the header first. Holds 1,000 rows at a time.

    Raises ValueError for an instant without time zone.
    """
    yield _lines([[column.name for column in columns]])
    spelled = _spell(columns, rows)
    while batch := list(islice(spelled, _ROWS_PER_CHUNK)):
        lines = _lines(batch)
        # One look at all lines costs a third of one at each cell, and mostly finds nothing.
        yield _lines(map(_guarded, batch)) if _SUSPECT.search(f"\n{lines}") else lines


def _spell(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    """Yield the rows with those values as text that the csv module would write in its own way."""
    places = [(place, _SPELLINGS[column.kind]) for place, column in enumerate(columns) if column.kind in _SPELLINGS]
    if not places:
        return iter(rows)
    return (_spelled(list(row), places) for row in rows)


def _spelled(row: list[object], places: Sequence[tuple[int, Callable[[object], str]]]) -> list[object]:
    for place, spelling in places:
        if row[place] is not None:
            row[place] = spelling(row[place])
    return row


def _moment(value: object) -> str:
    """Return an instant in UTC, or a day."""
    if not isinstance(value, datetime):
        assert isinstance(value, date), value
        return value.isoformat()
    if value.tzinfo is None:
        raise ValueError(f"a naive instant has no place in an export: {value!r}")
    return f"{value.astimezone(UTC).isoformat()[:19]}Z"


def _flag(value: object) -> str:
    return "true" if value else "false"


_SPELLINGS: Mapping[Kind, Callable[[object], str]] = {Kind.MOMENT: _moment, Kind.FLAG: _flag}


def _guarded(row: Iterable[object]) -> list[object]:
    return [guard(cell) if isinstance(cell, str) else cell for cell in row]


def _lines(rows: Iterable[Iterable[object]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()
