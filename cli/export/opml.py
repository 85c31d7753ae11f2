"""`steppewatch export opml`: the feeds as a list that feed readers and `source import` read."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cli.shared.output import fail, get_reason, note
from cli.shared.store import open_store

OPML = "opml"


def export_opml(output: str, sources: Sequence[str]) -> None:
    """Write the feeds of all outlets, or of some, as OPML 2.0."""
    from cli.shared.lookup import source_ids
    from crawlers.reading.opml import OpmlOutline, write_opml
    from db.collection.feeds.address_lists import list_addresses
    from worker.lib.atomic_file import replacing

    with open_store().reading() as conn:
        found = list_addresses(conn, source_ids(conn, sources) if sources else ())
    outlines = [
        OpmlOutline(feed_url=one.url, title=one.outlet, site_url=one.site, language=one.language) for one in found
    ]
    document = write_opml(outlines, title="Steppewatch", created_at=datetime.now(UTC)).encode()
    if output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(document)
        sys.stdout.flush()
        return
    try:
        with replacing(Path(output)) as file:
            file.write(document)
    except OSError as error:
        fail(f"{output} cannot be written: {get_reason(error)}", hint="use -o for another file")
    note(f"{len(outlines):,} feeds in {output}")
