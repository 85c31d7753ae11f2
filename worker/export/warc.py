"""The stored captures as a WARC file: raw pages with their headers, in the order in which they were stored."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import Connection

from db.collection.capture_archive import ArchivedCapture, CaptureFilter, count_without_page, iter_archive
from db.enums.outcomes import InputOutcome
from worker.export.formats.warc import EARLIEST, ArchivedResponse, WarcFile
from worker.judging.text_source import FEED_WORDS_TAKEN
from worker.lib.warc_fields import WarcField


@dataclass(frozen=True, slots=True)
class Archived:
    """Numbers of responses written, and of captures left out because they are only a feed's words."""

    written: int
    without_page: int


def write_archive(
    conn: Connection,
    wanted: CaptureFilter,
    file: BinaryIO,
    *,
    is_packed: bool = True,
    progress: Callable[[int], None] = lambda written: None,
) -> Archived:
    """Write the captures of a store, seen at one moment, as records of WARC/1.1."""
    archive, written = WarcFile(file, is_packed=is_packed), 0
    for capture in iter_archive(conn, wanted):
        if not written:
            archive.write_info(at=capture.fetched_at)
        archive.write_response(_response(capture))
        written += 1
        progress(written)
    if not written:
        archive.write_info(at=EARLIEST)
    return Archived(written, count_without_page(conn, wanted))


def _response(capture: ArchivedCapture) -> ArchivedResponse:
    return ArchivedResponse(
        url=capture.url,
        fetched_at=capture.fetched_at,
        status=capture.status,
        content_type=capture.content_type,
        headers={name: str(value) for name, value in capture.headers.items()},
        body=zlib.decompress(capture.body),
        fields=_fields(capture),
    )


def _fields(capture: ArchivedCapture) -> dict[WarcField, str]:
    """Return what only the store knows of a page: address asked for, words of its feed, whether it is an article."""
    hints = {
        WarcField.TITLE: capture.hints.get("title"),
        WarcField.AUTHOR: capture.hints.get("author"),
        WarcField.PUBLISHED: capture.hints.get("published_at"),
    }
    fields = {name: value for name, value in hints.items() if isinstance(value, str)}
    if capture.page_url and capture.page_url != capture.url:
        fields[WarcField.ASKED] = capture.page_url
    if capture.outcome == InputOutcome.REJECTED or FEED_WORDS_TAKEN in (capture.reason or ""):
        fields[WarcField.NO_ARTICLE] = capture.reason or InputOutcome.REJECTED
    return fields
