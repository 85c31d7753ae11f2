"""The language that a text may be in as well: names of both are tagged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("revisions", sa.Column("second_language", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("revisions", "second_language")
