"""A secret of its own for reading a feed: the one it had ends a subscription as well."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recipients", sa.Column("feed_token", sa.String(length=64), nullable=True))
    # Addresses of feeds stand in readers and go on; nobody was ever sent a link that ends a feed, so that one is new.
    conn = op.get_bind()
    feeds = conn.execute(
        sa.text("SELECT id FROM recipients WHERE channel_id IN (SELECT id FROM channels WHERE kind = 'feed')")
    )
    give = sa.text("UPDATE recipients SET feed_token = token, token = :token WHERE id = :id")
    for (number,) in feeds.fetchall():
        conn.execute(give, {"id": number, "token": secrets.token_urlsafe(24)})
    op.create_index("ix_recipients_feed_token", "recipients", ["feed_token"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_recipients_feed_token", table_name="recipients")
    op.execute("UPDATE recipients SET token = feed_token WHERE feed_token IS NOT NULL")
    op.drop_column("recipients", "feed_token")
