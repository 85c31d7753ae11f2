"""The store's shape: migrations go up and down, and agree with the models, on both databases."""

from __future__ import annotations

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

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


def test_the_head_is_what_alembic_says() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.scripts_folder()))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.head()]


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


def test_a_store_with_articles_gets_genres_and_keeps_everything_else(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database, "0001")
    at = "2022-01-05 10:00:00+00:00"
    with database.engine.begin() as conn:
        for number, kind in enumerate(("'think tank'", "'news agency'", "'IGO'", "NULL"), 1):
            for statement in (
                f"INSERT INTO sources (id, name, languages, kind, origin, added_at)"
                f" VALUES ('s{number}', 'S', '[]', {kind}, 'person', '{at}')",
                f"INSERT INTO articles (id, canonical_url, url, source_id, revision_id, collected_at,"
                f" published_is_day, counts_on) VALUES ({number}, 'u{number}', 'u{number}', 's{number}',"
                f" {number}, '{at}', false, '2022-01-05')",
                f"INSERT INTO revisions (id, article_id, content_hash, observed_at, published_is_day, stage, text)"
                f" VALUES ({number}, {number}, 'h{number}', '{at}', false, 'done', 'words')",
            ):
                conn.execute(text(statement))
    migrate.upgrade(database)
    with database.reading() as conn:
        for table in ("articles", "revisions"):
            genres = conn.execute(text(f"SELECT genre FROM {table} ORDER BY id")).scalars().all()
            assert genres == ["analysis", "news", "statement", None]
    migrate.downgrade(database, "0001")
    with database.reading() as conn:
        assert conn.execute(text("SELECT count(*) FROM revisions WHERE text = 'words'")).scalar_one() == 4
    database.close()
