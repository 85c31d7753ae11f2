"""`steppewatch export`: rows for papers, spreadsheets and scripts."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cli.export.opml import OPML, export_opml
from cli.export.options import (
    KINDS,
    OPTIONS_OF,
    ExportOptions,
    build_request,
    refuse_other_options,
    takes_export_options,
)
from cli.export.warc import WARC, export_warc
from cli.shared.output import fail, is_full, note
from cli.shared.output import get_reason as file_reason_of
from cli.shared.store import open_store
from db.enums.exports import ExportKind

if TYPE_CHECKING:
    from db.engine import Database
    from worker.export.request import Cut, ExportRequest
    from worker.export.run import Progress


@takes_export_options
def export(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of: {', '.join(KINDS)}.")],
    options: ExportOptions,
    output: Annotated[str, typer.Option("-o", "--output", metavar="F", help="Output file; - for stdout.")] = "-",
    package: Annotated[
        Path | None,
        typer.Option(metavar="DIR|F.zip", help="Write a data package: rows, their schema and a manifest."),
    ] = None,
    since_last: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only rows added or changed since the last export of this name."),
    ] = None,
    cut: Annotated[
        str | None,
        typer.Option(metavar="CUT", help="The store as of the cut of a manifest, as far as nothing changed."),
    ] = None,
) -> None:
    """Write CSV (RFC 4180, UTF-8, with a header) to stdout or into a file.

    opml is a list of feeds, warc the stored pages as they were fetched (WARC/1.1), which `ingest` reads.

    A file appears only when it is complete. Text that a spreadsheet would run as a formula gets an apostrophe in front,
    as does text that begins with an apostrophe: remove one to restore the original.

    Examples:

    steppewatch export mentions --entity csto --since 2022-01-01 --until 2022-01-31 -o csto.csv

    steppewatch export articles --since-last nightly -o new.csv

    steppewatch export articles --since 90d --text --excel -o articles.csv

    steppewatch export revisions --since 90d --diff -o changes.csv

    steppewatch export mentions --entity csto --revisions -o csto-then-and-now.csv

    steppewatch export coverage --wide --query 'csto AND drill*' --query 'entity:sco' -o by-day.csv

    steppewatch export coverage --package january.zip --since 2022-01-01 --until 2022-01-31

    steppewatch export opml -o feeds.opml

    steppewatch export warc --since 30d -o pages.warc.gz
    """
    if kind in OPTIONS_OF:
        refuse_other_options(context, kind)
    if kind == OPML:
        export_opml(output, options.source or [])
        return
    if kind == WARC:
        database = open_store()
        with _explain_errors(output, database.url):
            export_warc(
                database,
                output,
                since=options.since,
                until=options.until,
                sources=options.source or [],
                buffered=_buffer_output,
                shown=_show_progress,
            )
        return
    if package is not None and output != "-":
        raise typer.BadParameter("--package replaces -o: leave -o out", param_hint="--package")
    if since_last is not None and (cut is not None or (output == "-" and package is None)):
        raise typer.BadParameter("needs a file (-o or --package), and no --cut", param_hint="--since-last")
    database = open_store()
    request = build_request(database, _parse_kind(kind), options)
    target = str(package or output)
    with _explain_errors(target, database.url):
        rows = _write(database, request, output, package, since_last, cut)
    if target != "-":
        note(f"{rows:,} rows in {target}")


def _parse_kind(written: str) -> ExportKind:
    try:
        return ExportKind(written)
    except ValueError:
        known = ", ".join(KINDS)
        raise typer.BadParameter(f"{written[:60]!r} is not one of {known}", param_hint="KIND") from None


def _write(
    database: Database,
    request: ExportRequest,
    output: str,
    package: Path | None,
    since_last: str | None,
    cut: str | None,
) -> int:
    """Write the export and return its number of rows."""
    from worker.export import run
    from worker.export.package import write_package
    from worker.lib.atomic_file import replacing

    requested_cut = _parse_cut(cut) if cut is not None else None
    if since_last is not None:
        opening = run.open_incremental_export(database, request, since_last, now=datetime.now(UTC))
    else:
        opening = run.open_export(
            database, request, now=datetime.now(UTC), cut=requested_cut, settled=package is not None
        )
    if package is None and output == "-":
        with _buffer_output(sys.stdout.buffer) as file, opening as export, _show_progress() as progress:
            return run.write(export, file, progress)
    with opening as export, _show_progress() as progress:
        if package is not None:
            return write_package(export, package, progress)
        with replacing(Path(output)) as file:
            return run.write(export, file, progress)


def _parse_cut(written: str) -> Cut:
    from worker.export.request import Cut

    try:
        return Cut.parse(written)
    except ValueError:
        raise typer.BadParameter("must look like 5120@2026-11-22T02:00:00Z", param_hint="--cut") from None


@contextmanager
def _buffer_output(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Yield a file that never blocks on its reader: output to a pipe or terminal goes to a temporary file first.

    Otherwise `export | less` would keep a transaction open for as long as the pager runs.
    """
    if _is_regular(stream):
        yield stream
        stream.flush()
        return
    with tempfile.TemporaryFile() as aside:
        yield aside
        aside.seek(0)
        shutil.copyfileobj(aside, stream)
        stream.flush()


def _is_regular(stream: BinaryIO) -> bool:
    with suppress(OSError):
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    return False


@contextmanager
def _show_progress() -> Iterator[Progress]:
    """Yield a callback that shows progress on a terminal."""
    if not sys.stderr.isatty():
        yield lambda rows: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda rows: bar.update(task, completed=rows)


@contextmanager
def _explain_errors(output: str, database_url: str) -> Iterator[None]:
    """Exit with a reason if reading or writing fails; silently if the reader of a pipe is gone (`| head`)."""
    from sqlalchemy.exc import SQLAlchemyError

    from cli.shared.store_errors import diagnose_error
    from db.exports.cursors import CursorMoved
    from db.exports.read import CannotFilter
    from worker.export.run import ExportRefused

    try:
        yield
    except BrokenPipeError:
        _discard_stdout()
        raise typer.Exit(0) from None
    except OSError as error:
        if output == "-":
            _discard_stdout()
        fail(
            f"{'stdout' if output == '-' else output} cannot be written: {file_reason_of(error)}",
            hint="free some space, or use -o for a file on another disk"
            if is_full(error)
            else "use -o for another file",
        )
    except SQLAlchemyError as error:
        problem = diagnose_error(database_url, error, is_writing=False)
        fail(problem.sentence, hint=problem.hint)
    except CannotFilter as error:
        fail(f"{error}", hint="steppewatch coverage ENTITY --split counts by language and genre")
    except ExportRefused as error:
        fail(f"{error}")
    except CursorMoved:
        fail(
            "another export of this name finished at the same time", hint=f"{output} shares rows with the other export"
        )


def _discard_stdout() -> None:
    """Redirect stdout to /dev/null, so that the interpreter does not fail on it again at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
