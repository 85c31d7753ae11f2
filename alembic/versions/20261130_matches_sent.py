"""Index of the matches of a subscription by status, from which those that were sent are counted and listed.

Until now all matches were read for their number: their reasons lie between them.
"""

from __future__ import annotations

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_matches_sent", "matches", ["subscription_id", "status", "id", "matched_at"])


def downgrade() -> None:
    op.drop_index("ix_matches_sent", table_name="matches")
