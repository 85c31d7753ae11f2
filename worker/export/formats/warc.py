"""Responses → records of WARC/1.1. The same responses are the same bytes: ids come from contents, times from rows."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import BinaryIO, Final

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from worker.lib.warc_fields import WarcField, encode_field

_NAMESPACE: Final = uuid.UUID("7d4b2a52-6d0c-5f0e-9c3e-0c6f1b1f5a11")
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OF_TRANSFER: Final = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Headers of the body as it was sent; what is stored is decoded."""
_NOT_HANDED_ON: Final = frozenset({"set-cookie", "set-cookie2"})
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedResponse:
    """A response to write: all of it comes from elsewhere."""

    url: str
    fetched_at: datetime
    status: int
    content_type: str | None
    headers: Mapping[str, str]
    body: bytes
    fields: Mapping[WarcField, str]


class WarcFile:
    """A WARC file that is being written, each record packed by itself unless `is_packed` is false."""

    def __init__(self, file: BinaryIO, *, is_packed: bool = True) -> None:
        self._writer = WARCWriter(file, gzip=is_packed, warc_version="1.1")

    def write_info(self, *, at: datetime) -> None:
        """Write the first record, which says what wrote the file; its date is that of the first response."""
        content = (
            b"software: Steppewatch\r\nformat: WARC File Format 1.1\r\n"
            b"conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
        )
        fields = {"WARC-Record-ID": _identify("warcinfo", _instant(at)), "WARC-Date": _instant(at)}
        record = self._writer.create_warc_record(
            "",
            "warcinfo",
            payload=BytesIO(content),
            length=len(content),
            warc_content_type="application/warc-fields",
            warc_headers_dict=fields,
        )
        self._writer.write_record(record)

    def write_response(self, response: ArchivedResponse) -> None:
        """Write one response."""
        at, target = _instant(response.fetched_at), _clean(response.url).replace(" ", "%20")
        digest = hashlib.sha256(response.body).hexdigest()
        fields = {
            "WARC-Record-ID": _identify("response", target, at, str(response.status), digest),
            "WARC-Date": at,
            **{name.value: encode_field(value) for name, value in response.fields.items() if value.strip()},
        }
        record = self._writer.create_warc_record(
            target,
            "response",
            payload=BytesIO(response.body),
            length=len(response.body),
            warc_headers_dict=fields,
            http_headers=StatusAndHeaders(_status_line(response.status), _headers(response), protocol="HTTP/1.1"),
        )
        self._writer.write_record(record)


def _headers(response: ArchivedResponse) -> list[tuple[str, str]]:
    """Return the headers of a response as one that sends its body decoded."""
    headers = []
    for name, value in _stored_headers(response):
        if not _NAME.fullmatch(name) or name.lower() in _NOT_HANDED_ON:
            continue
        sent = f"X-Archive-Orig-{name}" if name.lower() in _OF_TRANSFER else name
        headers.append((sent, _clean(value)))
    return [*headers, ("Content-Length", str(len(response.body)))]


def _stored_headers(response: ArchivedResponse) -> Iterable[tuple[str, str]]:
    if response.content_type and not any(name.lower() == "content-type" for name in response.headers):
        yield "Content-Type", response.content_type
    yield from response.headers.items()


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _clean(value: str) -> str:
    return "".join(sign for sign in value if sign.isprintable()).strip()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _identify(*parts: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_NAMESPACE, chr(10).join(parts))}>"
