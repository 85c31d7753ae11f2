"""The store's shape: migrations go up and down, and agree with the models, on both databases."""

from __future__ import annotations

from sqlalchemy import inspect

from db import migrate
from db.engine import Database


def test_an_empty_database_gets_all_tables_and_loses_them_again(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database)
    assert migrate.current(database) == migrate.head()
    assert {"articles", "mentions", "coverage_cells"} <= set(inspect(database.engine).get_table_names())
    migrate.downgrade(database, "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    database.close()


def test_models_and_migrations_agree(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database)
    assert migrate.differences(database) == []
    database.close()


def test_migrating_again_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database)
    migrate.upgrade(database)
    assert migrate.current(database) == migrate.head()
    database.close()
