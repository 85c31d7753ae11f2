"""Exports over the web: the same bytes as the command, from the parameters of an address."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from anyio import to_thread
from pydantic import Field
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from db.enums.exports import CountedUnit, ExportDetail, ExportKind, FileFormat
from db.exports.read import CannotFilter
from web.shared.params import FilterParameters, InvalidParameter, Names, read_filters
from web.shared.store import Store
from worker.export.by_query import read_query
from worker.export.formats.columns import DETAILS
from worker.export.request import ExportRequest
from worker.export.run import ExportRefused, open_export, refuse_query, write
from worker.query.errors import QueryError

EXPORT_TIME_S = 240.0
"""Maximum time for the queries of one export."""
EXPORT_MAX = 2_000_000_000
"""Maximum size of one export, in bytes; the command has no limit."""
AT_ONCE = 2
"""Maximum number of exports that are written at the same time."""
MEDIA_TYPES = ("text/csv", "application/gzip", "application/vnd.apache.parquet")
_DELIMITERS = {"": "", "comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_CHUNK = 256 * 1024
_turns = threading.BoundedSemaphore(AT_ONCE)


class ExportParameters(FilterParameters):
    """The filters and the format of an export; they are those of the command."""

    query: Names = Field(
        [],
        examples=[["csto AND drill*"]],
        description="Only articles that match this query (as for alerts); repeatable if wide.",
    )
    text: bool = Field(False, examples=[False], description="Articles: include their texts.")
    diff: bool = Field(False, examples=[False], description="Revisions: include the changed words.")
    revisions: bool = Field(False, examples=[False], description="Mentions: include those in former texts.")
    wide: bool = Field(False, examples=[False], description="Coverage with a column for each entity or query.")
    count: CountedUnit = Field(CountedUnit.ARTICLES, examples=["articles"], description="Unit of wide coverage.")
    format: FileFormat = Field(FileFormat.CSV, examples=["csv"], description="Format of the file.")
    gzip: bool = Field(False, examples=[False], description="Compress the CSV.")
    excel: bool = Field(False, examples=[False], description="For spreadsheets: UTF-16 with tabs.")
    delimiter: str = Field(
        "",
        pattern="^(comma|semicolon|tab|bar)?$",
        examples=["semicolon"],
        description="Between cells: comma, semicolon, tab or bar.",
    )


def build_export(conn: Connection, kind: ExportKind, parameters: ExportParameters, *, store: Store) -> ExportRequest:
    """Return the request for an export. Raises InvalidParameter for parameters that do not go together."""
    queries = tuple(query for query in parameters.query if query.strip())
    if parameters.wide and kind is not ExportKind.COVERAGE:
        raise InvalidParameter("wide", "only coverage can be wide")
    if parameters.format is FileFormat.PARQUET and (parameters.gzip or parameters.excel or parameters.delimiter):
        raise InvalidParameter("format", "Parquet is compressed already and no text", "leave out the others")
    if len(queries) > 1 and not parameters.wide:
        raise InvalidParameter("query", "only wide coverage takes several", "join them with OR")
    return ExportRequest(
        kind=kind,
        filters=read_filters(conn, parameters, store=store),
        query="" if parameters.wide else "".join(queries),
        wide=parameters.wide,
        queries=queries if parameters.wide else (),
        counted=parameters.count,
        format=parameters.format,
        excel=parameters.excel,
        gzip=parameters.gzip,
        delimiter=_DELIMITERS[parameters.delimiter],
        detail=_detail(kind, parameters),
    )


def _detail(kind: ExportKind, parameters: ExportParameters) -> ExportDetail | None:
    wanted = [detail for detail in ExportDetail if getattr(parameters, detail)]
    for detail in wanted:
        if DETAILS[detail][0] is not kind:
            raise InvalidParameter(detail, f"is for the export of {DETAILS[detail][0]}")
    return wanted[0] if wanted else None


@dataclass(slots=True)
class _BoundedFile:
    """A temporary file that refuses to grow beyond the maximum size of an export."""

    file: BinaryIO
    size: int = field(default=0)

    @property
    def closed(self) -> bool:
        """True when the file is closed; writers of Parquet ask."""
        return self.file.closed

    def write(self, data: bytes) -> int:
        """Write some bytes. Raises InvalidParameter beyond the maximum size."""
        self.size += len(data)
        if self.size > EXPORT_MAX:
            raise InvalidParameter("since", "this export is too large for the web", "use the command")
        return self.file.write(data)

    def flush(self) -> None:
        """Pass all bytes on to the file."""
        self.file.flush()


class ExportResponse(StreamingResponse):
    """A finished export on its way to a reader. Its temporary file is closed however that ends."""

    def __init__(self, file: BinaryIO, size: int, request: ExportRequest) -> None:
        self._file = file
        headers = {"Content-Length": str(size), **_disposition(request)}
        super().__init__(self._chunks(), headers=headers, media_type=_media_type(request))

    async def _chunks(self) -> AsyncIterator[bytes]:
        while chunk := await to_thread.run_sync(self._file.read, _CHUNK):
            yield chunk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, and close it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def respond_export(store: Store, request: ExportRequest) -> ExportResponse:
    """Return an export as the command writes it. Raises InvalidParameter; HTTPException while others take all turns.

    It is written to a temporary file first: no transaction waits for a slow reader, and no reader gets half a file.
    """
    if not _turns.acquire(blocking=False):
        raise HTTPException(503, "Other exports are being written.", {"Retry-After": "10"})
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - it is closed when it has been sent
    try:
        bounded = _BoundedFile(file)
        with open_export(store.database, request, now=store.now(), seconds=EXPORT_TIME_S) as export:
            write(export, cast(BinaryIO, bounded), lambda _rows: None)
        size = file.tell()
        file.seek(0)
    except (CannotFilter, ExportRefused) as error:
        file.close()
        raise InvalidParameter("kind", str(error)) from None
    except BaseException:
        file.close()
        raise
    finally:
        _turns.release()
    return ExportResponse(file, size, request)


def check_queries(conn: Connection, request: ExportRequest) -> None:
    """Raise InvalidParameter for queries of an export that cannot be read, or that its kind does not take."""
    try:
        refuse_query(request)
        for query in filter(None, (request.query, *request.queries)):
            read_query(conn, query)
    except ExportRefused as error:
        raise InvalidParameter("kind", str(error)) from None
    except QueryError as error:
        raise InvalidParameter("query", error.message, error.hint, position=error.position) from None


def respond_export_head(request: ExportRequest) -> Response:
    """Return the headers of an export without making it: all but its length, which only the whole file has."""
    return StreamingResponse(iter(()), headers=_disposition(request), media_type=_media_type(request))


def _disposition(request: ExportRequest) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="steppewatch-{request.kind}{request.suffix}"'}


def _media_type(request: ExportRequest) -> str:
    if request.format is FileFormat.PARQUET:
        return "application/vnd.apache.parquet"
    if request.gzip:
        return "application/gzip"
    return f"text/csv; charset={request.encoding}; header=present"
