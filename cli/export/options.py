"""The options shared by `export` and `schedule`, and the request built from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.export.opml import OPML
from cli.export.warc import WARC
from cli.shared.day_options import day_range
from db.enums.exports import CountedUnit, ExportDetail, ExportKind, FileFormat

if TYPE_CHECKING:
    from db.engine import Database
    from db.exports.read import Filters
    from worker.export.request import ExportRequest


class ScopeFilter(StrEnum):
    """Filter of articles by scope."""

    all = "all"
    in_scope = "in"
    out_of_scope = "out"


KINDS = (*ExportKind, OPML, WARC)
OPTIONS_OF = {OPML: ("source", "output"), WARC: ("since", "until", "source", "output")}
"""Options for the kinds that are no tables."""

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
CountedIn = Annotated[CountedUnit, typer.Option("--count", help="Unit of wide coverage.")]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """The options of a command that describe an export, as typed."""

    kind: ExportKind
    since: date | None
    until: date | None
    entity: Sequence[str] | None
    source: Sequence[str] | None
    lang: Sequence[str] | None
    genre: Sequence[str] | None
    scope: ScopeFilter
    query: Sequence[str] | None
    text: bool
    diff: bool
    revisions: bool
    wide: bool
    count: CountedUnit
    format: FileFormat
    packed: bool
    excel: bool
    delimiter: str | None

    def detail(self) -> ExportDetail | None:
        """Return the extra columns. Exit if they belong to another kind."""
        from worker.export.formats.columns import DETAILS

        requested = {
            ExportDetail.TEXT: self.text,
            ExportDetail.DIFF: self.diff,
            ExportDetail.REVISIONS: self.revisions,
        }
        details = [detail for detail, is_requested in requested.items() if is_requested]
        for detail in details:
            kind, _ = DETAILS[detail]
            if kind is not self.kind:
                raise typer.BadParameter(f"is for the export of {kind}", param_hint=f"--{detail}")
        return details[0] if details else None


def build_request(database: Database, options: ExportOptions) -> ExportRequest:
    """Return the request for these options. Exit if they are incompatible, or for unknown names."""
    from worker.export.request import ExportRequest

    filters = build_filters(
        database,
        options.since,
        options.until,
        options.entity,
        options.source,
        options.lang,
        options.genre,
        options.scope,
    )
    if options.wide and options.kind is not ExportKind.COVERAGE:
        raise typer.BadParameter("only coverage can be wide", param_hint="--wide")
    if options.format is FileFormat.PARQUET and (options.packed or options.excel or options.delimiter):
        names = "--gzip, --excel, --delimiter"
        raise typer.BadParameter("not for Parquet, which is compressed already and not a text format", param_hint=names)
    queries = tuple(options.query or ())
    if len(queries) > 1 and not options.wide:
        raise typer.BadParameter("only wide coverage takes several queries; join them with OR", param_hint="--query")
    return ExportRequest(
        kind=options.kind,
        filters=filters,
        query="" if options.wide else "".join(queries),
        wide=options.wide,
        queries=queries if options.wide else (),
        counted=options.count,
        format=options.format,
        excel=options.excel,
        gzip=options.packed,
        delimiter=options.delimiter or "",
        detail=options.detail(),
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


def refuse_other_options(context: typer.Context, kind: str) -> None:
    """Exit if an option is given that is not for a kind without a table."""
    for name in context.params:
        origin = context.get_parameter_source(name)
        if origin is not None and origin.name != "DEFAULT" and name not in ("kind", *OPTIONS_OF[kind]):
            option = {"packed": "--gzip"}.get(name, "--" + name.replace("_", "-"))
            *most, last = [f"--{one}" if one != "output" else "-o" for one in OPTIONS_OF[kind]]
            what = "a list of feeds" if kind == OPML else "an archive of pages"
            reason = f"{kind} is {what}: only {', '.join(most)} and {last} are for it"
            raise typer.BadParameter(reason, param_hint=option)
