"""Lines of files that nobody vouches for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO


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
