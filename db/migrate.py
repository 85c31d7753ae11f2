"""Migration of a database to the schema of this version."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from db.dialect.word_index import WORD_INDEX
from db.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config


class CannotMigrate(Exception):
    """A database without a migration path, such as one of a newer version."""


def scripts_folder() -> Path:
    """Return the migrations: `alembic/` in a checkout, `db/_alembic` in an installed wheel."""
    here = Path(__file__).resolve().parent
    packaged = here / "_alembic"
    return packaged if packaged.is_dir() else here.parent / "alembic"


def head() -> str:
    """Return the schema revision of this program: the last of the chain.

    Read from the scripts as text: every command needs it, and alembic takes a tenth of a second and 10 MB to do so.
    """
    scripts = [path.read_text("utf-8") for path in (scripts_folder() / "versions").glob("*.py")]
    revisions, followed = (set(pattern.findall("\n".join(scripts))) for pattern in (_REVISION, _FOLLOWED))
    [revision] = revisions - followed
    return str(revision)


_REVISION = re.compile(r'^revision = "(\w+)"$', re.M)
_FOLLOWED = re.compile(r'^down_revision = "(\w+)"$', re.M)


def current(database: Database) -> str | None:
    """Return the schema revision of the database; None for an empty one."""
    with database.engine.connect() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        revision: str | None = conn.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate up to `revision`. Safe to call at every start and from several hosts at once.

    Raises CannotMigrate if the database is at a revision unknown to this program.
    """
    if revision == "head" and current(database) == head():
        return
    from alembic import command

    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Migrate down to `revision`; `base` removes all tables."""
    from alembic import command

    _run(database, lambda config: command.downgrade(config, revision))


def _run(database: Database, step: Callable[[Config], None]) -> None:
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(scripts_folder()).replace("%", "%%"))
    with database.engine.connect() as conn:
        config.attributes["connection"] = conn
        try:
            step(config)
        except CommandError as error:
            raise CannotMigrate(str(error)) from error


def differences(database: Database) -> list[object]:
    """Return the changes that autogenerate would still make; empty if models and migrations agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from db.models import Base

    with database.engine.connect() as conn:
        opts = {"compare_type": True, "include_object": is_modelled}
        context = MigrationContext.configure(conn, opts=opts)
        return list(compare_metadata(context, Base.metadata))


def is_modelled(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Return whether a model describes an object; the word index has none (`db.dialect.word_index`)."""
    return kind != "table" or not (name or "").startswith(WORD_INDEX)
