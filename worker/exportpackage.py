"""An export with everything that is needed to read and to cite it: rows, description and manifest in one place."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from db.exportfacts import gaps, known_outlets
from db.vocabularies import current_version
from worker.atomicfile import replacing
from worker.export.package import DESCRIPTION, MANIFEST, DataFile, describe, manifest
from worker.exporting import ExportRefused, Opened, Progress, columns_of, write

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can say; the same rows are the same bytes whenever they are written."""


class _Counted:
    """A file that knows the length and the hash of what was written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.bytes = 0
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write and count."""
        self.bytes += len(data)
        self.hash.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Flush the file."""
        self._file.flush()

    def tell(self) -> int:
        """Return how much was written: what writers of Parquet ask for."""
        return self.bytes

    closed = False


def write_package(export: Opened, place: Path, progress: Progress) -> int:
    """Write an export as a data package, a folder or a `.zip`, that appears when it is complete; return its rows.

    An older package at that place is replaced. Raises ExportRefused if something else is there.
    """
    with _zip(place) if place.suffix == ".zip" else _folder(place) as package:
        name = export.request.kind + export.request.suffix
        with package.open(name) as file:
            counted = _Counted(file)
            rows = write(export, cast(BinaryIO, counted), progress)
        data = DataFile(name, counted.bytes, counted.hash.hexdigest(), rows)
        described = describe(export.request.kind, columns_of(export), data, str(export.cut))
        with package.open(DESCRIPTION) as file:
            file.write(described.encode())
        with package.open(MANIFEST) as file:
            file.write(manifest(_facts(export), [data]).encode())
    return rows


def _facts(export: Opened) -> dict[str, Any]:
    """Return what the manifest says besides the files."""
    filters, cut, conn = export.request.filters, export.cut, export.conn
    return {
        "query": export.request.question(),
        "cut": str(cut),
        "vocabulary_version": current_version(conn),
        "outlets": known_outlets(conn, at=cut.at),
        "gaps": gaps(conn, since=filters.since, until=filters.until, at=cut.at),
    }


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with (self._path / name).open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _folder(place: Path) -> Iterator[_Folder]:
    place = Path(os.path.realpath(place))
    if place.exists() and not (place.is_dir() and (not any(place.iterdir()) or (place / DESCRIPTION).is_file())):
        raise ExportRefused(f"{place} exists and is no data package")
    part = place.with_name(f".{place.name[:100]}.{secrets.token_hex(4)}.part")
    old = part.with_suffix(".old")
    part.mkdir()
    try:
        yield _Folder(part)
        if place.exists():
            place.rename(old)
        part.rename(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        member = zipfile.ZipInfo(name, _EPOCH)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = 0o644 << 16
        with self._archive.open(member, "w", force_zip64=True) as file:
            yield cast(BinaryIO, file)


@contextmanager
def _zip(place: Path) -> Iterator[_Zip]:
    with replacing(place) as file, zipfile.ZipFile(file, "w") as archive:
        yield _Zip(archive)
