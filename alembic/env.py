"""How migrations are run: with the connection of `db.migrate`, or with a URL of their own for developers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from alembic import context
from sqlalchemy import Connection, text

from db.dialect import is_sqlite
from db.engine import Database
from db.migrate import is_modelled
from db.models import Base
from db.models.base import UtcDateTime

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_LOCK = 7_309_531_004
"""Any number: two deployments that migrate at once wait for each other under it."""


def render_item(kind: str, item: object, autogen_context: AutogenContext) -> str | bool:
    """Write our own column type into revisions by a stable name."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("from db.models.base import UtcDateTime")
        return "UtcDateTime()"
    return False


def run(connection: Connection) -> None:
    """Migrate over an open connection, one transaction for each revision."""
    if not is_sqlite(connection):
        connection.execute(text("SET lock_timeout = '30s'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=is_modelled,
        transaction_per_migration=True,
        render_item=render_item,
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        if not is_sqlite(connection):
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(os.environ.get("STEPPEWATCH_DATABASE_URL") or "sqlite:///steppewatch.db")
    with database.engine.connect() as own:
        run(own)
