"""Heartbeats: a file for each kind of process in the data directory, touched while its work progresses.

A health check reads its age. A check for the mere existence of a process would take one that hangs for healthy; a file
needs neither database nor broker, which may be the cause of the trouble.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

KINDS = ("crawler", "worker", "beat")
EVERY_S = 5.0
"""Approximate interval between heartbeats of a healthy process."""


def touch_heartbeat(data_dir: Path, kind: str) -> None:
    """Record that a process of this kind has just made progress. A full disk does not stop the process."""
    with suppress(OSError):
        path = _path(data_dir, kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def heartbeat_age_s(data_dir: Path, kind: str) -> float | None:
    """Return the age of the last heartbeat in seconds; None without one.

    A heartbeat in the future, left by a clock that ran ahead, has its distance as its age.
    """
    try:
        return abs(time.time() - _path(data_dir, kind).stat().st_mtime)
    except FileNotFoundError:
        return None


def _path(data_dir: Path, kind: str) -> Path:
    return data_dir / "alive" / kind
