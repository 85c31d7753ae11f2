"""By which clock the pages of an outlet tell the time, and how exactly entries tell when they were published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("time_zone", sa.String(length=64), nullable=True))
    op.add_column("sightings", sa.Column("published_as", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("sightings", "published_as")
    op.drop_column("sources", "time_zone")
