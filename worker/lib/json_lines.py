"""Untrusted JSON lines: one reader for all commands that take them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

MAX_LINE: Final = 16 * 1024 * 1024
"""Bytes of one line. The file may be of any size: it is read line by line."""
MOST_SKIPPED: Final = 1 << 30
"""Bytes of an overlong line after which reading stops: it may be an endless device."""
MOST_VALUES: Final = 100_000
"""In one line. An empty list is two bytes of a file and eighty of memory."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line without a JSON object, with a readable reason."""

    reason: str


def json_lines(stream: BinaryIO, longest: int = MAX_LINE) -> Iterator[tuple[int, dict[str, Any] | BadLine]]:
    """Yield the content of each line, with its number from 1; empty lines are skipped. No line stops the next."""
    for number, raw in numbered_lines(stream, longest):
        try:
            yield number, json_object(raw, longest)
        except ValueError as error:
            yield number, BadLine(str(error))


def numbered_lines(stream: BinaryIO, longest: int) -> Iterator[tuple[int, bytes]]:
    """Yield the non-empty lines, numbered from 1; of one above `longest` bytes only one byte more."""
    number = 0
    while raw := stream.readline(longest + 1):
        number += 1
        rest, skipped = raw, 0
        while len(rest) > longest and not rest.endswith(b"\n"):
            if (skipped := skipped + len(rest)) > MOST_SKIPPED:
                yield number, raw
                return
            rest = stream.readline(longest + 1)
        if raw.strip():
            yield number, raw


def json_object(raw: bytes, longest: int = MAX_LINE) -> dict[str, Any]:
    """Return the JSON object of a line; ValueError has a readable reason.

    All texts in it can be stored and written: half of a surrogate pair is a fault of the writer.
    """
    if len(raw) > longest:
        raise ValueError(f"longer than {longest:,} bytes")
    if _count_values(raw) > MOST_VALUES:
        raise ValueError(f"more than {MOST_VALUES:,} values in one line")
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte {error.start} is no part of a character") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    except RecursionError:
        raise ValueError("not JSON that can be read: nested too deeply") from None
    except ValueError:  # only int() raises this, with a message for programmers
        raise ValueError("not JSON that can be read: a number of too many digits") from None
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    if _HALF.search(raw) and not _is_whole(fields):
        raise ValueError("half of a surrogate pair (\\ud800 to \\udfff), which is no character")
    return fields


_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_TEXT = re.compile(rb'"[^"]*"?')


def _is_whole(fields: dict[str, Any]) -> bool:
    """Return whether no text in it contains half of a surrogate pair."""
    try:
        json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _count_values(raw: bytes) -> int:
    """Return the number of values in a line, or more if its texts contain that many commas."""
    marks = _count_marks(raw)
    if marks <= MOST_VALUES:
        return marks
    plain = raw.replace(rb"\\", b"").replace(rb"\"", b"")
    quotes = plain.count(b'"')
    return quotes if quotes > 4 * MOST_VALUES else _count_marks(_TEXT.sub(b"", plain))


def _count_marks(raw: bytes) -> int:
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")
