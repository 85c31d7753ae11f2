"""What catalogues said of outlets last, so that a person's changes and the catalogue's can be told apart.

Stores of before were filled from the catalogue as it was at revision 0023, which stands in a file beside this. An outlet
of it that is not there was removed by a person. Where no outlet has a time zone, there was no room for any before.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_SAID = Path(__file__).resolve().parent.parent / "data" / "catalogue_0023.json"


def upgrade() -> None:
    table = op.create_table(
        "catalogue_outlets",
        sa.Column("catalogue", sa.String(length=20), nullable=False),
        sa.Column("outlet_id", sa.String(length=200), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("catalogue", "outlet_id", name=op.f("pk_catalogue_outlets")),
    )
    said: dict[str, dict[str, Any]] = json.loads(_SAID.read_text("utf-8"))
    known = sa.text("SELECT id, time_zone FROM sources WHERE origin = 'catalogue'")
    zones = {source_id: zone for source_id, zone in op.get_bind().execute(known) if source_id in said}
    if not zones:
        return  # an empty store, or one with outlets of its own
    if not any(zones.values()):
        for facts in said.values():
            facts["time_zone"] = None
    rows = [
        {"catalogue": "packaged", "outlet_id": outlet_id, "source_id": outlet_id, "said": facts}
        for outlet_id, facts in said.items()
    ]
    op.bulk_insert(table, rows)


def downgrade() -> None:
    op.drop_table("catalogue_outlets")
