"""Check of the data directory: existence, write access, free space."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cli.doctor.finding import Finding, failed, ok, warning
from cli.shared.output import get_reason
from cli.shared.store_errors import says_full

SPACE_NEEDED = 200_000_000
"""Below this many bytes there is no space for a write-ahead log, the broker's log and one night of captures."""
SPACE_WISHED = 2_000_000_000
"""Bytes for some weeks of the packaged catalogue."""

_WORTH_NAMING = 1_000_000
_DIRECTORY, _SPACE = "data directory", "disk space"
_ANOTHER = "use another folder with --data-dir or STEPPEWATCH_DATA_DIR"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSeen:
    """The state of a folder; `error` is why it cannot be written or created."""

    path: Path
    exists: bool
    error: str | None
    free_bytes: int | None
    spare: tuple[tuple[str, int], ...] = ()
    """Name and bytes of the files that can be deleted safely, largest first."""


def look_at_folder(path: Path) -> FolderSeen:
    """Return the state of the folder, after writing a small file there. A missing folder is not created."""
    exists = os.path.lexists(path)
    probed_folder = path if exists else _nearest_folder(path)
    try:
        with tempfile.TemporaryFile(dir=probed_folder) as file:  # only a write reveals a full or read-only disk
            file.write(bytes(4_096))
            file.flush()
            os.fsync(file.fileno())
        error = None
    except OSError as problem:
        error = get_reason(problem)
    try:
        free = shutil.disk_usage(probed_folder).free
    except OSError:
        free = None
    return FolderSeen(path=path, exists=exists, error=error, free_bytes=free, spare=find_spare_files(path))


def find_spare_files(folder: Path) -> tuple[tuple[str, int], ...]:
    """Return the paths in a data directory that can be deleted safely, with their sizes in bytes, largest first."""
    places = (folder / "cache", *folder.glob("steppewatch.log.*"), folder / "broker" / "appendonlydir.broken")
    sizes = ((str(probed_folder.relative_to(folder)), _count_bytes(probed_folder)) for probed_folder in places)
    return tuple(sorted((found for found in sizes if found[1]), key=lambda found: -found[1]))


def _count_bytes(probed_folder: Path) -> int:
    try:
        if probed_folder.is_dir():
            return sum(file.lstat().st_size for file in probed_folder.rglob("*") if not file.is_dir())
        return probed_folder.lstat().st_size
    except OSError:
        return 0


def _nearest_folder(path: Path) -> Path:
    return next((parent for parent in path.parents if os.path.lexists(parent)), Path(path.anchor))


def judge_folder(seen: FolderSeen) -> Finding:
    """Return the finding on whether the service can write to the folder."""
    if seen.error is not None and says_full(seen.error):
        return failed(
            _DIRECTORY, f"nothing can be written to {seen.path}, its disk is full: {seen.error}", _advise_room(seen)
        )
    if seen.error is not None:
        problem = "cannot be written to" if seen.exists else "does not exist and cannot be created"
        return failed(
            _DIRECTORY, f"{seen.path} {problem}: {seen.error}", f"make the folder writable for this user, or {_ANOTHER}"
        )
    if not seen.exists:
        return ok(_DIRECTORY, f"{seen.path} does not exist yet; “up” creates it")
    return ok(_DIRECTORY, f"{seen.path} can be written to")


def judge_space(seen: FolderSeen) -> Finding:
    """Return the finding on free space."""
    if seen.free_bytes is None:
        return warning(_SPACE, f"the free space of the disk of {seen.path} is unknown", _ANOTHER)
    found = f"{size(seen.free_bytes)} free for {seen.path}"
    mend = f"{_advise_room(seen)}; or {_ANOTHER}"
    if seen.free_bytes < SPACE_NEEDED:
        return failed(_SPACE, f"{found}; at least {size(SPACE_NEEDED)} is needed", mend)
    if seen.free_bytes < SPACE_WISHED:
        return warning(_SPACE, f"{found}; less than {size(SPACE_WISHED)} will not last long", mend)
    return ok(_SPACE, found)


def _advise_room(seen: FolderSeen) -> str:
    """Return a hint on freeing space."""
    spare = [f"{name} ({size(taken)})" for name, taken in seen.spare if taken >= _WORTH_NAMING]
    parts = [f"in {seen.path} these can be deleted: {', '.join(spare)}"] if spare else []
    parts.append("STEPPEWATCH_CAPTURES_MAX_MB and STEPPEWATCH_KEEP_CAPTURES_DAYS limit the space for raw pages")
    return f"free some space on its disk; {'; '.join(parts)}"


def size(number: int) -> str:
    """Return a size for display: 2.0 GB, 350 MB."""
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"
