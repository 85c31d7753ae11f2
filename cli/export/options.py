"""The options shared by `export` and `schedule`, and the request built from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from cli.export.opml import OPML
from cli.export.warc import WARC
from cli.shared.day_options import Since, Until, day_range
from cli.shared.output import fail
from db.enums.exports import CountedUnit, ExportDetail, ExportKind, FileFormat
from db.enums.vocabulary import MentionLevel
from worker.search.scope import ScopeFilter

if TYPE_CHECKING:
    from db.articles.filters import Filters
    from db.engine import Database
    from worker.export.request import ExportRequest


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
Level = Annotated[
    MentionLevel | None,
    typer.Option(
        "--level", help="Only articles that mention the entity, or any, at this level; of mentions only those."
    ),
]
ReprintsOf = Annotated[
    list[str] | None,
    typer.Option(
        "--reprints-of",
        metavar="NAME",
        help="Only reprints of articles of this outlet, or of “any”, in others; repeatable.",
    ),
]
ReprintedBy = Annotated[
    list[str] | None,
    typer.Option(
        "--reprinted-by",
        metavar="NAME",
        help="Only originals that this other outlet, or “any”, has reprinted; repeatable.",
    ),
]
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
    """The options of a command that describe an export, as typed; `takes_export_options` puts them on its line."""

    since: Since = None
    until: Until = None
    entity: Entities = None
    source: Sources = None
    lang: Languages = None
    genre: Genres = None
    scope: InScope = ScopeFilter.all
    level: Level = None
    reprints_of: ReprintsOf = None
    reprinted_by: ReprintedBy = None
    query: Queries = None
    text: Texts = False
    diff: Diffs = False
    revisions: Formers = False
    wide: Wide = False
    count: CountedIn = CountedUnit.ARTICLES
    format: FormatOf = FileFormat.CSV
    packed: Packed = False
    excel: Excel = False
    delimiter: Delimiter = None

    def choose_detail(self, kind: ExportKind) -> ExportDetail | None:
        """Return the extra columns. Exit if they belong to another kind."""
        from worker.export.formats.columns import DETAILS

        requested = {
            ExportDetail.TEXT: self.text,
            ExportDetail.DIFF: self.diff,
            ExportDetail.REVISIONS: self.revisions,
        }
        details = [detail for detail, is_requested in requested.items() if is_requested]
        for detail in details:
            owner, _ = DETAILS[detail]
            if owner is not kind:
                raise typer.BadParameter(f"is for the export of {owner}", param_hint=f"--{detail}")
        return details[0] if details else None


def takes_export_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the options of an export on its line, in the place of its parameter `options`.

    The command itself gets them as one value, an `ExportOptions`.
    """
    hints = get_type_hints(ExportOptions, include_extras=True)
    options = [
        Parameter(one.name, Parameter.POSITIONAL_OR_KEYWORD, default=one.default, annotation=hints[one.name])
        for one in fields(ExportOptions)
    ]
    own = signature(command, eval_str=True)
    parameters = [
        one
        for parameter in own.parameters.values()
        for one in (options if parameter.name == "options" else [parameter])
    ]

    @wraps(command)
    def run(**values: Any) -> None:
        taken = {one.name: values.pop(one.name) for one in options}
        command(**values, options=ExportOptions(**taken))

    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__dict__["__signature__"] = own.replace(parameters=parameters)  # from here Typer reads the command line
    return run


def build_request(database: Database, kind: ExportKind, options: ExportOptions) -> ExportRequest:
    """Return the request for these options. Exit if they are incompatible, or for unknown names."""
    from worker.export.request import ExportRequest

    filters = build_filters(
        database,
        options.since,
        options.until,
        entity=options.entity,
        source=options.source,
        lang=options.lang,
        genre=options.genre,
        scope=options.scope,
        level=options.level,
        reprints_of=options.reprints_of,
        reprinted_by=options.reprinted_by,
    )
    if options.wide and kind is not ExportKind.COVERAGE:
        raise typer.BadParameter("only coverage can be wide", param_hint="--wide")
    if options.format is FileFormat.PARQUET and (options.packed or options.excel or options.delimiter):
        names = "--gzip, --excel, --delimiter"
        raise typer.BadParameter("not for Parquet, which is compressed already and not a text format", param_hint=names)
    queries = tuple(options.query or ())
    if len(queries) > 1 and not options.wide:
        raise typer.BadParameter("only wide coverage takes several queries; join them with OR", param_hint="--query")
    return ExportRequest(
        kind=kind,
        filters=filters,
        query="" if options.wide else "".join(queries),
        wide=options.wide,
        queries=queries if options.wide else (),
        counted=options.count,
        format=options.format,
        excel=options.excel,
        gzip=options.packed,
        delimiter=options.delimiter or "",
        detail=options.choose_detail(kind),
    )


def build_filters(
    database: Database,
    since: date | None,
    until: date | None,
    *,
    entity: Sequence[str] | None,
    source: Sequence[str] | None,
    lang: Sequence[str] | None,
    genre: Sequence[str] | None,
    scope: ScopeFilter,
    level: MentionLevel | None,
    reprints_of: Sequence[str] | None,
    reprinted_by: Sequence[str] | None,
) -> Filters:
    """Return the filters for these options. Exit for unknown names."""
    from worker.search import filters
    from worker.search.lookup import UnknownName

    first, last = day_range(since, until)
    try:
        with database.reading() as conn:
            return filters.build_filters(
                conn,
                since=first,
                until=last,
                entities=entity or (),
                sources=source or (),
                languages=lang or (),
                genres=genre or (),
                scope=scope,
                level=level,
                reprints_of=reprints_of or (),
                reprinted_by=reprinted_by or (),
            )
    except UnknownName as error:
        fail(error.message, hint=error.hint)
    except filters.InvalidFilter as error:
        raise typer.BadParameter(str(error), param_hint=f"--{error.field}") from None


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
