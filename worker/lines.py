"""Lines of files that nobody vouches for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO


def numbered_lines(stream: BinaryIO, longest: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that hold something, numbered from 1; of one above `longest` bytes only one byte more."""
    number = 0
    while raw := stream.readline(longest + 1):
        number += 1
        rest = raw
        while len(rest) > longest and not rest.endswith(b"\n"):
            rest = stream.readline(longest + 1)
        if raw.strip():
            yield number, raw


def json_object(raw: bytes, longest: int) -> dict[str, Any]:
    """Return the JSON object of a line; ValueError says in words for people why there is none."""
    if len(raw) > longest:
        raise ValueError(f"longer than {longest} bytes")
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    return fields
