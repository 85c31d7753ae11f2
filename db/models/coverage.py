"""Coverage per entity and period: cells that always equal a full recount, and the tables that keep them so."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, PartialIndex, RowId


class CoverageSeries(Base):
    """One series of cells: an entity, in one split and level, at one grain. A number for it keeps cells small."""

    __tablename__ = "coverage_series"
    __table_args__ = (
        UniqueConstraint("entity_id", "grain", "split", "level", "part"),
        PartialIndex("ix_coverage_series_first_on", "split", "first_on", where="first_on IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    entity_id: Mapped[str] = mapped_column(String(200))
    """The entity; empty for the totals, which count every article."""
    grain: Mapped[str] = mapped_column(String(5))
    """A `db.enums.coverage.Grain`."""
    split: Mapped[str] = mapped_column(String(8))
    """A `db.enums.coverage.CoverageSplit`."""
    level: Mapped[str] = mapped_column(String(10))
    """A `db.enums.coverage.CoverageLevel`."""
    part: Mapped[str] = mapped_column(String(200))
    """The source, language, country, genre or other entity; empty for `all` and where it is unknown."""
    first_on: Mapped[date | None]
    """The first day with a cell, written with the cells; only for entities and pairs by day (`db.coverage.first_days`).
    """


class CoverageCell(Base):
    """The coverage of one entity in one period, in one part of the material. Ordered so that a series is one scan.

    Cells of different splits, grains or levels are never summed: a story counts once in each cell where one of its
    articles counts. The reference to `coverage_series` is unchecked: only the recount writes either.
    """

    __tablename__ = "coverage_cells"
    __table_args__ = ({"sqlite_with_rowid": False},)

    series_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bucket_on: Mapped[date] = mapped_column(primary_key=True)
    """The first day of the period; `db.coverage.cells.UNDATED` for the articles that count on no day."""
    articles: Mapped[int]
    """Reprints included."""
    stories: Mapped[int]
    """Clusters with at least one of those articles."""
    mentions: Mapped[int]
    """0 in the split `entity`."""
    in_title: Mapped[int]
    """Mentions in titles, among those."""
    scope_articles: Mapped[int]
    """Articles in scope, among those."""
    scope_stories: Mapped[int]
    undated: Mapped[int]
    """Articles without a known date of publication, among those; in the cell of a day, those that a feed brought as
    new.
    """


class CoverageFact(Base):
    """An article that counts for an entity on a day: the source of the cells, and the way from a cell to its articles.

    For the totals each article has one row with an empty entity. The day of an article that counts on no day is
    `UNDATED`.
    """

    __tablename__ = "coverage_facts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    entity_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    counts_on: Mapped[date] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)
    name: Mapped[int]
    """Mentions at this level; the next columns likewise."""
    demonym: Mapped[int]
    concept: Mapped[int]
    name_in_title: Mapped[int]
    demonym_in_title: Mapped[int]
    concept_in_title: Mapped[int]
    place: Mapped[int | None]
    """0 for the entity that the article names most often, 1 for the next; null when it does not name this one."""


class CoverageMark(Base):
    """A note that an article changed. Rows are only added and removed, so writers never wait."""

    __tablename__ = "coverage_marks"

    id: Mapped[RowId]
    article_id: Mapped[int] = mapped_column(BigInteger)
    """The article may have been deleted since."""


class CoverageDirty(Base):
    """The cells of an entity that contain a day and must be counted again. Written by the recount alone."""

    __tablename__ = "coverage_dirty"
    __table_args__ = ({"sqlite_with_rowid": False},)

    entity_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    counts_on: Mapped[date] = mapped_column(primary_key=True)


class CoverageState(Base):
    """The lease of the recount, and the time zone in which days begin (one row)."""

    __tablename__ = "coverage_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    turn: Mapped[int] = mapped_column(default=0)
    """Number of the lease; grows with each acquisition and proves to a writer of cells that the lease is still valid.
    """
    held_until: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    redated_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last article moved while the archive changes to another time zone; null otherwise."""


class Outcome(Base):
    """Number of inputs of one stage by outcome. Rows are only added; their sum is the count."""

    __tablename__ = "outcomes"
    __table_args__ = (Index("ix_outcomes_stage_at", "stage", "at"),)

    id: Mapped[RowId]
    at: Mapped[datetime]
    stage: Mapped[str] = mapped_column(String(20))
    """A `db.enums.outcomes.Stage`."""
    source_id: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(40))
    """A `db.enums.outcomes.CountedOutcome` of its stage."""
    inputs: Mapped[int]


class Problem(Base):
    """The latest error of one input, in readable words."""

    __tablename__ = "problems"
    __table_args__ = (Index("ix_problems_last_at", "last_at"),)

    stage: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(500), primary_key=True)
    """A URL, a file name, a feed."""
    reason: Mapped[str]
    source_id: Mapped[str | None] = mapped_column(String(200))
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
