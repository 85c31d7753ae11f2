"""Which feeds and texts came from servers that could not prove who they are, and which outlets may be read so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("unverified", sa.String(length=20), nullable=True))
    op.add_column("feeds", sa.Column("unverified", sa.String(length=100), nullable=True))
    op.create_table(
        "unverified_revisions",
        sa.Column("revision_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revisions.id"],
            name=op.f("fk_unverified_revisions_revision_id_revisions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_unverified_revisions")),
    )


def downgrade() -> None:
    op.drop_table("unverified_revisions")
    op.drop_column("feeds", "unverified")
    op.drop_column("sources", "unverified")
