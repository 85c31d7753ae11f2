"""The index of words that narrows searches of the archive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.dialect.word_index import create_word_index, drop_word_index

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "indexed_revisions",
        sa.Column("revision_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_indexed_revisions_revision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_indexed_revisions")),
        sqlite_with_rowid=False,
    )
    create_word_index(op.get_bind())


def downgrade() -> None:
    drop_word_index(op.get_bind())
    op.drop_table("indexed_revisions")
