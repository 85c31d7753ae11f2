"""WARC files of invented pages, made byte by byte: broken ones too."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence

from samples import text

FETCHED = "2022-01-06T08:00:00Z"


def page(*paragraphs: int, title: str = "Lake talks") -> bytes:
    """Return an invented page."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text(*paragraphs or (0, 1, 2, 3)).splitlines())
    return f"<html><head><title>{title}</title></head><body><article>{body}</article></body></html>".encode()


def http(
    body: bytes,
    *,
    status: str = "200 OK",
    content_type: str | None = "text/html; charset=utf-8",
    more: Sequence[str] = (),
) -> bytes:
    """Return a response of HTTP."""
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {content_type}"] if content_type else []), *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def record(
    block: bytes,
    url: str = "https://herald.example/1",
    *,
    kind: str = "response",
    length: str | None = None,
    fetched: str = FETCHED,
    more: Sequence[str] = (),
) -> bytes:
    """Return a record; `length` is what it says instead of its length."""
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>",
        f"WARC-Target-URI: {url}",
        f"WARC-Date: {fetched}",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(block) if length is None else length}",
        *more,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def packed(records: Sequence[bytes]) -> bytes:
    """Return records as a file in which each is packed by itself."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)


def deflated(body: bytes) -> bytes:
    """Return a body in the encoding that HTTP calls deflate."""
    return zlib.compress(body)
