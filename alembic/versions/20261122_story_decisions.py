"""Merges and splits of stories by people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.models.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "story_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_decisions")),
    )
    op.create_table(
        "story_pairs",
        *(
            sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)
            for name in ("decision_id", "article_a", "article_b")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["articles.id"], name=op.f(f"fk_story_pairs_{name}"), ondelete="CASCADE")
            for name in ("article_a", "article_b")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["story_decisions.id"], name=op.f("fk_story_pairs_decision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("decision_id", "article_a", "article_b", name=op.f("pk_story_pairs")),
    )
    for name in ("article_a", "article_b"):
        op.create_index(op.f(f"ix_story_pairs_{name}"), "story_pairs", [name])


def downgrade() -> None:
    op.drop_table("story_pairs")
    op.drop_table("story_decisions")
