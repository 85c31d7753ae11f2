"""One readable log of several processes: `12:04:31 crawler  message`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TextIO

_LINE_BYTES_MAX = 4_000
_COLOURS = (36, 33, 35, 32, 34, 31)


class Lines:
    """Cuts a stream of bytes into lines that are safe to show."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[str]:
        """Yield the lines that `data` completes; a line that never ends is cut every 4,000 bytes."""
        *complete, self._rest = (self._rest + data).split(b"\n")
        for line in complete:
            yield from _pieces(line)
        if len(self._rest) > _LINE_BYTES_MAX:
            yield from _pieces(self._rest)
            self._rest = b""

    def end(self) -> Iterator[str]:
        """Yield what was left without an end of line."""
        yield from _pieces(self._rest)
        self._rest = b""


def _pieces(line: bytes) -> Iterator[str]:
    for start in range(0, len(line), _LINE_BYTES_MAX):
        text = readable(line[start : start + _LINE_BYTES_MAX].decode("utf-8", "replace"))
        if text:
            yield text


def readable(line: str) -> str:
    """Return `line` without what a terminal would obey: titles and names in it come from strangers."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "\ufffd" for c in line.rstrip()).rstrip()


class Log:
    """Writes lines under the name of who said them. A stream that is gone (a closed terminal) ends nothing."""

    def __init__(self, stream: TextIO, *, now: Callable[[], datetime], colour: bool = False) -> None:
        self._stream = stream
        self._now = now
        self._colour = colour
        self._names: list[str] = []

    def write(self, name: str, line: str) -> None:
        """Write one line with the time of day, the padded name, and its colour on a terminal."""
        if name not in self._names:
            self._names.append(name)
        label = f"{name:<8}"
        if self._colour:
            label = f"\x1b[{_COLOURS[self._names.index(name) % len(_COLOURS)]}m{label}\x1b[0m"
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(f"{self._now():%H:%M:%S} {label} {line}\n")
            self._stream.flush()
