"""The data directory: is it there, may we write, how much room is left."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cli.doctor.finding import Finding, failed, ok, warning
from cli.shared.output import reason_of
from cli.shared.store_errors import says_full

SPACE_NEEDED = 200_000_000
"""Bytes below which a write-ahead log, the broker's log and one night of captures no longer fit."""
SPACE_WISHED = 2_000_000_000
"""Bytes: some weeks of the packaged catalogue."""

_WORTH_NAMING = 1_000_000
_DIRECTORY, _SPACE = "data directory", "disk space"
_ANOTHER = "--data-dir or STEPPEWATCH_DATA_DIR names another folder"


@dataclass(frozen=True, slots=True)
class FolderSeen:
    """A folder as it is now; `error` says why nothing can be written into it, or where it would be made."""

    path: Path
    exists: bool
    error: str | None
    free_bytes: int | None
    spare: tuple[tuple[str, int], ...] = ()
    """Of what can go without a loss, the largest first: name and bytes."""


def look_at_folder(path: Path) -> FolderSeen:
    """Return what there is at `path`, after writing a small file there. A missing folder is not made."""
    exists = os.path.lexists(path)
    place = path if exists else _nearest_folder(path)
    try:
        with tempfile.TemporaryFile(dir=place) as file:  # a full disk and a read-only one show only when written to
            file.write(bytes(4_096))
            file.flush()
            os.fsync(file.fileno())
        error = None
    except OSError as problem:
        error = reason_of(problem)
    try:
        free = shutil.disk_usage(place).free
    except OSError:
        free = None
    return FolderSeen(path, exists, error, free, spare_of(path))


def spare_of(folder: Path) -> tuple[tuple[str, int], ...]:
    """Return what can be removed from a data directory without a loss, and how many bytes each takes."""
    places = (folder / "cache", *folder.glob("steppewatch.log.*"), folder / "broker" / "appendonlydir.broken")
    sizes = ((str(place.relative_to(folder)), _bytes_of(place)) for place in places)
    return tuple(sorted((found for found in sizes if found[1]), key=lambda found: -found[1]))


def _bytes_of(place: Path) -> int:
    try:
        if place.is_dir():
            return sum(file.lstat().st_size for file in place.rglob("*") if not file.is_dir())
        return place.lstat().st_size
    except OSError:
        return 0


def _nearest_folder(path: Path) -> Path:
    return next((parent for parent in path.parents if os.path.lexists(parent)), Path(path.anchor))


def judge_folder(seen: FolderSeen) -> Finding:
    """Return whether the service can keep its things there."""
    if seen.error is not None and says_full(seen.error):
        return failed(_DIRECTORY, f"nothing can be written to {seen.path}, its disk is full: {seen.error}", _room(seen))
    if seen.error is not None:
        what = "cannot be written to" if seen.exists else "does not exist and cannot be made"
        return failed(_DIRECTORY, f"{seen.path} {what}: {seen.error}", f"give this user the folder, or {_ANOTHER}")
    if not seen.exists:
        return ok(_DIRECTORY, f"{seen.path} does not exist yet; “up” will make it")
    return ok(_DIRECTORY, f"{seen.path} can be written to")


def judge_space(seen: FolderSeen) -> Finding:
    """Return whether the disk has room enough."""
    if seen.free_bytes is None:
        return warning(_SPACE, f"the disk of {seen.path} does not say how much is free", _ANOTHER)
    found = f"{size(seen.free_bytes)} free for {seen.path}"
    mend = f"{_room(seen)}; or {_ANOTHER}"
    if seen.free_bytes < SPACE_NEEDED:
        return failed(_SPACE, f"{found}; at least {size(SPACE_NEEDED)} is needed", mend)
    if seen.free_bytes < SPACE_WISHED:
        return warning(_SPACE, f"{found}; less than {size(SPACE_WISHED)} will not last long", mend)
    return ok(_SPACE, found)


def _room(seen: FolderSeen) -> str:
    """Return what to free."""
    spare = [f"{name} ({size(taken)})" for name, taken in seen.spare if taken >= _WORTH_NAMING]
    parts = [f"in {seen.path} these can go: {', '.join(spare)}"] if spare else []
    parts.append("STEPPEWATCH_CAPTURES_MAX_MB and STEPPEWATCH_KEEP_CAPTURES_DAYS bound what raw pages take")
    return f"free some space on its disk; {'; '.join(parts)}"


def size(number: int) -> str:
    """Return bytes as a person reads them: 2.0 GB, 350 MB."""
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"
