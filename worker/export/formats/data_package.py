"""Metadata for reading and citing an export: a data package and a manifest.

The description is a Data Package with a Table Schema (Frictionless Standards, v1). The manifest records the request,
the cut of the database, and the gaps known at that time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from worker.export.formats.column import Column, ColumnKind

DESCRIPTION, MANIFEST = "datapackage.json", "manifest.json"

_TYPES = {
    ColumnKind.INTEGER: "integer",
    ColumnKind.NUMBER: "number",
    ColumnKind.FLAG: "boolean",
    ColumnKind.DAY: "date",
    ColumnKind.INSTANT: "datetime",
}
_MOMENT = r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?"
_GUARD = (
    "A text that a spreadsheet would run as a formula has an apostrophe in front, and so has one that begins with an "
    "apostrophe: take one away to have it exactly."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A file of a package, as stored on disk."""

    path: str
    bytes: int
    sha256: str
    rows: int
    delimiter: str = ","
    """The delimiter of CSV."""
    encoding: str = "utf-8"


def describe(kind: str, columns: Sequence[Column], file: DataFile, cut: str) -> str:
    """Return `datapackage.json`."""
    is_csv = ".csv" in file.path
    resource: dict[str, Any] = {
        "name": kind,
        "path": file.path,
        "format": "csv" if is_csv else "parquet",
        "mediatype": "text/csv" if is_csv else "application/vnd.apache.parquet",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "schema": {"fields": [_field(column) for column in columns], "missingValues": [""]},
    }
    if is_csv:
        resource |= {
            "profile": "tabular-data-resource",
            "encoding": file.encoding,
            "dialect": {"delimiter": file.delimiter, "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
            "description": _GUARD,
        }
    package = {
        "name": f"steppewatch-{kind}",
        "title": f"Steppewatch: {kind}",
        "profile": "data-package",
        "version": cut,
        "resources": [resource],
    }
    return _json(package)


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "title": column.title,
        "type": _TYPES.get(column.kind, "string"),
        "description": column.meaning,
    }
    if column.unit:
        field["unit"] = column.unit
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.kind is ColumnKind.MOMENT:
        constraints["pattern"] = _MOMENT
    return field | ({"constraints": constraints} if constraints else {})


def manifest(facts: Mapping[str, Any], files: Sequence[DataFile]) -> str:
    """Return `manifest.json`: the facts, then the files with their hashes."""
    listed = [{"path": f.path, "rows": f.rows, "bytes": f.bytes, "sha256": f.sha256} for f in files]
    return _json({**facts, "files": listed})


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
