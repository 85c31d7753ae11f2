"""Tables of articles in CSV → the fields of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from worker.chain.inputs.fields import Columns, InputField
from worker.lib.csv_records import BadRow, csv_rows


def csv_inputs(name: str, stream: BinaryIO, columns: Columns) -> Iterator[tuple[str, dict[str, Any] | str]]:
    """Yield the display name of each row, and its fields or a readable reason why they cannot be read.

    A file without a usable header is one such input.
    """
    known = {*InputField, *(column.casefold() for column in columns.mapping.values())}
    rows = csv_rows(stream, known)
    number, header = next(rows, (1, BadRow("an empty file")))
    if isinstance(header, BadRow):
        yield name, header.reason
        return
    places = columns.of_header(name, header.cells)
    if isinstance(places, str):
        yield name, places
        return
    for number, row in rows:
        subject = f"{name}:{number}"
        yield subject, row.reason if isinstance(row, BadRow) else places.read_fields(row.cells, lines=row.lines)
