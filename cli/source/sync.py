"""`steppewatch source sync`: outlets from a folder of files that a person keeps."""

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
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of <id>.toml files, one an outlet.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    format: Annotated[Format | None, typer.Option(help="json, or table for lines; lines on a terminal.")] = None,
) -> None:
    """Bring outlets and feeds from a folder of files into the store: new ones, and what changed since the last time.

    The files are written as those of the packaged catalogue (vocabulary/README.md). What was changed in the store
    meanwhile stays and is named. An outlet whose file is gone stays; an address that left its file is not polled any
    more. Again changes nothing.

    Example: steppewatch source sync ./outlets --dry-run
    """
    from cli.source.catalogue_report import counted, lines_of, record_of
    from db.collection.catalogue import FOLDER, read_view
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
        emit({"outlets": len(outlets), "dry_run": dry_run, **record_of(changes)})
    else:
        sys.stdout.write(
            "\n".join(lines_of(changes) or [f"nothing to change for {counted(len(outlets), 'outlet')}"]) + "\n"
        )


def _read(folder: Path) -> tuple[ListedOutlet, ...]:
    from worker.catalogue.files import CatalogueError, read_outlets

    if not folder.is_dir():
        fail(f"{folder} is no folder", hint="name a folder of <id>.toml files, as vocabulary/sources is one", code=2)
    try:
        return read_outlets(folder)
    except CatalogueError as error:
        fail("nothing was changed:\n" + "\n".join(error.problems), hint="the keys: vocabulary/README.md")
