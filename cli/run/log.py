"""One readable log for several processes: `12:04:31 crawler  message`."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO

from cli.shared.output import printable

_LINE_BYTES_MAX = 4_000
_COLOURS = (36, 33, 35, 32, 34, 31)
_ME = "up"


class Lines:
    """Splits a stream of bytes into lines that are safe to print."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[str]:
        """Yield the lines completed by `data`; a longer line is cut every 4,000 bytes."""
        *complete, self._rest = (self._rest + data).split(b"\n")
        for line in complete:
            yield from _pieces(line)
        if len(self._rest) > _LINE_BYTES_MAX:
            yield from _pieces(self._rest)
            self._rest = b""

    def end(self) -> Iterator[str]:
        """Yield the last line if it has no newline."""
        yield from _pieces(self._rest)
        self._rest = b""


def _pieces(line: bytes) -> Iterator[str]:
    for start in range(0, len(line), _LINE_BYTES_MAX):
        text = printable(line[start : start + _LINE_BYTES_MAX].decode("utf-8", "replace"))
        if text:
            yield text


class LogFile:
    """A rotating log file: a full file becomes `.1`, `.1` becomes `.2`, and the oldest is deleted.

    The file is opened for each line, so that it can be deleted or moved at any time without losing later lines. Only
    one process may write to it.
    """

    def __init__(self, path: Path, *, max_bytes: int = 2_000_000, files: int = 5) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._files = files
        self._is_torn = False

    def write(self, line: str) -> None:
        """Append a line. Raises OSError; earlier and later lines stay intact."""
        data = f"{line}\n".encode("utf-8", "backslashreplace")
        if self._is_torn:
            data = b"\n" + data
        if self._size() + len(data) > self._max_bytes:
            self._rotate()
        with open(self._path, "ab", buffering=0, opener=_private) as file:
            written = file.write(data)
        self._is_torn = written != len(data)
        if self._is_torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    def _rotate(self) -> None:
        names = [self._path, *(self._path.with_name(f"{self._path.name}.{n}") for n in range(1, self._files))]
        for older, newer in zip(reversed(names[1:]), reversed(names[:-1]), strict=True):
            with contextlib.suppress(FileNotFoundError):
                newer.replace(older)
        self._is_torn = False


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Log:
    """Writes lines, labelled with their process, to a stream and to a file (there with the date and without colours).

    A closed terminal or a full disk stops nothing; a failing file is reported once on the stream.
    """

    def __init__(
        self, stream: TextIO, *, now: Callable[[], datetime], colour: bool = False, file: LogFile | None = None
    ) -> None:
        self._stream = stream
        self._now = now
        self._colour = colour
        self._file = file
        self._is_file_writable = True
        self._names: list[str] = []

    def write(self, name: str, line: str) -> None:
        """Write one line with the time of day and the padded, coloured name of the process."""
        now = self._now()
        self._show(now, name, line)
        if self._file is None:
            return
        try:
            self._file.write(f"{now:%Y-%m-%d %H:%M:%S} {name:<8} {line}")
            self._is_file_writable = True
        except OSError as error:
            if self._is_file_writable:
                self._show(now, _ME, f"cannot write the log file: {(error.strerror or str(error)).lower()}")
            self._is_file_writable = False

    def _show(self, now: datetime, name: str, line: str) -> None:
        if name not in self._names:
            self._names.append(name)
        label = f"{name:<8}"
        if self._colour:
            label = f"\x1b[{_COLOURS[self._names.index(name) % len(_COLOURS)]}m{label}\x1b[0m"
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(f"{now:%H:%M:%S} {label} {line}\n")
            self._stream.flush()
