"""What feeds carry of the articles themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sightings", sa.Column("body", sa.Text(), nullable=True))
    op.add_column("sightings", sa.Column("language", sa.String(length=20), nullable=True))
    op.add_column("pages", sa.Column("feed_hash", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("pages", "feed_hash")
    op.drop_column("sightings", "language")
    op.drop_column("sightings", "body")
