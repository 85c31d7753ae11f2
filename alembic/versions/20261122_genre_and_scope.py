"""Genre and scope of articles and their revisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = ("articles", "revisions")
_MARK_ALL = """
    INSERT INTO coverage_marks (entity_id, counts_on)
    SELECT DISTINCT mentions.entity_id, articles.counts_on
    FROM articles JOIN mentions ON mentions.revision_id = articles.revision_id
"""
_OF_OUTLET = """
    UPDATE articles SET genre = (
        SELECT CASE
            WHEN kind LIKE '%think tank%' OR kind LIKE '%academic%' OR kind LIKE '%magazine%' OR kind LIKE 'analysis%'
                THEN 'analysis'
            WHEN kind LIKE '%government%' OR kind = 'IGO' THEN 'statement'
            WHEN kind LIKE 'blog%' THEN 'opinion'
            WHEN kind LIKE '%news%' OR kind LIKE '%agency%' OR kind LIKE '%broadcaster%' OR kind LIKE '%media%'
                OR kind LIKE '%independent%' OR kind LIKE '%TV%' OR kind LIKE '%investigative%'
                OR kind LIKE 'business%' OR kind LIKE 'state-aligned%' THEN 'news'
        END FROM sources WHERE sources.id = articles.source_id)
"""
"""What outlets of a kind mostly publish; pages and addresses are read of new articles only."""


def upgrade() -> None:
    # Plain ALTER TABLE: to make `revisions` anew would cascade, on SQLite, into everything that refers to it.
    for table in _TABLES:
        op.add_column(table, sa.Column("genre", sa.String(length=20), nullable=True))
        op.add_column(table, sa.Column("in_scope", sa.Boolean(), nullable=True))
    op.execute(_OF_OUTLET)
    op.execute("UPDATE revisions SET genre = (SELECT genre FROM articles WHERE articles.id = revisions.article_id)")
    op.execute(_MARK_ALL)  # cells of the split by genre counted kinds of outlets before


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "in_scope")
        op.drop_column(table, "genre")
    op.execute(_MARK_ALL)
