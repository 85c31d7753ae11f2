"""Sitemaps know the index that named them; back-fills keep their progress."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("feeds", sa.Column("parent_id", _ID, nullable=True))
    op.create_index("ix_feeds_parent_id", "feeds", ["parent_id"])
    op.create_table(
        "backfills",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feed_id", _ID, nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("last_page_id", _ID, nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_backfills_feed_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfills")),
        sa.UniqueConstraint("feed_id", name=op.f("uq_backfills_feed_id")),
    )


def downgrade() -> None:
    op.drop_table("backfills")
    op.drop_index("ix_feeds_parent_id", "feeds")
    op.drop_column("feeds", "parent_id")
