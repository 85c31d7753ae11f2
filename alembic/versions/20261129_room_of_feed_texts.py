"""The room that the texts of feeds take is counted and given back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_HAS_BODY = sa.text("body IS NOT NULL")


def upgrade() -> None:
    op.add_column("captures", sa.Column("hints_size", sa.Integer(), nullable=True))
    op.create_index(
        "ix_sightings_bodies", "sightings", ["last_seen_at"], postgresql_where=_HAS_BODY, sqlite_where=_HAS_BODY
    )


def downgrade() -> None:
    op.drop_index("ix_sightings_bodies", "sightings")
    op.drop_column("captures", "hints_size")
