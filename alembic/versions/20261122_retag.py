"""Which revisions are tagged with another vocabulary than the current one, and whether that is to change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.models.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vocabulary_versions", sa.Column("retag_asked_at", UtcDateTime(), nullable=True))
    op.create_index("ix_revisions_vocabulary_version_id", "revisions", ["vocabulary_version", "id"])


def downgrade() -> None:
    op.drop_index("ix_revisions_vocabulary_version_id", "revisions")
    op.drop_column("vocabulary_versions", "retag_asked_at")
