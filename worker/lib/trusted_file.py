"""Files that only this user can have written: the condition for trusting a cache."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_if_trusted(path: Path) -> Iterator[int | None]:
    """Yield a descriptor of a plain file, for reading; None for one that is missing, special or untrusted.

    Untrusted is a file owned by another user than this one or root, or writable by others.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        status = os.fstat(descriptor)
        is_ours = status.st_uid in (0, os.geteuid()) and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        yield descriptor if is_ours and stat.S_ISREG(status.st_mode) else None
    finally:
        os.close(descriptor)
