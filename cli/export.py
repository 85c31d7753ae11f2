"""`steppewatch export`: CSV files."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cli.output import fail, note
from cli.output import reason_of as file_reason_of
from cli.store import open_store, reason_of

if TYPE_CHECKING:
    from db.engine import Database
    from db.exports import Filters

DAY = ["%Y-%m-%d"]


class Kind(StrEnum):
    """What can be exported."""

    articles = "articles"
    mentions = "mentions"
    coverage = "coverage"


def export(
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help="articles, mentions or coverage.")],
    since: Annotated[datetime | None, typer.Option(formats=DAY, metavar="DAY", help="First day, 2022-01-05.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, metavar="DAY", help="Last day.")] = None,
    entity: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only of this entity (id or label); repeatable.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only of this outlet (id, name or domain); repeatable.")
    ] = None,
    lang: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Only articles in this language; repeatable.")
    ] = None,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="F", help="File that is written; - for stdout.")
    ] = "-",
) -> None:
    """Write CSV (RFC 4180, UTF-8, with a header) to stdout or into a file.

    A file appears when it is complete. A text that a spreadsheet would run as a formula gets an apostrophe in
    front, and so does one that begins with an apostrophe: take one away to have it exactly.

    Example: steppewatch export mentions --entity csto --since 2022-01-01 --until 2022-01-31 -o csto.csv
    """
    first, last = day_range(since, until)
    if kind is Kind.coverage and lang:
        raise typer.BadParameter(
            "coverage per outlet is not kept by language; use: coverage ENTITY --split lang", param_hint="--lang"
        )
    database = open_store()
    filters = _filters(database, first, last, entity or [], source or [], lang or [])
    with _troubles_told(output), _opened(output) as file:
        rows = _write(file, database, kind, filters, visible=output != "-" or not sys.stdout.isatty())
    if output != "-":
        note(f"{rows:,} rows in {output}")


def day_range(since: datetime | None, until: datetime | None) -> tuple[date | None, date | None]:
    """Return both as days. Raises typer.BadParameter when nothing lies between them."""
    first, last = since and since.date(), until and until.date()
    if first and last and first > last:
        raise typer.BadParameter(f"{first} is after --until {last}", param_hint="--since")
    return first, last


def _filters(
    database: Database,
    since: date | None,
    until: date | None,
    entities: Sequence[str],
    sources: Sequence[str],
    languages: Sequence[str],
) -> Filters:
    from cli.names import entity_ids, source_ids
    from db.exports import Filters

    with database.reading() as conn:
        return Filters(
            since=since,
            until=until,
            entities=entity_ids(conn, entities) if entities else (),
            sources=source_ids(conn, sources) if sources else (),
            languages=languages,
        )


def _write(file: BinaryIO, database: Database, kind: Kind, filters: Filters, *, visible: bool) -> int:
    """Write the export and return how many rows it has, without the header."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from db import exports
    from worker.export.columns import COLUMNS
    from worker.export.stream import stream_csv

    rows: Callable[[Database, Filters], Iterator[Sequence[object]]] = {
        Kind.articles: exports.iter_articles,
        Kind.mentions: exports.iter_mentions,
        Kind.coverage: exports.iter_coverage,
    }[kind]
    written = 0
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not (visible and console.is_terminal)) as bar:
        task = bar.add_task("", total=None)

        def counted() -> Iterator[Sequence[object]]:
            nonlocal written
            for row in rows(database, filters):
                written += 1
                yield row

        for chunk in stream_csv(COLUMNS[kind], counted()):
            file.write(chunk.encode())
            bar.update(task, completed=written)
    return written


@contextmanager
def _troubles_told(output: str) -> Iterator[None]:
    """End the command with a reason when reading or writing fails; quietly when nobody reads on (`| head`)."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except BrokenPipeError:
        with suppress(OSError, ValueError):  # or the interpreter complains when it flushes at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except OSError as error:
        fail(f"{'stdout' if output == '-' else output} cannot be written: {file_reason_of(error)}")
    except SQLAlchemyError as error:
        fail(f"the store cannot be read: {reason_of(error)}")


@contextmanager
def _opened(output: str) -> Iterator[BinaryIO]:
    """Yield what to write to. A file gets its name when all of it is written; until then the old one stays."""
    if output == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(os.path.realpath(output))
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            yield device
        return
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
