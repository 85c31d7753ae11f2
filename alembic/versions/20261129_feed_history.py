"""Feeds have a kind and a history from which their polls are planned; each day records what may have been missed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind", sa.String(length=20), nullable=False, server_default="feed"),
        sa.Column("history", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("listing", sa.LargeBinary(), nullable=True),
        sa.Column("next_poll_because", sa.Text(), nullable=True),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("floor_s", sa.Integer(), nullable=True),
        sa.Column("ceiling_s", sa.Integer(), nullable=True),
        sa.Column("link_pattern", sa.String(length=500), nullable=True),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column("feeds", column)
    op.create_table(
        "feed_days",
        sa.Column("feed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Double(), nullable=False),
        sa.Column("kept_all", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_feed_days_feed_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", "day", name=op.f("pk_feed_days")),
    )
    op.create_index("ix_feed_days_day", "feed_days", ["day"])


def downgrade() -> None:
    op.drop_table("feed_days")
    for column in reversed(_columns()):
        op.drop_column("feeds", column.name)
