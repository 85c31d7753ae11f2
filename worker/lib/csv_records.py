"""Untrusted CSV → records: any of the usual delimiters and encodings, bounded in memory.

A record may span lines. A quote that is never closed would swallow the rest of the file: the record is reported as bad,
and its other lines are read again one by one.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import AnyStr, BinaryIO, Final

from db.text.encoding import decode, encoding_of_older, wide_encoding

DELIMITERS: Final = (",", ";", "\t")
MAX_RECORD: Final = 16 * 1024 * 1024
"""Characters of one record, all its lines together. The file may be of any size."""
MAX_CELLS: Final = 1_000
"""Of one record; no table of articles has as many columns."""
MOST_SIGNS: Final = 200_000
"""Delimiters in one line, those inside of quotes included."""
MOST_RESCUED: Final = 8 * MAX_RECORD
"""Maximum of characters read a second time, in total."""
_CHUNK: Final = 65_536
_PIECES: Final = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_BYTE_PIECES: Final = re.compile(rb"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_SEPARATOR: Final = re.compile(r"\ufeff?sep=(.)\s*", re.IGNORECASE)
_BLANK_AND_QUOTE: Final = re.compile(r'[,;\t] +"')


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a record, and its number of lines."""

    cells: list[str]
    lines: int = 1


@dataclass(frozen=True, slots=True)
class BadRow:
    """A record that cannot be read, with a readable reason."""

    reason: str


class _Unreadable(ValueError):
    """A record that is too large for memory."""


def csv_rows(stream: BinaryIO, known: Collection[str]) -> Iterator[tuple[int, Row | BadRow]]:
    """Yield each record with the number of its first line, counted from 1; empty lines are skipped.

    The first record is the header: the delimiter is the one with most `known` names (in lower case), then with most
    cells; a first line `sep=;`, as spreadsheets write it, sets it explicitly.
    """
    lines = decoded_lines(stream)
    first = next(lines, "")
    skipped = 0
    if declared := _SEPARATOR.fullmatch(first):
        first, skipped = next(lines, ""), 1
    delimiter = declared[1] if declared else choose_delimiter(first, known)
    feed = _Feed(chain([first], lines), delimiter, skipped)
    return _rows(feed, has_blanks=_BLANK_AND_QUOTE.search(first) is not None)


def choose_delimiter(header: str, known: Collection[str]) -> str:
    """Return the delimiter of a header."""

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            (cells,) = csv.reader([header[:_CHUNK]], delimiter=delimiter)
        except (csv.Error, ValueError):
            return 0, 0
        return sum(cell.strip().casefold() in known for cell in cells), len(cells)

    return max(DELIMITERS, key=worth)


def decoded_lines(stream: BinaryIO) -> Iterator[str]:
    """Yield the lines of a file with their ends, in its encoding; of one that is too long the beginning.

    A file in two or four bytes a letter is recognised by its first bytes. Otherwise each valid UTF-8 line is read as
    such, and the others in the likely older encoding of the first of them.
    """
    latest = stream.read(_CHUNK)
    wide = wide_encoding(latest)

    def chunks() -> Iterator[bytes]:
        nonlocal latest
        while latest:
            if latest.endswith(b"\r") and not wide:
                latest += stream.read(1)  # possibly the other half of its end
            yield latest
            latest = stream.read(_CHUNK)

    if wide:
        yield from _whole(_decoded(chunks(), wide), _PIECES, ("\r", "\n"))
        return
    older: str | None = None
    for raw in _whole(chunks(), _BYTE_PIECES, (b"\r", b"\n")):
        line = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            older = older or encoding_of_older(line + latest)
            yield decode(line, older)


def _decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    letters = codecs.getincrementaldecoder(encoding)("replace")
    decoder = io.IncrementalNewlineDecoder(letters, translate=False)  # keeps ends of lines together
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _whole(chunks: Iterable[AnyStr], pieces: re.Pattern[AnyStr], ends: tuple[AnyStr, AnyStr]) -> Iterator[AnyStr]:
    """Yield the lines in a sequence of chunks; a line is cut at `MAX_RECORD`."""
    parts: list[AnyStr] = []
    size = 0
    for chunk in chunks:
        for piece in pieces.findall(chunk):
            if size <= MAX_RECORD:
                parts.append(piece)
            size += len(piece)
            if piece.endswith(ends):
                yield parts[0][:0].join(parts)
                parts, size = [], 0
    if parts:
        yield parts[0][:0].join(parts)


class _Feed:
    """Passes lines to a reader of CSV, and keeps those of the current record."""

    def __init__(self, lines: Iterable[str], delimiter: str, skipped: int) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self._budget = MOST_RESCUED
        self._size = 0
        self.delimiter = delimiter
        self.taken: list[str] = []
        self.first = skipped + 1
        """The number of the first kept line."""

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        self._size += len(line)
        if self._size > MAX_RECORD:
            raise _Unreadable(f"a record of more than {MAX_RECORD:,} characters; perhaps a quote is never closed")
        if line.count(self.delimiter) > MOST_SIGNS:
            raise _Unreadable(f"a line with more than {MOST_SIGNS:,} delimiters")
        return line

    def done(self) -> None:
        """Drop the lines of the record that was read."""
        self.first += len(self.taken)
        self.taken = []
        self._size = 0

    def give_again(self) -> int:
        """Replay all kept lines but the first, if that is not too much; return the number of lines dropped."""
        self._budget -= self._size
        if self._budget >= 0:
            self._again.extendleft(reversed(self.taken[1:]))
            self.taken = self.taken[:1]
        gone = len(self.taken)
        self.done()
        return gone


def _rows(feed: _Feed, *, has_blanks: bool) -> Iterator[tuple[int, Row | BadRow]]:
    csv.field_size_limit(MAX_RECORD + _CHUNK)
    while True:
        # strict: a quote that stays open is noticed where the next one seems to close it
        reader = csv.reader(feed, delimiter=feed.delimiter, skipinitialspace=has_blanks, strict=True)
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield feed.first, _judged(cells, len(feed.taken))
                feed.done()
            return
        except (csv.Error, _Unreadable) as error:
            yield _rescued(feed, str(error))


def _rescued(feed: _Feed, reason: str) -> tuple[int, Row | BadRow]:
    """Return the result for a record that could not be read."""
    first = feed.first
    if len(feed.taken) == 1 and feed.taken[0].count('"') > 2 and (cells := _loosely(feed.taken[0], feed.delimiter)):
        feed.done()
        return first, _judged(cells, 1)
    if "expected after" in reason or "end of data" in reason:
        reason = "a quote is opened and never closed, or closed in the middle of a cell"
    gone = feed.give_again()
    return first, BadRow(reason if gone == 1 else f"{reason}; {gone:,} lines are left out")


def _loosely(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line with bare quotes inside of quotes: only one before a delimiter closes.

    Returns no cells if a quote stays open all the same.
    """
    cells: list[str] = []
    rest = line.rstrip("\r\n")
    closing = re.compile(rf'"\ ?(?={re.escape(delimiter)}|\Z)')
    at = 0
    while at <= len(rest):
        if rest.startswith('"', at):
            end = closing.search(rest, at + 1)
            if end is None:
                return []
            cells.append(rest[at + 1 : end.start()].replace('""', '"'))
            at = end.end() + 1
        else:
            end_at = rest.find(delimiter, at)
            end_at = len(rest) if end_at < 0 else end_at
            cells.append(rest[at:end_at])
            at = end_at + 1
    return cells


def _judged(cells: list[str], lines: int) -> Row | BadRow:
    return Row(cells, lines) if len(cells) <= MAX_CELLS else BadRow(f"more than {MAX_CELLS:,} cells in one record")
