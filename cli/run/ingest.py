"""`steppewatch ingest`: import files and folders without a running service."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.run.ingest_progress import IngestProgress
from cli.shared.addresses import parse_web_address
from cli.shared.output import emit
from cli.shared.store import report_new_store, report_time_zone
from cli.shared.tables import Format, wants_json
from db.enums.outcomes import InputOutcome

if TYPE_CHECKING:
    from collections import Counter

    from db.engine import Database
    from worker.chain.documents import Document, Rejected
    from worker.chain.inputs.defaults import InputOptions, ZoneOf


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...", help="Files (.txt .html .jsonl .csv .warc .warc.gz), folders, - for JSON lines."
        ),
    ],
    map: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=COLUMN", help="Read a field from this column or JSON field: text=body; repeatable."
        ),
    ] = None,
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day or instant of publication, for inputs without one.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="OUTLET", help="Id, name or domain, for inputs without an outlet.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="LANG", help="ru, kk-Latn, Russian …, for inputs without one.")
    ] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Address of a single document that has none.")] = None,
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Import documents: extract, recognise reprints, tag, count.

    Needs no running service and no network. Importing the same documents again changes nothing: they are “seen again”.

    Fields of JSON lines and columns of CSV: url, title, text, author, published_at, source, language, html. Any may be
    missing, but one of title, text and html (the whole page) is needed. Other fields are reported and ignored. A field
    of the input takes precedence over --date, --source, --language and --url.

    A WARC gives a document for each of its HTML pages; its other records are counted on stderr and left out.

    Examples:

      steppewatch ingest archive.jsonl reports/ op-ed.txt

      steppewatch ingest factiva.csv --map text=Body --map published_at="Publication Date" --source "Steppe Herald"

      steppewatch ingest crawl.warc.gz
    """
    options = _options(paths, map or [], date, source, language, url)

    from cli.shared.store_errors import explain_store_errors
    from db.engine import Database
    from db.settings import load
    from worker.chain.pipeline import Pipeline
    from worker.chain.service import ingest as ingest_documents
    from worker.chain.service import utc_now
    from worker.setup import prepare

    settings = load()
    with explain_store_errors(settings.database):
        database = Database(settings.database)
        prepared = prepare(database, now=utc_now(), time_zone=settings.time_zone)
        report_new_store(prepared, settings.database)
        report_time_zone(database)
        options.zone_of, options.max_page_bytes = _load_zones(database), settings.fetch_max_bytes
    chain = Pipeline(database, clock=utc_now, lease_s=settings.lease_s, cache=settings.cache_dir)
    with explain_store_errors(settings.database), IngestProgress(paths) as progress:
        options.opened, options.columns.note = progress.opened, progress.note
        counts = ingest_documents(chain, lambda observed_at: _read(paths, observed_at, options), progress=progress.add)
    options.columns.tell_rest()
    progress.print_remarks()
    _show(counts, as_json=wants_json(format))
    if counts[InputOutcome.REJECTED]:
        raise typer.Exit(1)


def _options(
    paths: Sequence[str],
    pairs: Sequence[str],
    date: str | None,
    source: str | None,
    language: str | None,
    url: str | None,
) -> InputOptions:
    """Return the options for reading inputs. Raises typer.BadParameter for invalid ones."""
    from worker.chain.inputs.defaults import Defaults, InputOptions
    from worker.chain.inputs.fields import BadMapping, Columns, parse_mapping

    try:
        mapping = parse_mapping(pairs)
    except BadMapping as error:
        raise typer.BadParameter(str(error), param_hint="--map") from None
    at, is_day = _parse_date(date) if date is not None else (None, False)
    if url is not None and len(paths) > 1:
        raise typer.BadParameter("it applies to one document: pass a single file", param_hint="--url")
    defaults = Defaults(
        published_at=at,
        published_is_day=is_day,
        source=(source or "").strip() or None,
        language=_parse_language(language) if language is not None else None,
        url=parse_web_address(url, "--url") if url is not None else None,
    )
    return InputOptions(columns=Columns(mapping=mapping), defaults=defaults)


def _parse_date(text: str) -> tuple[datetime, bool]:
    """Return an instant, and whether it stands for a whole day. Raises typer.BadParameter for an invalid date."""
    from datetime import UTC, datetime, time

    from cli.shared.day_options import today
    from db.text.dates import end_of_tomorrow, find_date_fault
    from worker.chain.inputs.reader import parse_when
    from worker.search.days import NoDay, parse_days

    try:
        first, last = parse_days(text, today)
    except NoDay:
        at, is_day, _ = parse_when(text)
    else:
        at, is_day = (datetime.combine(first, time(), UTC), True) if first == last else (None, False)
    if at is None:
        reason = f"{text!r} is not a day or an instant: use 2022-01-05, 2022-01-05T10:00:00Z, today or yesterday"
        raise typer.BadParameter(reason, param_hint="--date")
    if fault := find_date_fault(at, latest=end_of_tomorrow(datetime.now(UTC))):
        raise typer.BadParameter(fault.partition(";")[0], param_hint="--date")
    return at, is_day


def _parse_language(text: str) -> str:
    from worker.extract.language.names import language_code

    if code := language_code(text):
        return code
    raise typer.BadParameter(f"{text[:40]!r} is not a language: use en, kk-Latn or Russian", param_hint="--language")


def _load_zones(database: Database) -> ZoneOf:
    """Return a function that looks up the time zone of an outlet, if known."""
    from db.collection.sources.book import load_book

    book = database.read(load_book)
    return lambda source, url: book.time_zones.get(book.find(source, url) or "")


def _read(paths: Sequence[str], observed_at: datetime, options: InputOptions) -> Iterator[Document | Rejected]:
    from worker.chain.inputs.reader import iter_paths, read_file, read_lines

    for name, path in iter_paths(list(paths)):
        if name == "-":
            yield from read_lines("-", sys.stdin.buffer, observed_at=observed_at, options=options)
        else:
            yield from read_file(name, path, observed_at=observed_at, options=options)


def _show(counts: Counter[str], *, as_json: bool) -> None:

    if as_json:
        emit({outcome: counts[outcome] for outcome in InputOutcome})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    table.add_column("outcome")
    table.add_column("inputs", justify="right")
    for outcome in InputOutcome:
        table.add_row(outcome.replace("_", " "), f"{counts[outcome]:,}")
    table.add_row("together", f"{sum(counts.values()):,}", style="bold")
    Console().print(table)
