"""Signs of life: a file for each kind of process in the data directory, touched as long as its work goes on.

A health check asks how old it is. Whoever only looks whether a process exists takes one that hangs for healthy; a file
needs neither database nor broker, which may be the ones that are away.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

KINDS = ("crawler", "worker", "beat")
EVERY_S = 5.0
"""How often a process that is well shows it, about."""


def touch_heartbeat(data_dir: Path, kind: str) -> None:
    """Note that a process of this kind has just done what it is there for. A full disk does not stop the process."""
    with suppress(OSError):
        path = _path(data_dir, kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def heartbeat_age_s(data_dir: Path, kind: str) -> float | None:
    """Return how many seconds ago the last sign of life was; None if there never was one.

    One from the future, left by a clock that ran ahead, is as old as it lies ahead.
    """
    try:
        return abs(time.time() - _path(data_dir, kind).stat().st_mtime)
    except FileNotFoundError:
        return None


def _path(data_dir: Path, kind: str) -> Path:
    return data_dir / "alive" / kind
