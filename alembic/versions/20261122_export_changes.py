"""What exports need of articles: headline, by-line and revisions beside the rest, an order, and numbered changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.dialect import is_sqlite
from db.dialect.change_numbers import find_server
from db.models.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FILL = """
    UPDATE articles SET
        title = (SELECT title FROM revisions WHERE revisions.id = articles.revision_id),
        author = (SELECT author FROM revisions WHERE revisions.id = articles.revision_id),
        revisions = (SELECT count(*) FROM revisions WHERE revisions.article_id = articles.id)
"""


def upgrade() -> None:
    op.add_column("articles", sa.Column("title", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("author", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("revisions", sa.Integer(), server_default="1", nullable=False))
    op.add_column("articles", sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(_FILL)
    _collate("C")
    op.create_index("ix_articles_counts_on_canonical_url", "articles", ["counts_on", "canonical_url"])
    op.create_index("ix_articles_changed", "articles", ["changed"])
    op.create_table(
        "change_clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("server", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_clock")),
    )
    op.execute(f"INSERT INTO change_clock (id, last, server) VALUES (1, 0, '{find_server(op.get_bind())}')")
    op.create_table(
        "export_cursors",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("exported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_export_cursors")),
    )
    op.create_table(
        "export_schedules",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("every", sa.String(length=10), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("last_file", sa.Text(), nullable=True),
        sa.Column("last_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_export_schedules")),
    )
    op.create_index("ix_export_schedules_next_at", "export_schedules", ["next_at"])


def downgrade() -> None:
    for table in ("export_schedules", "export_cursors", "change_clock"):
        op.drop_table(table)
    op.drop_index("ix_articles_changed", "articles")
    op.drop_index("ix_articles_counts_on_canonical_url", "articles")
    _collate("default")
    for column in ("changed", "revisions", "author", "title"):
        op.drop_column("articles", column)


def _collate(collation: str) -> None:
    if not is_sqlite(op.get_bind()):  # SQLite compares bytes as it is
        op.execute(f'ALTER TABLE articles ALTER COLUMN canonical_url TYPE varchar(2000) COLLATE "{collation}"')
