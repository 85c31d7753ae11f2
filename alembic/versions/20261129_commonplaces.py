"""Which passages outlets print again and again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commonplaces",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_doubted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_commonplaces")),
    )
    doubted = sa.text("is_doubted")
    op.create_index("ix_commonplaces_doubted", "commonplaces", ["hash"], postgresql_where=doubted, sqlite_where=doubted)


def downgrade() -> None:
    op.drop_table("commonplaces")
