"""State of exports: the numbers of changes, the position of each named export, and scheduled exports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class ChangeClock(Base):
    """The source of change numbers (one row), see `db.changes`."""

    __tablename__ = "change_clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)
    """The last number issued, where the database itself counts: in SQLite."""
    server: Mapped[str] = mapped_column(String(40))
    """The PostgreSQL cluster that issued the numbers; another cluster starts its transaction numbers again."""


class RemovedArticle(Base):
    """An article that is gone: removed, or joined with another. Readers that follow changes learn of it from here."""

    __tablename__ = "removed_articles"

    article_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    changed: Mapped[int] = mapped_column(BigInteger, index=True)
    """The number of the transaction that removed it."""
    joined_to: Mapped[int | None] = mapped_column(BigInteger)
    """The article that has its texts now; null if they were deleted."""


class ExportCursor(Base):
    """The position of a named incremental export."""

    __tablename__ = "export_cursors"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    request: Mapped[dict[str, Any]]
    """Kind and filters: a name stands for one request."""
    position: Mapped[int] = mapped_column(BigInteger)
    """The number of the last exported change; -1 before the first export."""
    exported_at: Mapped[datetime]


class ExportSchedule(Base):
    """An export that is written into a folder at regular intervals."""

    __tablename__ = "export_schedules"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    request: Mapped[dict[str, Any]]
    """Kind, filters and format."""
    every: Mapped[str] = mapped_column(String(10))
    """A `db.enums.exports.ExportPeriod`."""
    folder: Mapped[str]
    next_at: Mapped[datetime] = mapped_column(index=True)
    claimed_until: Mapped[datetime | None]
    last_file: Mapped[str | None]
    last_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
