"""A short extract of a text around the matched words, which are marked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LENGTH = 320


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; `is_marked` for matched words."""

    text: str
    is_marked: bool = False


def snippet(text: str, spans: Iterable[tuple[int, int]], *, length: int = _LENGTH) -> tuple[Piece, ...]:
    """Return about `length` characters of a text with the most spans, cut at spaces; all are marked.

    Spans are (start, end) in characters; those outside the text are left out. Without any it is the beginning.
    """
    inside = _without_overlaps(span for span in spans if 0 <= span[0] < span[1] <= len(text))
    begin = _best_window(inside, length)
    lead = max(0, begin - length // 5)
    start = _next_word(text, lead) if lead else 0
    end = len(text) if start + length >= len(text) else max(_last_word(text, start + length), begin)
    shown = [(max(a, start), min(b, end)) for a, b in inside if a < end and b > start]
    pieces = _pieces(text, start, end, shown)
    before = (Piece("… "),) if start else ()
    after = (Piece(" …"),) if end < len(text) else ()
    return (*before, *pieces, *after)


def marked(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """Return a whole text, such as a headline, with the spans marked."""
    inside = _without_overlaps(span for span in spans if 0 <= span[0] < span[1] <= len(text))
    return tuple(_pieces(text, 0, len(text), inside))


def _without_overlaps(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


def _best_window(spans: Sequence[tuple[int, int]], length: int) -> int:
    """Return the beginning of the earliest window with the most spans."""
    best, begin = 0, 0
    for at, (start, _) in enumerate(spans):
        held = sum(1 for _, end in spans[at:] if end - start <= length * 4 // 5)
        if held > best:
            best, begin = held, start
    return begin


def _next_word(text: str, at: int) -> int:
    space = text.find(" ", at, at + 40)
    return space + 1 if space >= 0 else at


def _last_word(text: str, at: int) -> int:
    space = text.rfind(" ", at - 40, at)
    return space if space >= 0 else at


def _pieces(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    pieces, at = [], start
    for first, last in spans:
        if first > at:
            pieces.append(_plain(text[at:first]))
        pieces.append(Piece(text[first:last].replace("\n", " "), is_marked=True))
        at = last
    if at < end:
        pieces.append(_plain(text[at:end]))
    return pieces


def _plain(text: str) -> Piece:
    return Piece(text.replace("\n", " "))
