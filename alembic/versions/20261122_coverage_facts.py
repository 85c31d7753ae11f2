"""Coverage cells by numbered series, counted from facts; marks name articles; the turn and the time zone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.models.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTS = ("articles", "stories", "mentions", "in_title", "scope_articles", "scope_stories", "undated")
_BY_LEVEL = ("name", "demonym", "concept", "name_in_title", "demonym_in_title", "concept_in_title")


def upgrade() -> None:
    op.drop_table("coverage_cells")  # all of it is derived, and counted again from the marks below
    op.drop_table("coverage_marks")
    op.create_table(
        "coverage_series",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entity_id", sa.String(length=200), nullable=False),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("split", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("part", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_series")),
        sa.UniqueConstraint(
            "entity_id",
            "grain",
            "split",
            "level",
            "part",
            name=op.f("uq_coverage_series_entity_id_grain_split_level_part"),
        ),
    )
    op.create_table(
        "coverage_cells",
        sa.Column("series_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bucket_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("series_id", "bucket_on", name=op.f("pk_coverage_cells")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "coverage_facts",
        sa.Column("entity_id", sa.String(length=200), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _BY_LEVEL),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("entity_id", "counts_on", "article_id", name=op.f("pk_coverage_facts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_coverage_facts_article_id"), "coverage_facts", ["article_id"])
    op.create_table(
        "coverage_marks",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_marks")),
    )
    op.create_table(
        "coverage_dirty",
        sa.Column("entity_id", sa.String(length=200), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "counts_on", name=op.f("pk_coverage_dirty")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "coverage_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("redated_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_state")),
    )
    op.execute("INSERT INTO coverage_state (id, turn, time_zone) VALUES (1, 0, 'UTC')")
    op.execute("INSERT INTO coverage_marks (article_id) SELECT id FROM articles")


def downgrade() -> None:
    for table in ("state", "dirty", "marks", "facts", "cells", "series"):
        op.drop_table(f"coverage_{table}")
    op.create_table(
        "coverage_marks",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("entity_id", sa.String(length=200), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_marks")),
    )
    op.create_index("ix_coverage_marks_counts_on", "coverage_marks", ["counts_on", "entity_id"])
    op.create_table(
        "coverage_cells",
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("bucket_on", sa.Date(), nullable=False),
        sa.Column("entity_id", sa.String(length=200), nullable=False),
        sa.Column("split", sa.String(length=8), nullable=False),
        sa.Column("part", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS[:3]),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_coverage_cells_entity_id")),
        sa.PrimaryKeyConstraint(
            "grain", "bucket_on", "entity_id", "split", "part", "level", name=op.f("pk_coverage_cells")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_coverage_cells_series", "coverage_cells", ["entity_id", "grain", "split", "level", "bucket_on"])
    op.execute(
        "INSERT INTO coverage_marks (entity_id, counts_on) SELECT DISTINCT mentions.entity_id, articles.counts_on"
        " FROM articles JOIN mentions ON mentions.revision_id = articles.revision_id"
    )
