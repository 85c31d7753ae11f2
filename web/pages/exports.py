"""Exports: choose a table and filters, see the first rows and the meaning of the columns, take the file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import Response

from db.collection.sources.sources import find_names
from db.coverage.cells import find_parts
from db.enums.articles import Genre
from db.enums.coverage import CoverageSplit
from db.enums.exports import ExportDetail, ExportKind, FileFormat
from db.enums.vocabulary import MentionLevel
from db.exports.read import CannotFilter
from web.answers.exports import ExportParameters, build_export
from web.answers.page import PageFormat, respond
from web.answers.tables import PageTable
from web.shared.links import page_address
from web.shared.params import FilterParameters, InvalidParameter
from web.shared.store import Reading, Store
from worker.export.formats.column import Column
from worker.export.formats.columns import COLUMNS, DETAILS
from worker.export.preview import read_first_rows
from worker.export.run import ExportRefused
from worker.search.scope import ScopeFilter

ROWS, PREVIEW_S = 20, 5.0
KINDS: Mapping[ExportKind, str] = {
    ExportKind.ARTICLES: "a line for each article",
    ExportKind.MENTIONS: "a line for each name in an article, with its place",
    ExportKind.COVERAGE: "articles, stories and mentions by day, entity and outlet",
    ExportKind.COOCCURRENCE: "pairs of entities in the same articles",
    ExportKind.CLUSTERS: "stories: originals and their reprints",
    ExportKind.REVISIONS: "a line for each text that an article has had",
    ExportKind.MATCHES: "what alerts matched, and why",
    ExportKind.SOURCES: "the outlets and how completely they are collected",
}

router = APIRouter(include_in_schema=False)


class ExportForm(FilterParameters):
    """The form: a kind of table, its filters, and the format of the file."""

    kind: ExportKind = ExportKind.ARTICLES
    query: str = Field("", max_length=2000)
    text: bool = False
    diff: bool = False
    revisions: bool = False
    excel: bool = False
    file: FileFormat = FileFormat.CSV
    format: PageFormat = PageFormat.HTML

    def read(self) -> ExportParameters:
        """Return the parameters of the export."""
        own = self.model_dump(exclude={"kind", "query", "file", "format"})
        return ExportParameters(**own, query=[self.query] if self.query.strip() else [], format=self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportsPage:
    """The form with the first rows of the export that it describes."""

    form: ExportForm
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    problem: str | None
    """Why there are no rows: a parameter that cannot be used."""
    sources: Mapping[str, str]
    languages: Sequence[str]
    template = "exports.html"
    title = "Exports"
    kinds = KINDS
    genres = tuple(Genre)
    levels = tuple(MentionLevel)
    scopes = tuple(ScopeFilter)

    @property
    def detail(self) -> ExportDetail | None:
        """The optional detail that this kind can have."""
        return next((detail for detail, (kind, _) in DETAILS.items() if kind is self.form.kind), None)

    @property
    def has_detail(self) -> bool:
        """True if the detail is asked for."""
        return self.detail is not None and bool(getattr(self.form, self.detail))

    @property
    def file_address(self) -> str:
        """The address of the file."""
        return page_address(f"/api/v1/exports/{self.form.kind}", **self._parameters())

    @property
    def command(self) -> str:
        """The command that writes the same file."""
        words = ["steppewatch", "export", str(self.form.kind)]
        for name, value in self._parameters().items():
            for one in value if isinstance(value, list) else [value]:
                words += [f"--{name.replace('_', '-')}", *([] if one == "true" else [str(one)])]
        return shlex.join([*words, "-o", f"{self.form.kind}.{self.form.file}"])

    def _parameters(self) -> dict[str, Any]:
        """Return the parameters that differ from their defaults."""
        sent = self.form.read().model_dump(mode="json", exclude_defaults=True)
        return {
            name: "true" if value is True else [one for one in value if one] if isinstance(value, list) else value
            for name, value in sent.items()
            if value
        }

    def record(self) -> dict[str, Any]:
        """Return the columns with their meaning, and the first rows."""
        return {
            "kind": self.form.kind,
            "file": self.file_address,
            "command": self.command,
            "problem": self.problem,
            "columns": [{"name": column.name, "meaning": column.meaning} for column in self.columns],
            "rows": [list(map(_plain, row)) for row in self.rows],
        }

    def table(self) -> PageTable:
        """Return the first rows."""
        return PageTable([column.name for column in self.columns], self.rows)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


@router.get("/exports")
def show_exports(request: Request, store: Reading, form: Annotated[ExportForm, Query()]) -> Response:
    """Return the form, with the first rows of the export that it describes."""
    with store.reading() as conn:
        page = _fill(conn, form, store)
    return respond(request, page, form.format, 422 if page.problem else 200)


def _fill(conn: Connection, form: ExportForm, store: Store) -> ExportsPage:
    columns: Sequence[Column] = COLUMNS[form.kind]
    rows: Sequence[Sequence[object]] = []
    problem = None
    try:
        export = build_export(conn, form.kind, form.read(), store=store)
        columns, rows = read_first_rows(store.database, export, now=store.now(), seconds=PREVIEW_S, most=ROWS)
    except InvalidParameter as error:
        problem = f"{error.name}: {error.message}{'; ' if error.hint else ''}{error.hint}"
    except (CannotFilter, ExportRefused) as error:
        problem = str(error)
    return ExportsPage(
        form=form,
        columns=columns,
        rows=rows,
        problem=problem,
        sources=find_names(conn),
        languages=find_parts(conn, CoverageSplit.LANG),
    )
