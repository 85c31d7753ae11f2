"""The index of words is made anew: lookalike letters and broken words are read as they are seen. Searches fill it."""

from __future__ import annotations

from alembic import op

from db.dialect.word_index import create_word_index, drop_word_index

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _empty()


def downgrade() -> None:
    _empty()


def _empty() -> None:
    """Forget all words; what is not in the index is always a candidate, so every answer stays right meanwhile."""
    op.execute("DELETE FROM indexed_revisions")
    drop_word_index(op.get_bind())
    create_word_index(op.get_bind())
