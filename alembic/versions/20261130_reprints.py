"""An index of the reprints by day: the largest stories of an entity are found without reading its other articles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    condition = sa.text("cluster_id <> id")
    op.create_index(
        "ix_articles_reprints",
        "articles",
        ["counts_on", "cluster_id", "id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )


def downgrade() -> None:
    op.drop_index("ix_articles_reprints", table_name="articles")
