"""Addresses of articles that have several."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_URL = sa.String(length=2_000).with_variant(sa.String(length=2_000, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "article_addresses",
        sa.Column("canonical_url", _URL, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("url", _URL, nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.Column("is_declared", sa.Boolean(), nullable=False),
        sa.Column("is_end", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_addresses_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("canonical_url", "article_id", name=op.f("pk_article_addresses")),
    )
    op.create_index(op.f("ix_article_addresses_article_id"), "article_addresses", ["article_id"])
    op.create_index(
        "uq_article_addresses_asked",
        "article_addresses",
        ["canonical_url"],
        unique=True,
        postgresql_where=sa.text("is_asked"),
        sqlite_where=sa.text("is_asked"),
    )


def downgrade() -> None:
    op.drop_table("article_addresses")
