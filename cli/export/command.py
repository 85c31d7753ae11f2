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

from cli.export.options import (
    Counted,
    CountedIn,
    Delimiter,
    Diffs,
    Entities,
    Excel,
    ExportKind,
    FileFormat,
    FormatOf,
    Formers,
    Genres,
    InScope,
    Languages,
    Packed,
    Queries,
    ScopeFilter,
    Sources,
    Texts,
    Wide,
    detail_of,
    filters_of,
    request_of,
)
from cli.shared.day_options import Since, Until
from cli.shared.output import fail, is_full, note
from cli.shared.output import reason_of as file_reason_of
from cli.shared.store import open_store

if TYPE_CHECKING:
    from db.engine import Database
    from worker.export.request import Cut, ExportRequest
    from worker.export.run import Progress


def export(
    kind: Annotated[ExportKind, typer.Argument(metavar="KIND", help=f"One of: {', '.join(ExportKind)}.")],
    since: Since = None,
    until: Until = None,
    entity: Entities = None,
    source: Sources = None,
    lang: Languages = None,
    genre: Genres = None,
    scope: InScope = ScopeFilter.all,
    query: Queries = None,
    text: Texts = False,
    diff: Diffs = False,
    revisions: Formers = False,
    wide: Wide = False,
    count: CountedIn = Counted.articles,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="F", help="File that is written; - for stdout.")
    ] = "-",
    format: FormatOf = FileFormat.csv,
    packed: Packed = False,
    excel: Excel = False,
    delimiter: Delimiter = None,
    package: Annotated[
        Path | None,
        typer.Option(metavar="DIR|F.zip", help="A data package: the rows, their description and a manifest."),
    ] = None,
    since_last: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only what was added or changed since the last export of that name."),
    ] = None,
    cut: Annotated[
        str | None, typer.Option(metavar="CUT", help="As the store stood at the cut of a manifest, if nothing changed.")
    ] = None,
) -> None:
    """Write CSV (RFC 4180, UTF-8, with a header) to stdout or into a file.

    A file appears when it is complete. A text that a spreadsheet would run as a formula gets an apostrophe in
    front, and so does one that begins with an apostrophe: take one away to have it exactly.

    Examples:

    steppewatch export mentions --entity csto --since 2022-01-01 --until 2022-01-31 -o csto.csv

    steppewatch export articles --since-last nightly -o new.csv

    steppewatch export articles --since 90d --text --excel -o articles.csv

    steppewatch export revisions --since 90d --diff -o changes.csv

    steppewatch export mentions --entity csto --revisions -o csto-then-and-now.csv

    steppewatch export coverage --wide --query 'csto AND drill*' --query 'entity:sco' -o by-day.csv

    steppewatch export coverage --package january.zip --since 2022-01-01 --until 2022-01-31
    """
    if package is not None and output != "-":
        raise typer.BadParameter("a package is a place of its own; leave -o out", param_hint="--package")
    if since_last is not None and (cut is not None or (output == "-" and package is None)):
        raise typer.BadParameter("needs a file (-o or --package), and no --cut", param_hint="--since-last")
    database = open_store()
    filters = filters_of(database, since, until, entity, source, lang, genre, scope)
    request = request_of(
        kind,
        filters,
        query,
        wide=wide,
        count=count,
        format=format,
        packed=packed,
        excel=excel,
        delimiter=delimiter,
        detail=detail_of(kind, text, diff, revisions),
    )
    target = str(package or output)
    with _troubles_told(target, database.url):
        rows = _write(database, request, output, package, since_last, cut)
    if target != "-":
        note(f"{rows:,} rows in {target}")


def _write(
    database: Database,
    request: ExportRequest,
    output: str,
    package: Path | None,
    since_last: str | None,
    cut: str | None,
) -> int:
    """Write the export and return how many rows it has."""
    from worker.export import run
    from worker.export.package import write_package
    from worker.lib.atomic_file import replacing

    wanted = _cut(cut) if cut is not None else None
    if since_last is not None:
        opening = run.open_incremental_export(database, request, since_last, now=datetime.now(UTC))
    else:
        opening = run.open_export(database, request, now=datetime.now(UTC), cut=wanted, settled=package is not None)
    if package is None and output == "-":
        with _quick(sys.stdout.buffer) as file, opening as export, _shown() as progress:
            return run.write(export, file, progress)
    with opening as export, _shown() as progress:
        if package is not None:
            return write_package(export, package, progress)
        with replacing(Path(output)) as file:
            return run.write(export, file, progress)


def _cut(written: str) -> Cut:
    from worker.export.request import Cut

    try:
        return Cut.parse(written)
    except ValueError:
        raise typer.BadParameter("looks like 5120@2026-11-22T02:00:00Z", param_hint="--cut") from None


@contextmanager
def _quick(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Yield a file that never waits for a reader: what goes into a pipe or to a terminal is put aside first.

    A transaction would else stay open for as long as somebody looks at `export | less`.
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
def _shown() -> Iterator[Progress]:
    """Yield what shows on a terminal how far it is."""
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
def _troubles_told(output: str, database_url: str) -> Iterator[None]:
    """End the command with a reason when reading or writing fails; quietly when nobody reads on (`| head`)."""
    from sqlalchemy.exc import SQLAlchemyError

    from cli.shared.store_errors import diagnose_error
    from db.exports.cursors import CursorMoved
    from db.exports.read import CannotFilter
    from worker.export.run import ExportRefused

    try:
        yield
    except BrokenPipeError:
        _forget_stdout()
        raise typer.Exit(0) from None
    except OSError as error:
        if output == "-":
            _forget_stdout()
        fail(
            f"{'stdout' if output == '-' else output} cannot be written: {file_reason_of(error)}",
            hint="free some space, or -o names a file on another disk" if is_full(error) else "-o names another file",
        )
    except SQLAlchemyError as error:
        trouble = diagnose_error(database_url, error, is_writing=False)
        fail(trouble.sentence, hint=trouble.hint)
    except CannotFilter as error:
        fail(f"{error}", hint="steppewatch coverage ENTITY --split counts by language and genre")
    except ExportRefused as error:
        fail(f"{error}")
    except CursorMoved:
        fail("another export of that name ended meanwhile", hint=f"{output} has rows that the other has too")


def _forget_stdout() -> None:
    """Let nothing more be written: the interpreter would try again at the end, and complain."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
