"""What exports remember: the numbers of changes, how far each named export has come, what is exported by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class ChangeClock(Base):
    """One row: where the numbers of changes come from, see `db.changes`."""

    __tablename__ = "change_clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)
    """The last number given out, where the store itself counts: in SQLite."""
    server: Mapped[str] = mapped_column(String(40))
    """Which PostgreSQL cluster gave the numbers; another one begins its transaction numbers anew."""


class ExportCursor(Base):
    """How far a named incremental export has come."""

    __tablename__ = "export_cursors"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    request: Mapped[dict[str, Any]]
    """Kind and filters: a name stands for one question."""
    position: Mapped[int] = mapped_column(BigInteger)
    """The number of the last change that was exported; -1: nothing was."""
    exported_at: Mapped[datetime]


class ExportSchedule(Base):
    """An export that is written into a folder again and again."""

    __tablename__ = "export_schedules"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    request: Mapped[dict[str, Any]]
    """Kind, filters and format."""
    every: Mapped[str] = mapped_column(String(10))
    """`hour`, `day`, `week` or `month`."""
    folder: Mapped[str]
    next_at: Mapped[datetime] = mapped_column(index=True)
    claimed_until: Mapped[datetime | None]
    last_file: Mapped[str | None]
    last_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
