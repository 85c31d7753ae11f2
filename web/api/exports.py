"""Exports: the columns of each kind, and the files that the command writes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from db.enums.exports import ExportKind
from web.answers.exports import (
    MEDIA_TYPES,
    ExportParameters,
    build_export,
    check_queries,
    respond_export,
    respond_export_head,
)
from web.api.parts.answers import KNOWN_ONLY, PROBLEMS, answer, documented
from web.api.parts.row_models import ApiModel
from web.head import is_head
from web.shared.store import Reading
from worker.export.formats.column import ColumnKind
from worker.export.formats.columns import COLUMNS

router = APIRouter(tags=["exports"], dependencies=KNOWN_ONLY)


class ExportColumn(ApiModel):
    """A column of an export."""

    name: str = Field(description="Name in the header.", examples=["published_at"])
    meaning: str = Field(description="Meaning of the values.", examples=["instant of publication"])
    type: ColumnKind = Field(description="Type of the values.", examples=["moment"])
    unit: str | None = Field(description="Unit of a number.", examples=[None])
    required: bool = Field(description="Whether it is never empty.", examples=[False])


class ExportDescription(ApiModel):
    """A kind of export."""

    kind: ExportKind = Field(description="Name of the kind.", examples=["articles"])
    columns: list[ExportColumn] = Field(description="The columns, in their order.")


class ExportKinds(ApiModel):
    """The kinds of exports."""

    exports: list[ExportDescription] = Field(description="The kinds.")


@router.get("/exports", operation_id="list_exports", **documented(ExportKinds, without=[404]))
def list_exports(request: Request) -> Response:
    """List the kinds of exports with the meaning of their columns."""
    exports = [
        {
            "kind": kind,
            "columns": [
                {
                    "name": column.name,
                    "meaning": column.meaning,
                    "type": column.kind.value,
                    "unit": column.unit or None,
                    "required": column.required,
                }
                for column in columns
            ],
        }
        for kind, columns in COLUMNS.items()
    ]
    return answer(request, {"exports": exports})


_FILE: dict[str, Any] = {
    "description": "The file, as `steppewatch export` writes it.",
    "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES},
}
Kind = Annotated[ExportKind, Path(description="The kind of export.", examples=["articles"])]


@router.get(
    "/exports/{kind}",
    operation_id="download_export",
    response_class=Response,
    responses={200: _FILE, 422: PROBLEMS[422], 503: PROBLEMS[503]},
)
def download_export(
    request: Request, kind: Kind, store: Reading, parameters: Annotated[ExportParameters, Query()]
) -> Response:
    """Return an export as a file: the same bytes as the command with the same filters.

    The file is complete before its first byte is sent. Two are written at a time; others get a 503 and try again.
    HEAD makes no file: it gives the headers but the length.
    """
    with store.reading() as conn:
        export = build_export(conn, kind, parameters, store=store)
        check_queries(conn, export)
    return respond_export_head(export) if is_head(request.scope) else respond_export(store, export)
