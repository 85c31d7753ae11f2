"""Files named by a user, opened only if they are finite: no waiting for a pipe, no endless reading of a device."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

NO_END: Final = "no file that has an end"
_OF_THIS_PROCESS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""Paths of files passed by a shell, such as the output of another command: `<(…)` has an end."""


def open_named(path: str | Path) -> BinaryIO:
    """Open a file for reading; OSError explains in readable words why it is not a file.

    It is opened before it is checked, so that it cannot be exchanged in between, and without waiting for the other end
    of a pipe.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode) and not _is_handed_over(path, mode, descriptor):
            raise OSError(errno.EINVAL, _without_end(mode), str(path))
        os.set_blocking(descriptor, True)
        return open(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def endless_kind(path: str | Path) -> str | None:
    """Return the name of a device, a pipe or a socket for display; None for anything else, including a missing file."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return None
    is_file = stat.S_ISREG(mode) or stat.S_ISDIR(mode)
    return None if is_file else _without_end(mode)


def _without_end(mode: int) -> str:
    kind = "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
    return f"{NO_END}: {kind}"


def _is_handed_over(path: str | Path, mode: int, descriptor: int) -> bool:
    has_end = stat.S_ISFIFO(mode) or os.isatty(descriptor)
    return has_end and str(path).startswith(_OF_THIS_PROCESS)
