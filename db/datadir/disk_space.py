"""Whether the disk of the data directory has room; where it has none, nothing is begun that must be stored."""

from __future__ import annotations

import os
from pathlib import Path

MIN_FREE_BYTES = 20_000_000
"""Bytes: below it the write-ahead log and the broker's log may not fit any more."""


def disk_full_message(folder: Path, is_known: bool = False) -> str | None:
    """Return in words that the disk of a folder is full; None when it has room, or does not say.

    When that `is_known` already, it must have twice the room to count as mended.
    """
    try:
        seen = os.statvfs(folder)
    except OSError:
        return None
    free = seen.f_bavail * seen.f_frsize
    return (
        f"the disk of {folder} is full: {free / 1e6:.0f} MB are left"
        if free < MIN_FREE_BYTES * (1 + is_known)
        else None
    )
