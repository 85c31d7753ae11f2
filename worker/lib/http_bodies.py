"""Untrusted bodies of HTTP as an archive holds them, without the encodings of their transfer; memory is bounded."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from worker.lib.plain_bytes import inflate

_CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_NAMES: Final = {"x-gzip": "gzip", "identity": ""}


def joined_chunks(body: bytes) -> bytes:
    """Return a chunked body as one, or as it is if an archiver joined it before. Raises ValueError if it ends early."""
    if _CHUNK.match(body) is None:
        return body
    parts: list[bytes] = []
    at = 0
    while (head := _CHUNK.match(body, at)) is not None:
        begin, size = head.end(), int(head[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[begin : begin + size])
        at = begin + size
        at += 2 if body.startswith(b"\r\n", at) else 1 if body.startswith(b"\n", at) else 0
    raise ValueError("its chunks end early or are damaged")


def unpacked(body: bytes, encoding: str, *, longest: int) -> bytes:
    """Return a body without its content encoding, at most one byte more than `longest`; bytes that an archiver
    unpacked before as they are.

    Raises ValueError with a readable reason.
    """
    name = encoding.strip().lower()
    name = _NAMES.get(name, name)
    if name in ("", "gzip", "deflate"):
        return inflate(body, longest=longest) if name and not _is_plain(body) else body
    if name == "br":
        return body if _is_plain(body) else _unbrotli(body, longest)
    raise ValueError(f"its content encoding {_printable(name)!r} cannot be read")


def _is_plain(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def _unbrotli(body: bytes, longest: int) -> bytes:
    try:
        import brotli
    except ImportError:  # it comes with the crawler's libraries, not everywhere
        raise ValueError("its content encoding 'br' cannot be read here") from None
    inflater, size, rest = brotli.Decompressor(), 0, body
    parts: list[bytes] = []
    with suppress(brotli.error):
        while size <= longest and not inflater.is_finished():
            part = inflater.process(rest, output_buffer_limit=longest + 1 - size)
            if not part and not rest:
                break
            parts.append(part)
            size, rest = size + len(part), b""
        if size > longest or inflater.is_finished():
            return b"".join(parts)
    raise ValueError("its compressed body ends early or is damaged")


def _printable(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:40]
