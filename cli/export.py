"""`steppewatch export`: rows for papers, spreadsheets and scripts."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cli.output import fail, note
from cli.output import reason_of as file_reason_of
from cli.store import open_store

if TYPE_CHECKING:
    from db.engine import Database
    from db.exports import Filters
    from worker.exporting import Cut, Progress, Request

DAY = ["%Y-%m-%d"]


class Kind(StrEnum):
    """What can be exported."""

    articles = "articles"
    mentions = "mentions"
    coverage = "coverage"
    cooccurrence = "cooccurrence"
    clusters = "clusters"
    revisions = "revisions"
    matches = "matches"
    sources = "sources"


class Scope(StrEnum):
    """Which articles, by what they are about."""

    all = "all"
    in_scope = "in"
    out_of_scope = "out"


class Counted(StrEnum):
    """What the cells of wide coverage count."""

    articles = "articles"
    stories = "stories"
    mentions = "mentions"


class Format(StrEnum):
    """How rows are written."""

    csv = "csv"
    parquet = "parquet"


Since = Annotated[datetime | None, typer.Option(formats=DAY, metavar="DAY", help="First day, 2022-01-05.")]
Until = Annotated[datetime | None, typer.Option(formats=DAY, metavar="DAY", help="Last day.")]
Entities = Annotated[
    list[str] | None, typer.Option("--entity", metavar="NAME", help="Only of this entity (id or label); repeatable.")
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only of this outlet (id, name or domain); repeatable."),
]
Languages = Annotated[
    list[str] | None, typer.Option("--lang", metavar="CODE", help="Only articles in this language; repeatable.")
]
Genres = Annotated[list[str] | None, typer.Option("--genre", metavar="G", help="Only of this genre; repeatable.")]
InScope = Annotated[Scope, typer.Option("--scope", help="Only articles in or out of the vocabulary's scope.")]
Queries = Annotated[
    list[str] | None,
    typer.Option(
        "--query", metavar="Q", help="Only articles that answer a query of the language of alerts; repeatable if wide."
    ),
]
Wide = Annotated[bool, typer.Option("--wide", help="Coverage with a column for each entity or query, and every day.")]
CountedIn = Annotated[Counted, typer.Option("--count", help="What wide coverage counts.")]
FormatOf = Annotated[Format, typer.Option("--format", help="Parquet needs the package pyarrow.")]
Packed = Annotated[bool, typer.Option("--gzip", help="Compress the CSV.")]
Excel = Annotated[bool, typer.Option("--excel", help="Begin with a byte order mark, by which Excel sees UTF-8.")]


def export(
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help=f"One of: {', '.join(Kind)}.")],
    since: Since = None,
    until: Until = None,
    entity: Entities = None,
    source: Sources = None,
    lang: Languages = None,
    genre: Genres = None,
    scope: InScope = Scope.all,
    query: Queries = None,
    wide: Wide = False,
    count: CountedIn = Counted.articles,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="F", help="File that is written; - for stdout.")
    ] = "-",
    format: FormatOf = Format.csv,
    packed: Packed = False,
    excel: Excel = False,
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

    steppewatch export coverage --wide --query 'csto AND drill*' --query 'entity:sco' -o by-day.csv

    steppewatch export coverage --package january.zip --since 2022-01-01 --until 2022-01-31
    """
    if package is not None and output != "-":
        raise typer.BadParameter("a package is a place of its own; leave -o out", param_hint="--package")
    if since_last is not None and (cut is not None or (output == "-" and package is None)):
        raise typer.BadParameter("needs a file (-o or --package), and no --cut", param_hint="--since-last")
    database = open_store()
    filters = filters_of(database, since, until, entity, source, lang, genre, scope)
    request = request_of(kind, filters, query, wide, count, format, packed, excel)
    target = str(package or output)
    with _troubles_told(target, database.url):
        rows = _write(database, request, output, package, since_last, cut)
    if target != "-":
        note(f"{rows:,} rows in {target}")


def request_of(
    kind: Kind,
    filters: Filters,
    queries: Sequence[str] | None,
    wide: bool,
    count: Counted,
    format: Format,
    packed: bool,
    excel: bool,
) -> Request:
    """Return the request of a command's options. Ends the command when they do not go together."""
    from worker.exporting import Request

    if wide and kind is not Kind.coverage:
        raise typer.BadParameter("only coverage can be wide", param_hint="--wide")
    if format is Format.parquet and (packed or excel):
        raise typer.BadParameter("Parquet is compressed already, and no spreadsheet", param_hint="--gzip, --excel")
    asked = tuple(queries or ())
    if len(asked) > 1 and not wide:
        raise typer.BadParameter("only wide coverage has several; join them with OR", param_hint="--query")
    one, several = ("", asked) if wide else ("".join(asked), ())
    return Request(kind.value, filters, one, wide, several, count.value, format.value, excel, packed)


def day_range(since: datetime | None, until: datetime | None) -> tuple[date | None, date | None]:
    """Return both as days. Ends the command when nothing lies between them."""
    first, last = since and since.date(), until and until.date()
    if first and last and first > last:
        fail(f"--since {first} is after --until {last}", hint="no day lies between them")
    return first, last


def filters_of(
    database: Database,
    since: datetime | None,
    until: datetime | None,
    entities: Sequence[str] | None,
    sources: Sequence[str] | None,
    languages: Sequence[str] | None,
    genres: Sequence[str] | None,
    scope: Scope,
) -> Filters:
    """Return the filters of a command's options. Ends the command for names that nobody knows."""
    from cli.names import entity_ids, source_ids
    from db.exports import Filters

    first, last = day_range(since, until)
    with database.reading() as conn:
        return Filters(
            since=first,
            until=last,
            entities=entity_ids(conn, entities) if entities else (),
            sources=source_ids(conn, sources) if sources else (),
            languages=languages or (),
            genres=genres or (),
            in_scope={Scope.all: None, Scope.in_scope: True, Scope.out_of_scope: False}[scope],
        )


def _write(
    database: Database, request: Request, output: str, package: Path | None, since_last: str | None, cut: str | None
) -> int:
    """Write the export and return how many rows it has."""
    from worker import exporting
    from worker.atomicfile import replacing
    from worker.exportpackage import write_package

    wanted = _cut(cut) if cut is not None else None
    if since_last is not None:
        opening = exporting.continued(database, request, since_last, now=datetime.now(UTC))
    else:
        opening = exporting.opened(database, request, now=datetime.now(UTC), cut=wanted, settled=package is not None)
    if package is None and output == "-":
        with _quick(sys.stdout.buffer) as file, opening as export, _shown() as progress:
            return exporting.write(export, file, progress)
    with opening as export, _shown() as progress:
        if package is not None:
            return write_package(export, package, progress)
        with replacing(Path(output)) as file:
            return exporting.write(export, file, progress)


def _cut(written: str) -> Cut:
    from worker.exporting import Cut

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

    from cli.trouble import trouble_of
    from db.exportcursors import CursorMoved
    from db.exports import CannotFilter
    from worker.exporting import ExportRefused

    try:
        yield
    except BrokenPipeError:
        _forget_stdout()
        raise typer.Exit(0) from None
    except OSError as error:
        if output == "-":
            _forget_stdout()
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        fail(
            f"{'stdout' if output == '-' else output} cannot be written: {file_reason_of(error)}",
            hint="free some space, or -o names a file on another disk" if is_full else "-o names another file",
        )
    except SQLAlchemyError as error:
        trouble = trouble_of(database_url, error, is_writing=False)
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
