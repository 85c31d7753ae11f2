"""Indexes of the articles of an outlet by day and by time of collection, and of a language by day."""

from __future__ import annotations

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_articles_source_id_counts_on", "articles", ["source_id", "counts_on"])
    op.drop_index("ix_articles_source_id", table_name="articles")
    op.create_index("ix_articles_source_id_collected_at", "articles", ["source_id", "collected_at"])
    op.create_index("ix_articles_language_counts_on", "articles", ["language", "counts_on"])


def downgrade() -> None:
    op.drop_index("ix_articles_language_counts_on", table_name="articles")
    op.drop_index("ix_articles_source_id_collected_at", table_name="articles")
    op.create_index("ix_articles_source_id", "articles", ["source_id"])
    op.drop_index("ix_articles_source_id_counts_on", table_name="articles")
