"""Rows to Parquet, typed by the declared columns. Texts are as they are: nothing runs a cell of a Parquet file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet

from worker.export.columns import Column, Kind

_ROWS_PER_GROUP = 20_000


def write_parquet(columns: Sequence[Column], rows: Iterable[Sequence[object]], file: BinaryIO) -> Iterator[int]:
    """Write rows and yield after each group how many there are so far. Holds 20,000 rows at a time."""
    fields = [pa.field(column.name, _type(column.kind), metadata={"description": column.meaning}) for column in columns]
    schema = pa.schema(fields)
    written, waiting = 0, iter(rows)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(waiting, _ROWS_PER_GROUP)):
            values = zip(*group, strict=True)
            arrays = [_array(list(cells), column.kind) for cells, column in zip(values, columns, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            written += len(group)
            yield written


def _type(kind: Kind) -> pa.DataType:
    types = {
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.FLAG: pa.bool_(),
        Kind.DAY: pa.date32(),
        Kind.INSTANT: pa.timestamp("s", tz="UTC"),
    }
    return types.get(kind, pa.string())


def _array(cells: list[object], kind: Kind) -> pa.Array:
    """Return a column of values; numbers with decimals and instants come written out."""
    if kind in (Kind.NUMBER, Kind.INSTANT):
        return pa.array(cells, pa.string()).cast(_type(kind))
    return pa.array(cells, _type(kind))
