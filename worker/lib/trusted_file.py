"""Files that only this user can have written: caches are trusted as far as that, and no further."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_if_trusted(path: Path) -> Iterator[int | None]:
    """Yield a descriptor of a plain file, for reading; None for one that is missing, special or somebody else's.

    Somebody else's is what neither this user nor root owns, or what others may write.
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
