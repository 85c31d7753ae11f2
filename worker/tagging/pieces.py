"""A text of any length in pieces that are tagged one after the other, so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator

MOST_AT_ONCE = 1_000_000
"""Characters, some 500 pages: articles are one piece. The meaning of names is decided within a piece."""


def iter_pieces(text: str, most: int = MOST_AT_ONCE) -> Iterator[tuple[int, str]]:
    """Yield the pieces of the text, each with its offset; they are cut at line ends, or else at spaces."""
    start = 0
    while len(text) - start > most:
        half = start + most // 2
        end = start + most
        for gap in ("\n", " "):
            if (at := text.rfind(gap, half, end)) >= 0:
                end = at + 1
                break
        yield start, text[start:end]
        start = end
    yield start, text[start:]
