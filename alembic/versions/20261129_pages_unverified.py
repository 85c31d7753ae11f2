"""Which pages' words came from servers that could not prove who they are: they are asked for whole until one can."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_OF_PAGE = """
    FROM unverified_revisions u JOIN revisions r ON r.id = u.revision_id JOIN captures c ON c.id = r.capture_id
    WHERE c.page_id = pages.id
"""


def upgrade() -> None:
    op.add_column("pages", sa.Column("unverified", sa.String(length=100), nullable=True))
    op.execute(f"UPDATE pages SET unverified = (SELECT min(u.reason) {_OF_PAGE}) WHERE EXISTS (SELECT 1 {_OF_PAGE})")


def downgrade() -> None:
    op.drop_column("pages", "unverified")
