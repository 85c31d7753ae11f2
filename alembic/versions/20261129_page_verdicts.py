"""Where a text comes from, texts that wait as suspect, and what is known of pages that are no articles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.models.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("revisions", sa.Column("text_from", sa.String(length=10), server_default="page", nullable=False))
    op.add_column("revisions", sa.Column("returned_at", UtcDateTime(), nullable=True))
    op.add_column("pages", sa.Column("doubts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("pages", sa.Column("shown_hash", sa.String(length=32), nullable=True))
    op.create_index("ix_pages_host_shown_hash", "pages", ["host", "shown_hash"])
    op.create_table(
        "suspects",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_suspects_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_suspects")),
    )


def downgrade() -> None:
    op.drop_table("suspects")
    op.drop_index("ix_pages_host_shown_hash", "pages")
    op.drop_column("pages", "shown_hash")
    op.drop_column("pages", "doubts")
    op.drop_column("revisions", "returned_at")
    op.drop_column("revisions", "text_from")
