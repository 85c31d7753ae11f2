"""The first day of each series of an entity and of a pair by day, with an index.

First appearances were looked for among all pairs of entities: a hundred thousand in three years.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_FIRST = """UPDATE coverage_series SET first_on = (
    SELECT min(bucket_on) FROM coverage_cells WHERE series_id = coverage_series.id AND bucket_on > '0001-01-01'
) WHERE grain = 'day' AND (split = 'all' AND level = 'all' OR split = 'entity' AND level = 'name')"""


def upgrade() -> None:
    op.add_column("coverage_series", sa.Column("first_on", sa.Date()))
    op.execute(_FIRST)
    where = sa.text("first_on IS NOT NULL")
    op.create_index(
        "ix_coverage_series_first_on",
        "coverage_series",
        ["split", "first_on"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_index("ix_coverage_series_first_on", table_name="coverage_series")
    op.drop_column("coverage_series", "first_on")
