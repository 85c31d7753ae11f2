"""Rows to Parquet, typed by the declared columns. Texts are unguarded, because no program runs a cell of Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet

from worker.export.formats.column import Column, ColumnKind

_ROWS_PER_GROUP = 20_000
_LARGE = 20_000_000
"""Characters at which a group is complete."""


def write_parquet(columns: Sequence[Column], rows: Iterable[Sequence[object]], file: BinaryIO) -> Iterator[int]:
    """Write rows and yield their total after each group. Holds 20,000 rows at a time, fewer long ones."""
    fields = [pa.field(column.name, _type(column.kind), metadata={"description": column.meaning}) for column in columns]
    schema = pa.schema(fields)
    written, texts = 0, [at for at, column in enumerate(columns) if column.kind is ColumnKind.TEXT]
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(rows, texts):
            values = zip(*group, strict=True)
            arrays = [_array(list(cells), column.kind) for cells, column in zip(values, columns, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            written += len(group)
            yield written


def _groups(rows: Iterable[Sequence[object]], texts: Sequence[int]) -> Iterator[list[Sequence[object]]]:
    """Yield rows in groups; `texts`: the positions of possibly long values."""
    group: list[Sequence[object]] = []
    size = 0
    for row in rows:
        group.append(row)
        size += sum(len(text) for at in texts if isinstance(text := row[at], str))
        if len(group) == _ROWS_PER_GROUP or size > _LARGE:
            yield group
            group, size = [], 0
    if group:
        yield group


def _type(kind: ColumnKind) -> pa.DataType:
    types = {
        ColumnKind.INTEGER: pa.int64(),
        ColumnKind.NUMBER: pa.float64(),
        ColumnKind.FLAG: pa.bool_(),
        ColumnKind.DAY: pa.date32(),
        ColumnKind.INSTANT: pa.timestamp("s", tz="UTC"),
    }
    return types.get(kind, pa.string())


def _array(cells: list[object], kind: ColumnKind) -> pa.Array:
    """Return a column of values; decimals and instants arrive as text."""
    if kind in (ColumnKind.NUMBER, ColumnKind.INSTANT):
        return pa.array(cells, pa.string()).cast(_type(kind))
    return pa.array(cells, _type(kind))
