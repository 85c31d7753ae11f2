"""Exports as packages with all that is needed to read and cite them: rows, description and manifest."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date
from pathlib import Path
from typing import Any, BinaryIO, cast

from db.collection.sources.sources import count_sources
from db.coverage.collection_attempts import find_first_poll
from db.vocabulary.versions import current_version
from worker.coverage.health import collection_health_by_day
from worker.coverage.stats.health import DayHealth
from worker.export.formats.data_package import DESCRIPTION, MANIFEST, DataFile, describe, manifest
from worker.export.run import ExportRefused, OpenExport, Progress, get_columns, write
from worker.lib.atomic_file import replacing

_GAP = 0.5
"""A day with complete collection from a smaller share of the watched outlets is a gap."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time in a zip file; fixed, so that the same rows are always the same bytes."""


class _Counted:
    """A file that counts and hashes the written bytes."""

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
        """Return the number of written bytes, which Parquet writers need."""
        return self.bytes

    closed = False


def write_package(export: OpenExport, place: Path, progress: Progress) -> int:
    """Write an export as a data package, a folder or a `.zip`, that appears when complete; return its rows.

    An older package at that place is replaced. Raises ExportRefused if something else is there.
    """
    with _zip(place) if place.suffix == ".zip" else _folder(place) as package:
        name = export.request.kind + export.request.suffix
        with package.open(name) as file:
            counted = _Counted(file)
            rows = write(export, cast(BinaryIO, counted), progress)
        data = DataFile(
            path=name,
            bytes=counted.bytes,
            sha256=counted.hash.hexdigest(),
            rows=rows,
            delimiter=export.request.separator,
            encoding=export.request.encoding,
        )
        described = describe(export.request.kind, get_columns(export), data, str(export.cut))
        with package.open(DESCRIPTION) as file:
            file.write(described.encode())
        with package.open(MANIFEST) as file:
            file.write(manifest(_collect_facts(export), [data]).encode())
    return rows


def _collect_facts(export: OpenExport) -> dict[str, Any]:
    """Return the facts of the manifest other than the files."""
    cut, conn = export.cut, export.conn
    health = _health(export)
    today = health.get(cut.at.astimezone(UTC).date(), DayHealth())
    return {
        "query": export.request.question(),
        "cut": str(cut),
        "vocabulary_version": current_version(conn),
        "outlets": {"known": count_sources(conn, known_at=cut.at), **_outlets(today)},
        "gaps": [
            {"day": day.isoformat(), **_outlets(found)}
            for day, found in health.items()
            if export.request.filters.covers(day) and found.alive is not None and found.alive < _GAP
        ],
    }


def _health(export: OpenExport) -> Mapping[date, DayHealth]:
    """Return the health of the collection on each day until the cut, as known at that time."""
    day, since = export.cut.at.astimezone(UTC).date(), export.request.filters.since
    first = find_first_poll(export.conn)
    if first is None or first > day:
        return {}
    begin = min(max(first, since or first), day)
    return collection_health_by_day(export.conn, begin, day, today=day, as_known_at=export.cut.at)


def _outlets(health: DayHealth) -> dict[str, int]:
    return {"watched": health.watched, "alive": health.watched - len(health.impaired)}


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
