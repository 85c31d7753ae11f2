"""Bringing a store to the shape this version needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from db.dialect import WORD_INDEX
from db.engine import Database


def scripts_folder() -> Path:
    """Return the migrations: `alembic/` in a checkout, `db/_alembic` in an installed wheel."""
    here = Path(__file__).resolve().parent
    packaged = here / "_alembic"
    return packaged if packaged.is_dir() else here.parent / "alembic"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts_folder()).replace("%", "%%"))
    return config


def head() -> str:
    """Return the revision this version of the program needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def current(database: Database) -> str | None:
    """Return the revision the store is at; None for an empty one."""
    with database.engine.connect() as conn:
        return MigrationContext.configure(conn).get_current_revision()


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate up to `revision`. Safe to call at every start and from several hosts at once."""
    if revision == "head" and current(database) == head():
        return
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Migrate down to `revision`; `base` removes all tables."""
    _run(database, lambda config: command.downgrade(config, revision))


def _run(database: Database, step: Callable[[Config], None]) -> None:
    config = _config()
    with database.engine.connect() as conn:
        config.attributes["connection"] = conn
        step(config)


def differences(database: Database) -> list[object]:
    """Return what autogenerate would still change; empty when models and migrations agree."""
    from alembic.autogenerate import compare_metadata

    from db.models import Base

    with database.engine.connect() as conn:
        opts = {"compare_type": True, "include_object": _is_modelled}
        context = MigrationContext.configure(conn, opts=opts)
        return list(compare_metadata(context, Base.metadata))


def _is_modelled(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Return whether a model describes an object; the index of words has none (`db.dialect`)."""
    return kind != "table" or not (name or "").startswith(WORD_INDEX)
