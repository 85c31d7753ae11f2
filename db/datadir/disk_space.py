"""Free space on the disk of the data directory; without it no work begins that must store a result."""

from __future__ import annotations

import os
from pathlib import Path

MIN_FREE_BYTES = 20_000_000
"""Bytes: below it the write-ahead log and the broker's log may no longer fit."""
RESUME_BYTES = 2 * MIN_FREE_BYTES
"""Bytes from which on a full disk counts as having space again."""


def disk_full_message(folder: Path, is_known: bool = False) -> str | None:
    """Return a message if the disk of a folder is full; None if it has space, or does not report it.

    If the problem `is_known` already, it counts as solved only with twice the space.
    """
    try:
        seen = os.statvfs(folder)
    except OSError:
        return None
    free = seen.f_bavail * seen.f_frsize
    least = RESUME_BYTES if is_known else MIN_FREE_BYTES
    return f"the disk of {folder} is full: {free / 1e6:.0f} MB are left" if free < least else None
