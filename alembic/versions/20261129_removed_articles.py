"""Removed and joined articles leave a row, for readers that follow the changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removed_articles",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("joined_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_removed_articles")),
    )
    op.create_index("ix_removed_articles_changed", "removed_articles", ["changed"])


def downgrade() -> None:
    op.drop_table("removed_articles")
