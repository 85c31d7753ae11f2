"""People's decisions to remove outlets are stored, and outlive them; hosts that articles link to are counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_removals",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("with_articles", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("outlet", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_removals")),
    )
    op.create_table(
        "linked_hosts",
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("example", sa.String(length=2_000), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_linked_hosts_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("host", "source_id", name=op.f("pk_linked_hosts")),
    )
    op.create_index("ix_linked_hosts_source_id", "linked_hosts", ["source_id"])
    op.create_index("ix_linked_hosts_last_at", "linked_hosts", ["last_at"])


def downgrade() -> None:
    op.drop_table("linked_hosts")
    op.drop_table("source_removals")
