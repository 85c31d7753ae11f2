"""The options shared by `export` and `schedule`, and the request built from them."""

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
    """Kind of an export."""

    articles = "articles"
    mentions = "mentions"
    coverage = "coverage"
    cooccurrence = "cooccurrence"
    clusters = "clusters"
    revisions = "revisions"
    matches = "matches"
    sources = "sources"


class ScopeFilter(StrEnum):
    """Filter of articles by scope."""

    all = "all"
    in_scope = "in"
    out_of_scope = "out"


class Counted(StrEnum):
    """Unit of the cells in wide coverage."""

    articles = "articles"
    stories = "stories"
    mentions = "mentions"


class FileFormat(StrEnum):
    """File format of an export."""

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
        "--query", metavar="Q", help="Only articles that match this query (as for alerts); repeatable if wide."
    ),
]
Wide = Annotated[bool, typer.Option("--wide", help="Coverage with a column for each entity or query, and every day.")]
CountedIn = Annotated[Counted, typer.Option("--count", help="Unit of wide coverage.")]
FormatOf = Annotated[FileFormat, typer.Option("--format", help="Parquet needs the package pyarrow.")]
Packed = Annotated[bool, typer.Option("--gzip", help="Compress the CSV.")]
Excel = Annotated[
    bool,
    typer.Option(
        "--excel",
        help="Opens in columns in Excel and LibreOffice on any system: UTF-16 with tabs (UTF-8 with --delimiter).",
    ),
]


Texts = Annotated[bool, typer.Option("--text", help="Articles: include their texts.")]
Diffs = Annotated[bool, typer.Option("--diff", help="Revisions: include the changed words.")]
Formers = Annotated[bool, typer.Option("--revisions", help="Mentions: include those in former texts.")]


def build_detail(kind: ExportKind, text: bool, diff: bool, revisions: bool) -> str:
    """Return the extra columns of an export. Exit if they belong to another kind."""
    from worker.export.formats.columns import DETAILS

    details = [
        name for name, is_requested in (("text", text), ("diff", diff), ("revisions", revisions)) if is_requested
    ]
    for name in details:
        if DETAILS[name][0] != kind.value:
            raise typer.BadParameter(f"is for the export of {DETAILS[name][0]}", param_hint=f"--{name}")
    return "".join(details)


def parse_delimiter(written: str) -> str:
    """Return the delimiter, from its name or itself."""
    delimiter = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|"}.get(written.lower(), written)
    if delimiter not in (",", ";", "\t", "|"):
        raise typer.BadParameter(f"{written!r} is not a delimiter: use comma, semicolon, tab or bar (or , ; |)")
    return delimiter


Delimiter = Annotated[
    str | None,
    typer.Option(
        "--delimiter", parser=parse_delimiter, metavar="D", help="Between cells: comma, semicolon, tab or bar."
    ),
]


def build_request(
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
    """Return the request for these options. Exit if they are incompatible."""
    from worker.export.request import ExportRequest

    if wide and kind is not ExportKind.coverage:
        raise typer.BadParameter("only coverage can be wide", param_hint="--wide")
    if format is FileFormat.parquet and (packed or excel or delimiter):
        names = "--gzip, --excel, --delimiter"
        raise typer.BadParameter("not for Parquet, which is compressed already and not a text format", param_hint=names)
    all_queries = tuple(queries or ())
    if len(all_queries) > 1 and not wide:
        raise typer.BadParameter("only wide coverage takes several queries; join them with OR", param_hint="--query")
    one, several = ("", all_queries) if wide else ("".join(all_queries), ())
    return ExportRequest(
        kind=kind.value,
        filters=filters,
        query=one,
        wide=wide,
        queries=several,
        counted=count.value,
        format=format.value,
        excel=excel,
        gzip=packed,
        delimiter=delimiter or "",
        detail=detail,
    )


def build_filters(
    database: Database,
    since: date | None,
    until: date | None,
    entities: Sequence[str] | None,
    sources: Sequence[str] | None,
    languages: Sequence[str] | None,
    genres: Sequence[str] | None,
    scope: ScopeFilter,
) -> Filters:
    """Return the filters for these options. Exit for unknown names."""
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
    """Return a known language code, optionally with a script or country. Exit for another."""
    base, _, region = code.partition("-")
    if len(region) == 2:
        return f"{_validate('lang', base, '--lang')}-{region}"
    return _validate("lang", code, "--lang")


def _genre(name: str) -> str:
    """Return a known genre. Exit for another."""
    return _validate("genre", name, "--genre")


def _validate(field: str, value: str, option: str) -> str:
    from worker.query.closed import checked_value
    from worker.query.errors import QueryError

    try:
        return checked_value(field, value, 0)
    except QueryError as error:
        raise typer.BadParameter(f"{error.message}; {error.hint}", param_hint=option) from None
