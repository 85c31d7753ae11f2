"""Ask again for pages that were refused or are gone; they used to be left alone for ever."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from db.models.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_PAGES = sa.table(
    "pages",
    sa.column("state", sa.String),
    sa.column("fetched_at", UtcDateTime()),
    sa.column("next_fetch_at", UtcDateTime()),
)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    was_asked = _PAGES.c.state.in_(["refused", "gone"]) & _PAGES.c.fetched_at.is_not(None)
    op.execute(sa.update(_PAGES).where(was_asked).values(next_fetch_at=datetime.now(UTC)))


def downgrade() -> None:
    op.execute(sa.update(_PAGES).where(_PAGES.c.state.in_(["refused", "gone"])).values(next_fetch_at=_NEVER))
