"""A store to export from, and exports of it as bytes and as packages."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from samplestore import Sample

from db.engine import Database
from db.exports.read import Filters, iter_csv, iter_rows
from worker.export.formats.columns import COLUMNS
from worker.export.formats.csv_lines import header, stream_csv
from worker.export.package import write_package
from worker.export.request import Cut, ExportRequest
from worker.export.run import open_export, write

ALL = Filters()
NOW = datetime(2022, 2, 1, 10, 30, tzinfo=UTC)
OWN_TO_A_RUN = frozenset({"article_id", "cluster_id", "original_id", "revision_id", "collected_at", "observed_at"})
"""Columns that differ between any two runs: numbers in a store, and instants of collection."""
# Invented: none of this was ever published.
SAMPLES = [
    Sample(
        "https://herald.example/1",
        title='=cmd() "x"',
        text="CSTO and Turan.",
        says=(("CSTO", "csto"), ("Turan", "turan")),
    ),
    Sample(
        "https://oasis.example/1",
        "oasis-wire",
        text="CSTO.",
        says=(("CSTO", "csto"),),
        copies="https://herald.example/1",
        language="ru",
    ),
    Sample("https://herald.example/2", title="Nothing", published_at=datetime(2022, 1, 7, tzinfo=UTC), is_day=True),
]


def silently(_: int) -> None:
    """Show no progress."""


def exported(store: Database, request: ExportRequest, cut: Cut | None = None) -> bytes:
    file = io.BytesIO()
    with open_export(store, request, now=NOW, cut=cut) as export:
        write(export, file, silently)
    return file.getvalue()


def packaged(store: Database, kind: str, place: Path, *, now: datetime = NOW, cut: Cut | None = None) -> Path:
    with open_export(store, ExportRequest(kind=kind), now=now, cut=cut, settled=True) as export:
        write_package(export, place, silently)
    return place


def document(store: Database, kind: str, filters: Filters = ALL) -> str:
    """Return an export as the database writes it, with its header."""
    with store.snapshot() as conn:
        lines = b"".join(chunk for chunk, _ in iter_csv(conn, kind, filters)).decode()
    return header(COLUMNS[kind]) + lines


def export(store: Database, kind: str, filters: Filters = ALL) -> list[dict[str, str]]:
    """Return the rows of an export, as a reader of CSV sees them."""
    return list(csv.DictReader(io.StringIO(document(store, kind, filters), newline="")))


def comparable_export(store: Database, kind: str) -> bytes:
    """Return an export without the columns that differ between any two runs."""
    columns = COLUMNS[kind]
    places = [place for place, column in enumerate(columns) if column.name not in OWN_TO_A_RUN]
    with store.snapshot() as conn:
        kept = ([row[place] for place in places] for row in iter_rows(conn, kind, ALL))
        return "".join(stream_csv([columns[place] for place in places], kept)).encode()
