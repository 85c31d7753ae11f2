"""`steppewatch export warc`: the pages as they were fetched, for archives and for `steppewatch ingest`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cli.shared.day_options import day_range
from cli.shared.output import note

if TYPE_CHECKING:
    from db.engine import Database

WARC = "warc"

Buffered = Callable[[BinaryIO], AbstractContextManager[BinaryIO]]
Shown = Callable[[], AbstractContextManager[Callable[[int], None]]]


def export_warc(
    database: Database,
    output: str,
    *,
    since: date | None,
    until: date | None,
    sources: Sequence[str],
    buffered: Buffered,
    shown: Shown,
) -> None:
    """Write the stored captures of a period and of some outlets; packed unless the file is called .warc."""
    from cli.shared.lookup import source_ids
    from db.collection.capture_archive import CaptureFilter
    from worker.export.warc import write_archive
    from worker.lib.atomic_file import replacing

    first, last = day_range(since, until)
    with database.reading() as conn:
        wanted = CaptureFilter(since=first, until=last, sources=source_ids(conn, sources) if sources else ())
    opening = buffered(sys.stdout.buffer) if output == "-" else replacing(Path(output))
    is_packed = not output.lower().endswith(".warc")
    with opening as file, database.snapshot() as conn, shown() as progress:
        done = write_archive(conn, wanted, file, is_packed=is_packed, progress=progress)
    if done.without_page:
        note(f"{done.without_page:,} captures left out: they are only the words of a feed")
    if output != "-":
        note(f"{done.written:,} pages in {output}")
