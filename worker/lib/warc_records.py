"""Untrusted WARC files → records. One that is broken never loses the next; memory is bounded.

The library warcio reads headers. Where a record ends is decided here: warcio stops at the first broken record and at
the second record of a file packed as a whole, does not say that packed data ended early, and reads endless lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from worker.lib.plain_bytes import PlainBytes

MOST_HEADERS: Final = 64 * 1024
"""Bytes of the headers of a record, and of those of HTTP."""
_MOST_RETURNS: Final = 20
"""Wrong lengths after which a file's lengths count for nothing: a record then ends where another begins."""
_MARKS: Final = (b"WARC/1.", b"WARC/0.")
_MARK: Final = len(_MARKS[0])
_END: Final = len(b"\r\n\r\n")
_WRONG_LENGTH: Final = "a broken record: it does not end where its length says"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """A record of a WARC file; `block` is its beginning if `fault` says why the rest is not there."""

    number: int
    headers: StatusAndHeaders
    block: bytes
    fault: str | None = None
    is_broken: bool = False
    """True if it does not end where its length says."""

    def header(self, name: str) -> str | None:
        """Return a header of the record without control characters; None if there is none."""
        return clean_header(self.headers.get_header(name))


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A part of a file that is no record, with a readable reason; number 0 for a file without any record."""

    number: int
    reason: str


def clean_header(value: str | None) -> str | None:
    """Return the value of a header without control characters and spaces around it; None for none."""
    return "".join(sign for sign in value if sign.isprintable()).strip() or None if value else None


def warc_records(file: BinaryIO, *, longest: int) -> Iterator[WarcRecord | BrokenRecord]:
    """Yield the records of a WARC file, plain or gzip; blocks above `longest` bytes come without their rest."""
    source, number, returns, lost = PlainBytes(file), 0, 0, 0
    while _at_record(source) or source.lost > lost:
        if source.lost > lost:
            lost, number = lost + 1, number + 1
            if not source.position and not source.peek(1):
                number = 0
                break
            yield BrokenRecord(number, "a broken record: it cannot be unpacked")
            continue
        number += 1
        begins = source.position
        headers = _read_headers(source)
        if isinstance(headers, str):
            _skip_to_record(source)
            if number == 1 + lost and not source.peek(1):
                yield BrokenRecord(0, "not a WARC file")
                return
            yield BrokenRecord(number, headers)
            continue
        begins = source.position
        source.forget_before(begins)
        record, is_trusted = _read_record(source, number, headers, longest, is_trusted=returns < _MOST_RETURNS)
        yield record
        if record.is_broken and not _begins_record(source):
            returns += is_trusted and source.go_back(begins)
            _skip_to_record(source)
    if not number:
        yield BrokenRecord(0, "not a WARC file" if source.is_gzip else "an empty file")


def _read_record(
    source: PlainBytes, number: int, headers: StatusAndHeaders, longest: int, *, is_trusted: bool
) -> tuple[WarcRecord, bool]:
    """Return the record with these headers, and whether its length told where it ends."""
    size = _parse_length(headers.get_header("Content-Length"))
    is_trusted &= size is not None
    block, read = _read_block(source, size if is_trusted else None, longest + MOST_HEADERS)
    fault = _fault(source, size, read, is_trusted=is_trusted)
    if not is_trusted and size is not None:
        block = block[:size]
    record = WarcRecord(
        number=number,
        headers=headers,
        block=block,
        fault=fault or (f"larger than {longest / 1_000_000:g} MB" if read > longest + MOST_HEADERS else None),
        is_broken=fault is not None,
    )
    return record, is_trusted


def _at_record(source: PlainBytes) -> bool:
    """Skip empty lines; return False at the end of the file."""
    while (signs := source.peek(1)) and signs in b"\r\n":
        source.take(1)
    return bool(signs)


def _begins_record(source: PlainBytes) -> bool:
    return source.peek(_MARK).startswith(_MARKS)


def _skip_to_record(source: PlainBytes) -> None:
    """Go to the next line that begins a record, or to the end."""
    is_whole = True
    while source.peek(1) and not (is_whole and _begins_record(source)):
        line = source.take_line(MOST_HEADERS)
        at_member = source.bytes_to_member() == 0
        is_whole = line.endswith(b"\n") or at_member


def _read_headers(source: PlainBytes) -> StatusAndHeaders | str:
    """Return the headers of a record, or a readable reason why there are none."""
    lines, size = [], 0
    if not _begins_record(source):
        return "a broken record: no record begins where the one before it ends"
    while True:
        line = source.take_line(MOST_HEADERS)
        size += len(line)
        if not line.endswith(b"\n"):
            return "a broken record: its headers end early" if size < MOST_HEADERS else "a broken record: long headers"
        if size > MOST_HEADERS:
            return "a broken record: long headers"
        lines.append(line)
        if not line.strip():
            return parse_headers(b"".join(lines))


def parse_headers(raw: bytes) -> StatusAndHeaders:
    """Return headers with the line above them."""
    return StatusAndHeadersParser([], verify=False).parse(BytesIO(raw))


def _parse_length(written: str | None) -> int | None:
    digits = (written or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


def _read_block(source: PlainBytes, size: int | None, longest: int) -> tuple[bytes, int]:
    """Return the beginning of a block and the number of its bytes; without a size it ends where a record begins."""
    parts, read = [], 0
    is_start = size is None
    while size is None or read < size:
        if (is_start or source.bytes_to_member() == 0) and _begins_record(source):
            break
        if size is None:
            piece = source.take_line(MOST_HEADERS)
            is_start = piece.endswith(b"\n")
        else:
            source.peek(1)
            piece = source.take(min(size - read, source.bytes_to_member() or size))
        if not piece:
            break
        if read <= longest:
            parts.append(piece[: longest + 1 - read])
        read += len(piece)
    return b"".join(parts), read


def _fault(source: PlainBytes, size: int | None, read: int, *, is_trusted: bool) -> str | None:
    """Return a readable fault of a record whose block was read; None for none."""
    if size is None:
        return "a broken record: it does not tell its length"
    if read < size:
        return f"a broken record: it ends after {read:,} of {size:,} bytes"
    if not is_trusted and read > size + _END:
        return _WRONG_LENGTH
    if source.bytes_to_member() == 0:
        return None
    after = source.peek(_END + _MARK)
    is_end = after.startswith((b"\r\n\r\n", b"\n\n"))
    if (
        is_end
        or not after.strip()
        or after.lstrip(b"\r\n").startswith(_MARKS)
        or (source.bytes_to_member() or _END + 1) <= _END
    ):
        return None
    return _WRONG_LENGTH
