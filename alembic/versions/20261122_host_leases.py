"""Hosts are shared out among crawlers by lease."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.models.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "host_leases",
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=True),
        sa.Column("free_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_leases")),
    )
    with op.batch_alter_table("host_leases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_host_leases_free_at"), ["free_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("host_leases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_host_leases_free_at"))

    op.drop_table("host_leases")
