"""The plain bytes of a file, packed with gzip or not: bounded memory, damaged members are left out."""

from __future__ import annotations

import zlib
from collections import deque
from contextlib import suppress
from typing import BinaryIO, Final

_PIECE: Final = 16 * 1024
_MOST_PLAIN: Final = 64 * 1024
_MAGIC: Final = b"\x1f\x8b\x08"
_MOST_PLACES: Final = 1_000
_MOST_FAILURES: Final = 1_000
"""Damaged members in a row after which the rest of the file is left out."""


class PlainBytes:
    """The plain bytes of a file, read forward; it knows where members of gzip begin, and can go back."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._raw = file.read(_PIECE)
        self.is_gzip = self._raw.startswith(_MAGIC[:2])
        self._inflater = _new_inflater() if self.is_gzip else None
        self._raw_end = len(self._raw)
        """Bytes of the file that were read."""
        self._is_fresh = True
        """True if the member at hand begins in the raw bytes at hand."""
        self._failures = 0
        self._buffer = bytearray()
        self.position = 0
        """Plain bytes that were taken."""
        self._starts: deque[int] = deque()
        self._place = (0, 0)
        self._member_at = 0
        self._places: deque[tuple[int, int]] = deque(maxlen=_MOST_PLACES)
        self.lost = 0
        """Members of gzip of which no byte could be read."""

    def peek(self, count: int) -> bytes:
        """Return the next bytes without taking them; fewer only at the end."""
        while len(self._buffer) < count and self._pull():
            pass
        return bytes(self._buffer[:count])

    def take(self, count: int) -> bytes:
        """Return the next bytes, at most `count` and at most a piece; none at the end."""
        if not self._buffer:
            self.peek(1)
        taken = bytes(self._buffer[: min(count, _MOST_PLAIN)])
        self._drop(len(taken))
        return taken

    def take_line(self, longest: int) -> bytes:
        """Return the next line with its end, or its first bytes if it is longer; a line ends with a member of gzip."""
        searched = 0
        while (at := self._buffer.find(b"\n", searched, longest)) < 0 and len(self._buffer) < longest:
            searched = len(self._buffer)
            if not self._pull():
                break
        size = at + 1 if at >= 0 else min(len(self._buffer), longest)
        size = min(size, self.bytes_to_member() or size)
        line = bytes(self._buffer[:size])
        self._drop(size)
        return line

    def bytes_to_member(self) -> int | None:
        """Return the number of buffered bytes before the next member of gzip; None if none begins in them."""
        while self._starts and self._starts[0] < self.position:
            self._starts.popleft()
        return self._starts[0] - self.position if self._starts else None

    def go_back(self, position: int) -> bool:
        """Continue at an earlier position; return False if the file cannot be read again."""
        while self._places and self._places[0][0] <= position:
            self._place = self._places.popleft()
        plain, raw = self._place
        try:
            self._file.seek(raw)
        except (OSError, ValueError):
            return False
        self._raw, self._raw_end = b"", raw
        self._inflater = _new_inflater() if self.is_gzip else None
        self._is_fresh = True
        self._buffer.clear()
        self._starts.clear()
        self._places.clear()
        self.position = self._member_at = plain
        while self.position < position and self.take(position - self.position):
            pass
        return True

    def forget_before(self, position: int) -> None:
        """Keep only what is needed to go back to this position or a later one."""
        if not self.is_gzip:
            self._place = (position, position)
        while self._places and self._places[0][0] <= position:
            self._place = self._places.popleft()

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self.position += count

    def _pull(self) -> bool:
        """Add a piece to the buffer; return False at the end."""
        if self._inflater is None:
            piece, self._raw = self._raw or self._file.read(_MOST_PLAIN), b""
            self._buffer += piece
            return bool(piece)
        while True:
            if not self._raw and not self._read_raw():
                return False
            before = len(self._buffer)
            if not self._inflate():
                return False
            if len(self._buffer) > before:
                return True

    def _read_raw(self) -> bool:
        self._raw = self._file.read(_PIECE)
        self._raw_end += len(self._raw)
        return bool(self._raw)

    def _inflate(self) -> bool:
        """Inflate raw bytes; return False if the rest of the file is left out."""
        assert self._inflater is not None
        try:
            plain = self._inflater.decompress(self._raw, _MOST_PLAIN)
        except zlib.error:
            return self._look_for_member()
        self._buffer += plain
        if self._inflater.eof:
            self._failures = 0
            self._begin_member(self._inflater.unused_data)
        else:
            self._raw, self._is_fresh = self._inflater.unconsumed_tail, False
        return True

    def _begin_member(self, raw: bytes) -> None:
        self._raw, self._inflater, self._is_fresh = raw.lstrip(b"\x00"), _new_inflater(), True
        start = self._member_at = self.position + len(self._buffer)
        if not self._starts or self._starts[-1] != start:
            self._starts.append(start)
        self._places.append((start, self._raw_end - len(self._raw)))

    def _look_for_member(self) -> bool:
        """Leave a damaged member out: go to the next bytes that begin one."""
        self._failures += 1
        if self._failures == 1 and self._member_at == self.position + len(self._buffer):
            self.lost += 1
        at = self._raw.find(_MAGIC, 1 if self._is_fresh else 0)
        while at < 0:
            kept = self._raw[-2:]
            if self._failures > _MOST_FAILURES or not self._read_raw():
                self._raw = b""
                return False
            self._raw = kept + self._raw
            at = self._raw.find(_MAGIC)
        if self._failures > _MOST_FAILURES:
            return False
        self._begin_member(self._raw[at:])
        return True


def _new_inflater() -> zlib._Decompress:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def inflate(body: bytes, *, longest: int) -> bytes:
    """Return a gzip or deflate body inflated, at most one byte more than `longest`; other bytes as they are.

    Raises ValueError if it ends early or is damaged.
    """
    if body.startswith(_MAGIC[:2]):
        return _inflate_whole(body, 16 + zlib.MAX_WBITS, longest)
    with suppress(ValueError):
        return _inflate_whole(body, zlib.MAX_WBITS, longest)
    with suppress(ValueError):
        return _inflate_whole(body, -zlib.MAX_WBITS, longest)
    return body


def _inflate_whole(body: bytes, bits: int, longest: int) -> bytes:
    inflater = zlib.decompressobj(bits)
    try:
        plain = inflater.decompress(body, longest + 1)
    except zlib.error:
        raise ValueError("its compressed body is damaged") from None
    if not inflater.eof and len(plain) <= longest:
        raise ValueError("its compressed body ends early")
    return plain
