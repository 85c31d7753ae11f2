"""Indexes of the reprints and of the articles without a date, by day.

The largest stories of entities and their articles without a date are found without reading the others.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create("ix_articles_reprints", ["counts_on", "cluster_id", "id"], "cluster_id <> id")
    _create("ix_articles_without_date", ["counts_on"], "published_at IS NULL")


def _create(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "articles", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_articles_without_date", table_name="articles")
    op.drop_index("ix_articles_reprints", table_name="articles")
