"""`steppewatch source sync`: apply outlets from a folder of files."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit, fail
from cli.shared.store import open_store
from cli.shared.tables import Format, wants_json

if TYPE_CHECKING:
    from worker.catalogue.files import ListedOutlet


def source_sync(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of <id>.toml files, one per outlet.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes without making them.")] = False,
    format: Annotated[Format | None, typer.Option(help="json, or table for lines; lines on a terminal.")] = None,
) -> None:
    """Apply the outlets and feeds in a folder of files: new ones, and changes since the last time.

    The files have the format of the packaged catalogue (vocabulary/README.md). Values changed in the store since then
    are kept and reported. An outlet whose file is gone stays; an address removed from its file is no longer polled.
    Running it twice changes nothing.

    Example: steppewatch source sync ./outlets --dry-run
    """
    from cli.source.parts.catalogue_report import build_record, counted, describe_changes
    from db.collection.sources.catalogue import FOLDER, read_view
    from worker.catalogue.merge import merge_catalogue
    from worker.setup import load_catalogue

    outlets = _read(folder)
    database = open_store()
    if dry_run:
        changes = merge_catalogue(FOLDER, outlets, database.read(read_view))
    else:
        now = datetime.now(UTC)
        changes = database.write(lambda conn: load_catalogue(conn, outlets, now=now, catalogue=FOLDER))
    if wants_json(format):
        emit({"outlets": len(outlets), "dry_run": dry_run, **build_record(changes)})
    else:
        sys.stdout.write(
            "\n".join(describe_changes(changes) or [f"nothing to change for {counted(len(outlets), 'outlet')}"]) + "\n"
        )


def _read(folder: Path) -> tuple[ListedOutlet, ...]:
    from worker.catalogue.files import CatalogueError, read_outlets

    if not folder.is_dir():
        fail(f"{folder} is not a folder", hint="pass a folder of <id>.toml files, such as vocabulary/sources", code=2)
    try:
        return read_outlets(folder)
    except CatalogueError as error:
        fail("nothing was changed:\n" + "\n".join(error.problems), hint="the keys: vocabulary/README.md")
