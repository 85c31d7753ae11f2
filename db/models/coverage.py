"""How much was written about what, when: cells that always equal a recount, and the marks that keep them so."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, RowId


class CoverageCell(Base):
    """The coverage of one entity in one period, in one part of the material.

    Cells of different splits, grains or levels are never summed: a story counts once in each cell where one of
    its articles counts.
    """

    __tablename__ = "coverage_cells"
    __table_args__ = (
        Index("ix_coverage_cells_series", "entity_id", "grain", "split", "level", "bucket_on"),
        {"sqlite_with_rowid": False},
    )

    grain: Mapped[str] = mapped_column(String(5), primary_key=True)
    """`day`, `week` (begins on Monday, ISO 8601) or `month`."""
    bucket_on: Mapped[date] = mapped_column(primary_key=True)
    """The first day of the period."""
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), primary_key=True)
    split: Mapped[str] = mapped_column(String(8), primary_key=True)
    """`all`, `source`, `lang`, `country` or `genre`."""
    part: Mapped[str] = mapped_column(String(200), primary_key=True)
    """Which source, language, country or genre; empty for the split `all` and where it is unknown."""
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    """`name`, `demonym`, `concept` or `all`."""
    articles: Mapped[int]
    stories: Mapped[int]
    mentions: Mapped[int]


class CoverageMark(Base):
    """A note that the cells of an entity on a day must be counted again. Rows are only added and removed."""

    __tablename__ = "coverage_marks"
    __table_args__ = (Index("ix_coverage_marks_counts_on", "counts_on", "entity_id"),)

    id: Mapped[RowId]
    entity_id: Mapped[str] = mapped_column(String(200))
    counts_on: Mapped[date]


class Outcome(Base):
    """How many inputs of one stage ended how. Rows are only added; a sum over them is the count."""

    __tablename__ = "outcomes"
    __table_args__ = (Index("ix_outcomes_stage_at", "stage", "at"),)

    id: Mapped[RowId]
    at: Mapped[datetime]
    stage: Mapped[str] = mapped_column(String(20))
    """`poll`, `entry`, `fetch`, `understand` or `ingest`."""
    source_id: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(40))
    inputs: Mapped[int]


class Problem(Base):
    """What went wrong with one input, in words for people; the latest word on each subject."""

    __tablename__ = "problems"
    __table_args__ = (Index("ix_problems_last_at", "last_at"),)

    stage: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(500), primary_key=True)
    """A URL, a file name, a feed."""
    reason: Mapped[str]
    source_id: Mapped[str | None] = mapped_column(String(200))
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
