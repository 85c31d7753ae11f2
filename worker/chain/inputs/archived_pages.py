"""Records of a WARC → the pages in it. Pure: nothing is fetched, and no address is looked up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from warcio.statusandheaders import StatusAndHeaders

from db.text.encoding import find_charset
from worker.chain.inputs.fields import InputField
from worker.lib.http_bodies import joined_chunks, unpacked
from worker.lib.warc_fields import WarcField, decode_field
from worker.lib.warc_records import (
    MOST_HEADERS,
    BrokenRecord,
    WarcRecord,
    clean_header,
    parse_headers,
    warc_records,
)

LED_TO: Final = "led_to"
"""Key of the address at which a page was found, if another one was asked for."""
_HTML_TYPES: Final = ("text/html", "application/xhtml+xml")
_LOOKS_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_TYPES: Final = frozenset(
    {"warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPage:
    """A page of an archive; all of it is untrusted."""

    known: Mapping[str, Any]
    """Its address, by `InputField`."""
    fetched_at: str | None
    charset: str | None
    body: bytes


class _Faulty(ValueError):
    """A page that cannot be read, with a readable reason."""


def archived_pages(file: BinaryIO, *, longest: int, left_out: Counter[str]) -> Iterator[tuple[int, ArchivedPage | str]]:
    """Yield the pages of a WARC with the number of their record, or the reason why one cannot be read.

    Records that are no pages are counted in `left_out`. Number 0 stands for the whole file.
    """
    for record in warc_records(file, longest=longest):
        if isinstance(record, BrokenRecord):
            yield record.number, record.reason
            continue
        try:
            page = read_page(record, longest=longest)
        except _Faulty as error:
            yield record.number, str(error)
            continue
        if isinstance(page, str):
            left_out[page] += 1
        else:
            yield record.number, page


def describe_left_out(left_out: Counter[str]) -> str:
    """Return a line about the records of an archive that are no pages."""
    parts = ", ".join(f"{count:,} {what}" for what, count in sorted(left_out.items()))
    total = left_out.total()
    return f"{total:,} {'record is no page' if total == 1 else 'records are no pages'} and left out: {parts}"


def read_page(record: WarcRecord, *, longest: int) -> ArchivedPage | str:
    """Return the page of a record, or what it is instead. Raises _Faulty for a page that cannot be read."""
    kind = (record.header("WARC-Type") or "").lower()
    if kind != "response":
        return kind if kind in _TYPES else "of an unknown type"
    split = _END_OF_HEADERS.search(record.block, 0, MOST_HEADERS)
    if not record.block.startswith(b"HTTP/"):
        return _no_http(record)
    if split is None:
        raise _Faulty(record.fault or "a broken record: its HTTP headers have no end")
    http = parse_headers(record.block[: split.end()])
    if http.get_statuscode() != "200":
        return "response with another status than 200"
    content_type = clean_header(http.get_header("Content-Type"))
    if content_type is not None and content_type.partition(";")[0].strip().lower() not in _HTML_TYPES:
        return "response that is no HTML"
    if record.fault or (cut := record.header("WARC-Truncated")):
        raise _Faulty(record.fault or f"truncated when it was fetched: {cut[:40] if cut else ''}")
    if record.header(WarcField.NO_ARTICLE):
        return "page that was judged to be no article"
    body = _read_body(http, record.block[split.end() :], longest)
    if content_type is None and not _LOOKS_HTML.match(body, 0, 2_000):
        return "response that is no HTML"
    return ArchivedPage(
        known=_known(record),
        fetched_at=record.header("WARC-Date"),
        charset=find_charset(content_type),
        body=body,
    )


def _no_http(record: WarcRecord) -> str:
    """Return what a response is that has no HTTP headers. Raises _Faulty if it should have some."""
    target = (record.header("WARC-Target-URI") or "").lower()
    if record.fault and target.startswith(("http:", "https:")):
        raise _Faulty(record.fault)
    return "response without HTTP"


def _read_body(http: StatusAndHeaders, body: bytes, longest: int) -> bytes:
    """Return the body of a response, without the encodings of its transfer. Raises _Faulty."""
    try:
        if (http.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
            body = joined_chunks(body)
        body = unpacked(body, http.get_header("Content-Encoding") or "", longest=longest)
    except ValueError as error:
        raise _Faulty(str(error)) from None
    if len(body) > longest:
        raise _Faulty(f"larger than {longest / 1_000_000:g} MB")
    if not body.strip():
        raise _Faulty("an empty page")
    return body


def _known(record: WarcRecord) -> dict[str, str | None]:
    """Return the address of a page, and what the feed told of it if our own export wrote the record."""
    target = _read_target(record)
    told = {name: decode_field(record.header(name)) for name in WarcField}
    asked = told[WarcField.ASKED]
    return {
        InputField.URL: asked or target,
        LED_TO: target if asked else None,
        InputField.TITLE: told[WarcField.TITLE],
        InputField.AUTHOR: told[WarcField.AUTHOR],
        InputField.PUBLISHED_AT: told[WarcField.PUBLISHED],
    }


def _read_target(record: WarcRecord) -> str:
    """Return the address of a record. Raises _Faulty without one."""
    target = (record.header("WARC-Target-URI") or "").strip("<> ")
    if not target:
        raise _Faulty("a broken record: it has no address")
    return target.replace(" ", "%20")
