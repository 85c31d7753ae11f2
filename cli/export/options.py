"""The options of `export` and `schedule`, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.day_options import day_range

if TYPE_CHECKING:
    from db.engine import Database
    from db.exports.read import Filters
    from worker.export.request import ExportRequest


class ExportKind(StrEnum):
    """What can be exported."""

    articles = "articles"
    mentions = "mentions"
    coverage = "coverage"
    cooccurrence = "cooccurrence"
    clusters = "clusters"
    revisions = "revisions"
    matches = "matches"
    sources = "sources"


class ScopeFilter(StrEnum):
    """Which articles, by what they are about."""

    all = "all"
    in_scope = "in"
    out_of_scope = "out"


class Counted(StrEnum):
    """What the cells of wide coverage count."""

    articles = "articles"
    stories = "stories"
    mentions = "mentions"


class FileFormat(StrEnum):
    """How rows are written."""

    csv = "csv"
    parquet = "parquet"


Entities = Annotated[
    list[str] | None,
    typer.Option("--entity", metavar="NAME", help="Only of this entity (id, label or alias); repeatable."),
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only of this outlet (id, name or domain); repeatable."),
]
Languages = Annotated[
    list[str] | None, typer.Option("--lang", metavar="CODE", help="Only articles in this language; repeatable.")
]
Genres = Annotated[list[str] | None, typer.Option("--genre", metavar="G", help="Only of this genre; repeatable.")]
InScope = Annotated[ScopeFilter, typer.Option("--scope", help="Only articles in or out of the vocabulary's scope.")]
Queries = Annotated[
    list[str] | None,
    typer.Option(
        "--query", metavar="Q", help="Only articles that answer a query of the language of alerts; repeatable if wide."
    ),
]
Wide = Annotated[bool, typer.Option("--wide", help="Coverage with a column for each entity or query, and every day.")]
CountedIn = Annotated[Counted, typer.Option("--count", help="What wide coverage counts.")]
FormatOf = Annotated[FileFormat, typer.Option("--format", help="Parquet needs the package pyarrow.")]
Packed = Annotated[bool, typer.Option("--gzip", help="Compress the CSV.")]
Excel = Annotated[
    bool,
    typer.Option(
        "--excel",
        help="Opens in columns in Excel and LibreOffice on any system: UTF-16 with tabs (UTF-8 with --delimiter).",
    ),
]


Texts = Annotated[bool, typer.Option("--text", help="Articles: with their texts.")]
Diffs = Annotated[bool, typer.Option("--diff", help="Revisions: with what each changed.")]
Formers = Annotated[bool, typer.Option("--revisions", help="Mentions: of former texts too.")]


def detail_of(kind: ExportKind, text: bool, diff: bool, revisions: bool) -> str:
    """Return what an export has beside its usual columns. Ends the command when that is of another kind."""
    from worker.export.formats.columns import DETAILS

    asked = [name for name, is_asked in (("text", text), ("diff", diff), ("revisions", revisions)) if is_asked]
    for name in asked:
        if DETAILS[name][0] != kind.value:
            raise typer.BadParameter(f"is for the export of {DETAILS[name][0]}", param_hint=f"--{name}")
    return "".join(asked)


def delimiter_of(written: str) -> str:
    """Return what stands between two cells, by its name or itself."""
    delimiter = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|"}.get(written.lower(), written)
    if delimiter not in (",", ";", "\t", "|"):
        raise typer.BadParameter(f"{written!r} parts no cells: comma, semicolon, tab or bar (or , ; | themselves)")
    return delimiter


Delimiter = Annotated[
    str | None,
    typer.Option("--delimiter", parser=delimiter_of, metavar="D", help="Between cells: comma, semicolon, tab or bar."),
]


def request_of(
    kind: ExportKind,
    filters: Filters,
    queries: Sequence[str] | None,
    *,
    wide: bool,
    count: Counted,
    format: FileFormat,
    packed: bool,
    excel: bool,
    delimiter: str | None,
    detail: str,
) -> ExportRequest:
    """Return the request of a command's options. Ends the command when they do not go together."""
    from worker.export.request import ExportRequest

    if wide and kind is not ExportKind.coverage:
        raise typer.BadParameter("only coverage can be wide", param_hint="--wide")
    if format is FileFormat.parquet and (packed or excel or delimiter):
        names = "--gzip, --excel, --delimiter"
        raise typer.BadParameter("Parquet is compressed already, and no spreadsheet", param_hint=names)
    asked = tuple(queries or ())
    if len(asked) > 1 and not wide:
        raise typer.BadParameter("only wide coverage has several; join them with OR", param_hint="--query")
    one, several = ("", asked) if wide else ("".join(asked), ())
    return ExportRequest(
        kind.value,
        filters,
        one,
        wide,
        several,
        count.value,
        format=format.value,
        excel=excel,
        gzip=packed,
        delimiter=delimiter or "",
        detail=detail,
    )


def filters_of(
    database: Database,
    since: date | None,
    until: date | None,
    entities: Sequence[str] | None,
    sources: Sequence[str] | None,
    languages: Sequence[str] | None,
    genres: Sequence[str] | None,
    scope: ScopeFilter,
) -> Filters:
    """Return the filters of a command's options. Ends the command for names that nobody knows."""
    from cli.shared.lookup import entity_ids, source_ids
    from db.exports.read import Filters

    first, last = day_range(since, until)
    with database.reading() as conn:
        return Filters(
            since=first,
            until=last,
            entities=entity_ids(conn, entities) if entities else (),
            sources=source_ids(conn, sources) if sources else (),
            languages=[_language(code) for code in languages or ()],
            genres=[_genre(name) for name in genres or ()],
            in_scope={ScopeFilter.all: None, ScopeFilter.in_scope: True, ScopeFilter.out_of_scope: False}[scope],
        )


def _language(code: str) -> str:
    """Return the code of a language that there is, perhaps with a script or a country. Ends the command for another."""
    base, _, region = code.partition("-")
    if len(region) == 2:
        return f"{_checked('lang', base, '--lang')}-{region}"
    return _checked("lang", code, "--lang")


def _genre(name: str) -> str:
    """Return a genre that there is. Ends the command for another."""
    return _checked("genre", name, "--genre")


def _checked(field: str, value: str, option: str) -> str:
    from worker.query.closed import checked_value
    from worker.query.errors import QueryError

    try:
        return checked_value(field, value, 0)
    except QueryError as error:
        raise typer.BadParameter(f"{error.message}; {error.hint}", param_hint=option) from None
