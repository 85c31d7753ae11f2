"""Rows to CSV: RFC 4180, without cells that a spreadsheet would run.

Lines end in CRLF (RFC 4180, 2.1). Texts are always quoted, other values never: instants are ISO 8601 in UTC, days
`2022-01-05`, truth is `true` or `false`, numbers stay as they are, so -1 is a number and not a formula. Unknown is
empty between two commas; an empty text is `""`.

Databases write the same bytes by themselves, which is faster (`db.dialect.csvtext`); this module is their reference,
and writes headers and rows that no query returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from worker.export.formats.column import Column, ColumnKind

_ROWS_PER_CHUNK = 1_000
_LARGE = 1_000_000
"""Characters at which a chunk is complete."""
_MARK = "'"
_ACTIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""First characters that make a spreadsheet read a cell as a formula: OWASP, “CSV Injection”."""
_GUARDED = (_MARK, "\t", "\r", "\n")
_SKIPPED = "".join(map(chr, range(33))) + "\"'"
"""White space, control characters and quotes: some programs drop them from the beginning of a cell."""
_PLAIN = re.compile(r"[a-z_]+")


def guard(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: a possible formula is prefixed with an apostrophe.

    A text that itself begins with an apostrophe gets one more, so that `unguard` restores every text exactly.
    """
    return _MARK + text if text.startswith(_GUARDED) or text.lstrip(_SKIPPED).startswith(_ACTIVE) else text


def unguard(cell: str) -> str:
    """Return the original text of a cell made by `guard`."""
    return cell.removeprefix(_MARK)


def header(columns: Sequence[Column], delimiter: str = ",") -> str:
    """Return the first line of a file."""
    names = (column.name for column in columns)
    return delimiter.join(name if _PLAIN.fullmatch(name) else _cell(name, ColumnKind.TEXT) for name in names) + "\r\n"


def stream_csv(columns: Sequence[Column], rows: Iterable[Sequence[object]], delimiter: str = ",") -> Iterator[str]:
    """Yield a CSV document in chunks of whole lines, the header first."""
    yield header(columns, delimiter)
    for chunk, _ in count_lines(columns, rows, delimiter):
        yield chunk.decode()


def count_lines(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], delimiter: str = ","
) -> Iterator[tuple[bytes, int]]:
    """Yield lines of CSV in UTF-8 chunks, with the number of lines of each. Holds 1,000 rows at a time, fewer long
    ones.
    """
    kinds = [column.kind for column in columns]
    chunk: list[str] = []
    size = 0
    for row in rows:
        if len(row) != len(kinds):
            raise ValueError(f"a row of {len(row)} values for {len(kinds)} columns")
        chunk.append(delimiter.join(map(_cell, row, kinds)) + "\r\n")
        size += len(chunk[-1])
        if len(chunk) == _ROWS_PER_CHUNK or size > _LARGE:
            yield "".join(chunk).encode(), len(chunk)
            chunk, size = [], 0
    if chunk:
        yield "".join(chunk).encode(), len(chunk)


def _cell(value: object, kind: ColumnKind) -> str:
    if value is None:
        return ""
    if kind is ColumnKind.TEXT:
        return '"' + guard(str(value)).replace('"', '""') + '"'
    if kind is ColumnKind.FLAG:
        return "true" if value else "false"
    return str(value)
