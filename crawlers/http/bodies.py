"""Inspection of response bodies, independent of their headers: compression, truncation, type. Pure."""

from __future__ import annotations

import codecs
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")

_GZIP = b"\x1f\x8b\x08"
_CHUNK = 65_536
_FIRST_WINDOW = 1_024
_MOST_MEMBERS = 4_096
_TRAILER = 8
_BEGINNING, _HEAD, _TAIL = 256, 4_096, 16_384
_PLAIN_FROM = 64
"""Length from which a body without control characters cannot be compressed: compressed bytes are full of them."""

_DOCUMENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[!?a-zA-Z]|[{\[]\s*[\"{\[])")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_PROLOGUE = re.compile(r"\s*(?:<\?[^>]*>|<!--.*?-->)", re.DOTALL)
_HTML = re.compile(
    r"\s*<(?:!doctype\s+html|(?:html|head|body|title|meta|base|link|style|script|noscript|main|article|section|header"
    r"|nav|div|p|h[1-6]|span|table|ul|ol|center|font|br|hr|iframe|form|a|b|i|img)(?=[\s/>]))",
    re.IGNORECASE,
)
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]{0,60})")
_ENDS = (b"</html", b"</body")
_HIDDEN = ((b"<script", b"</script"), (b"<style", b"</style"), (b"<!--", b"-->"))
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_KINDS = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG\r\n", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"PK\x03\x04", "an archive"),
    (b"Rar!\x1a", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (_GZIP, "an archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "an office document"),
    (b"RIFF", "a sound, a film or an image"),
    (b"OggS", "a sound or a film"),
    (b"ID3", "a sound"),
    (b"\x1a\x45\xdf\xa3", "a film"),
    (b"\x00\x00\x00\x18ftyp", "a film"),
    (b"\x00\x00\x00\x1cftyp", "a film"),
    (b"\x00\x00\x00 ftyp", "a film"),
)
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_CHARSET = re.compile(r"charset\s{0,5}[=:]?\s{0,5}[\"']?\s{0,5}([a-z0-9_.:+-]+)")
_WORDS = (("html", "text/html"), ("xml", "application/xml"), ("text", "text/plain"))


class TooLarge(ValueError):
    """The unpacked body exceeds the limit."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Unpacked bytes; `is_whole` is False if the packed ones were truncated or damaged."""

    body: bytes
    is_whole: bool


def is_document(body: bytes) -> bool:
    """Return whether a body starts like markup or JSON; compressed bytes do not."""
    return _DOCUMENT.match(body) is not None and _NO_TEXT.search(body[:_BEGINNING]) is None


def is_plain(body: bytes) -> bool:
    """Return whether a body is uncompressed text of any kind."""
    return is_document(body) or (len(body) >= _PLAIN_FROM and _NO_TEXT.search(body[:_BEGINNING]) is None)


def is_gzip(body: bytes) -> bool:
    """Return whether a body starts with the magic number of gzip."""
    return body.startswith(_GZIP)


def unpack(body: bytes, coding: str, *, max_bytes: int) -> Unpacked | None:
    """Return the unpacked body of `gzip` or `deflate`; None if it is neither. Raises TooLarge, with bounded memory."""
    view = memoryview(body)
    if coding == "gzip":
        return _members(view, max_bytes)
    return _inflated(view, zlib.MAX_WBITS, max_bytes)[0] or _inflated(view, -zlib.MAX_WBITS, max_bytes)[0]


def unzip(body: bytes, *, max_bytes: int) -> bytes:
    """Return the content of a gzip file; any other body, or one that is too large unpacked, is returned unchanged."""
    try:
        unpacked = unpack(body, "gzip", max_bytes=max_bytes)
    except TooLarge:
        return body
    return unpacked.body if unpacked else body


def _members(packed: memoryview, max_bytes: int) -> Unpacked | None:
    """Return the concatenated members of a gzip file; trailing bytes are ignored."""
    parts: list[bytes] = []
    size = members = 0
    is_whole = True
    while is_whole and packed[: len(_GZIP)] == _GZIP:
        packed = packed[_header_length(bytes(packed[:_HEAD])) :]
        unpacked, end = _inflated(packed, -zlib.MAX_WBITS, max_bytes - size)
        if unpacked is None:
            break
        members += 1
        is_whole = unpacked.is_whole and members < _MOST_MEMBERS
        parts.append(unpacked.body)
        size += len(unpacked.body)
        packed = packed[end + _TRAILER :]  # a wrong or missing checksum does not invalidate the text
    return Unpacked(b"".join(parts), is_whole) if parts else None


def _header_length(member: bytes) -> int:
    """Return the offset of the data in a gzip member (RFC 1952 §2.3)."""
    flags, at = member[3] if len(member) > 3 else 0, 10
    if flags & 4:
        at += 2 + int.from_bytes(member[at : at + 2], "little")
    for flag in (8, 16):  # a name and a comment, each terminated by a zero
        if flags & flag:
            at = member.find(b"\0", at) + 1 or len(member)
    return at + 2 if flags & 2 else at


def _inflated(packed: memoryview, wbits: int, max_bytes: int) -> tuple[Unpacked | None, int]:
    """Return the content of a stream (None if invalid) and the offset of its end.

    Windows grow from small ones, so that many short streams cost no more than a long one.
    """
    stream, parts = zlib.decompressobj(wbits), []
    size, at, window = 0, 0, _FIRST_WINDOW
    try:
        while at < len(packed) and not stream.eof:
            waiting: memoryview | bytes = packed[at : at + window]
            at += len(waiting)
            window = min(2 * window, _CHUNK)
            while waiting and not stream.eof:
                parts.append(stream.decompress(waiting, _CHUNK))
                size += len(parts[-1])
                if size > max_bytes:
                    raise TooLarge
                waiting = stream.unconsumed_tail
    except zlib.error:
        return (Unpacked(b"".join(parts), is_whole=False) if size else None), at
    if not size and not stream.eof:
        return None, at
    return Unpacked(b"".join(parts), stream.eof), at - len(stream.unused_data)


def is_ended(body: bytes) -> bool:
    """Return whether a body is complete: its root element is closed, or it is valid JSON."""
    tail = body[-_TAIL:].lower()
    if any(end in tail for end in _ENDS):
        return True
    if body[:_BEGINNING].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        try:
            json.loads(body)
        except (ValueError, RecursionError):
            return False
        return True
    root = _ROOT.search(body[:_HEAD])
    return root is not None and b"</" + root[1].lower() + b">" in tail


def is_html(body: bytes) -> bool:
    """Return whether a body starts like a page: with a doctype or an HTML element, possibly after comments."""
    beginning = _beginning(body)
    at = 0
    while found := _PROLOGUE.match(beginning, at):
        at = found.end()
    return _HTML.match(beginning, at) is not None


def count_visible_letters(page: bytes) -> int:
    """Return the approximate number of bytes of visible text: outside tags, scripts, styles and comments."""
    lowered, at, shown = page.lower(), 0, 0
    while (tag := lowered.find(b"<", at)) >= 0:
        shown += len(page[at:tag].strip())
        end = next((end for start, end in _HIDDEN if lowered.startswith(start, tag)), b">")
        at = lowered.find(end, tag)
        if at < 0:
            return shown
        at += len(end) if end.endswith(b">") else 0
    return shown + len(page[at:].strip())


def describe_binary(body: bytes) -> str | None:
    """Return a description of a binary file; None for text."""
    kind = next((kind for mark, kind in _KINDS if body.startswith(mark)), None)
    if kind is None and not any(body.startswith(mark) for mark, _ in _BOMS) and b"\0" in body[:_BEGINNING]:
        return "a file that is no text"
    return kind


def choose_content_type(values: Sequence[str]) -> str | None:
    """Return the media type and charset from headers that may be repeated, partial or misspelled.

    If they differ, a type of pages is preferred. None if there is no usable header.
    """
    header = ", ".join(values).lower()
    types = _TYPE.findall(header)
    kind = next((kind for kind in types if kind in PAGE_TYPES), types[-1] if types else "")
    if not kind:
        kind = next((meant for word, meant in _WORDS if re.search(rf"\bx?{word}\b", header)), "")
    charset = _CHARSET.search(header)
    return f"{kind}; charset={charset[1]}" if charset else kind or None


def _beginning(body: bytes) -> str:
    head = body[:_HEAD]
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("latin-1")
