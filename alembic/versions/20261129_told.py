"""How much of a delivery its receiver took, and how many stories were left out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_COUNTS = ("messages", "told", "left_out")


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as table:
        for name in _COUNTS:
            table.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("told_to", sa.BigInteger()))


def downgrade() -> None:
    with op.batch_alter_table("deliveries") as table:
        for name in (*_COUNTS, "told_to"):
            table.drop_column(name)
