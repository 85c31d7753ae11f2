"""The store's shape: migrations go up and down, and agree with the models, on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from db import migrate
from db.engine import Database
from db.models import Base

ROOT = Path(__file__).resolve().parents[2]


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


def test_a_developer_who_changed_no_model_gets_no_revision(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(database_url)
    migrate.upgrade(database)
    database.close()
    monkeypatch.setenv("STEPPEWATCH_DATABASE_URL", database_url)
    command.check(Config(ROOT / "alembic.ini"))  # raises where it would write something


def test_migrating_again_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database)
    migrate.upgrade(database)
    assert migrate.current(database) == migrate.head()
    database.close()


def test_addresses_of_feeds_and_links_in_mails_outlive_their_parting(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database, "0019")
    at = "2022-01-05 10:00:00+00:00"
    with database.engine.begin() as conn:
        conn.execute(
            text(
                "INSERT INTO subscriptions (id, name, kind, query, cadence, max_age_h, on_revision, all_quiet, state,"
                f" origin, created_at, version) VALUES (1, 'n', 'query', 'q', 'at once', 72, false, false, 'active',"
                f" '', '{at}', 1)"
            )
        )
        for number, kind in enumerate(("email", "feed", "webhook"), 1):
            conn.execute(
                text(
                    "INSERT INTO channels (id, kind, address, state, failures)"
                    f" VALUES ({number}, '{kind}', 'a', 'active', 0)"
                )
            )
            conn.execute(
                text(
                    "INSERT INTO recipients (id, subscription_id, channel_id, token, state)"
                    f" VALUES ({number}, 1, {number}, 'secret of {kind}', 'active')"
                )
            )
    kept = ("secret of email", "secret of feed", "secret of webhook")
    rows = text("SELECT token, feed_token FROM recipients ORDER BY id")
    migrate.upgrade(database)
    with database.reading() as conn:
        (mail, none), (ends, reads), (hook, nothing) = conn.execute(rows).fetchall()
        assert (mail, reads, hook) == kept
        assert (none, nothing) == (None, None)
        assert len(ends) > 20
        assert ends != reads
    migrate.downgrade(database, "0019")
    with database.reading() as conn:
        assert tuple(conn.execute(text("SELECT token FROM recipients ORDER BY id")).scalars()) == kept
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


def test_series_of_entities_and_pairs_by_day_get_their_first_days(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database, "0037")
    series = (
        "'day', 'all', 'all', ''",
        "'day', 'entity', 'name', 'b'",
        "'month', 'all', 'all', ''",
        "'day', 'all', 'name', ''",
    )
    cells = {1: ("2022-01-05", "2022-01-03", "0001-01-01"), 2: ("2022-01-04",), 3: ("2022-01-01",), 4: ("2022-01-03",)}
    with database.engine.begin() as conn:
        for number, key in enumerate((*series, "'day', 'entity', 'name', 'c'"), 1):
            columns = "id, entity_id, grain, split, level, part"
            conn.execute(text(f"INSERT INTO coverage_series ({columns}) VALUES ({number}, 'a', {key})"))
            for day in cells.get(number, ()):
                conn.execute(text(f"INSERT INTO coverage_cells VALUES ({number}, '{day}', 1, 1, 1, 0, 1, 1, 0)"))
    migrate.upgrade(database)
    with database.reading() as conn:
        firsts = conn.execute(text("SELECT first_on FROM coverage_series ORDER BY id")).scalars().all()
    assert [str(day) if day else None for day in firsts] == ["2022-01-03", "2022-01-04", None, None, None]
    migrate.downgrade(database, "0037")
    migrate.upgrade(database)
    database.close()


def test_an_index_of_some_rows_is_made_with_its_condition(database_url: str) -> None:
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
    catalogue = {"sqlite": "SELECT sql FROM sqlite_master", "postgresql": "SELECT indexdef AS sql FROM pg_indexes"}
    with database.reading() as conn:
        made = conn.execute(text(catalogue[conn.dialect.name])).scalars().all()
    [waiting] = [sql for sql in made if sql and "INDEX ix_captures_waiting" in sql]
    assert re.search(r"WHERE \(?\(?stage\)?\S* = 'fetched'", waiting)
    database.close()
