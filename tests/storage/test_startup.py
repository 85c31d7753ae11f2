"""What a command loads when it starts: what it needs, and nothing that is heavy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from samplestore import NOON

from cli.main import application, commands, groups
from db.engine import Database
from db.vocabulary.versions import record_version
from worker.vocabulary.entities import Alias, Entity, Vocabulary

ROOT = Path(__file__).resolve().parents[2]
QUICK = {
    "status": ("status", "--format", "json"),
    "source list": ("source", "list", "--format", "json"),
    "coverage": ("coverage", "csto", "--format", "json"),
    "coverage by label": ("coverage", "CSTO", "--format", "json"),
    "coverage by alias": ("coverage", "ОДКБ", "--format", "json"),
}
HEAVY = {
    "alembic",
    "celery",
    "daachorse",
    "feedparser",
    "httpx",
    "jinja2",
    "lark",
    "lxml",
    "numpy",
    "py3langid",
}
HEAVY |= {
    "psycopg",
    "pymorphy3",
    "requests",
    "rich",
    "scipy",
    "scrapy",
    "sqlalchemy.dialects.postgresql",
    "starlette",
    "tldextract",
    "trafilatura",
    "twisted",
    "uvicorn",
    "vl_convert",
}
_SAYS_MODULES = """
import atexit, sys
atexit.register(lambda: sys.stderr.write(" ".join(sys.modules)))
sys.argv[1:] = {words!r}
from cli.main import main
main()
"""


def modules_of(words: tuple[str, ...]) -> set[str]:
    """Return the modules that a process has loaded which ran this command."""
    code = _SAYS_MODULES.format(words=list(words))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stderr.split())


@pytest.fixture
def named(filled: Path) -> Path:
    """Give the data directory of a store whose vocabulary knows an alias."""
    database = Database(f"sqlite:///{filled / 'steppewatch.db'}")
    vocabulary = Vocabulary(
        entities=(
            Entity(
                id="csto",
                type="alliance",
                label="CSTO",
                description="",
                aliases=(Alias(text="ОДКБ", language="ru", level="name"),),
            ),
        )
    )
    content = vocabulary.to_json()
    database.write(lambda conn: record_version(conn, version="1b", content=content, entities=[], aliases=1, now=NOON))
    database.close()
    return filled


@pytest.mark.parametrize("name", QUICK)
def test_a_quick_command_loads_nothing_heavy(name: str, named: Path) -> None:
    assert modules_of(QUICK[name]) & HEAVY == set()


def test_what_one_command_needs_is_not_loaded_for_another(filled: Path) -> None:
    loaded = modules_of(QUICK["status"])
    assert {"cli.run.status"} <= loaded
    assert loaded.isdisjoint(
        {"cli.alert.query", "cli.doctor.command", "cli.export.command", "cli.stages.tag", "cli.run.up"}
    )


def test_who_only_counts_does_not_load_what_writes(filled: Path) -> None:
    assert modules_of(QUICK["status"]).isdisjoint(
        {
            "db.articles.recording.recording",
            "db.articles.recording.arrivals",
            "db.articles.recording.joins",
            "db.alerts.matches",
        }
    )


def test_a_command_leaves_all_that_it_stored_in_the_file_of_the_store(filled: Path) -> None:
    modules_of(("source", "add", "lake.example", "--name", "Lake"))
    assert [file.name for file in filled.iterdir() if file.name.startswith("steppewatch.db")] == ["steppewatch.db"]


def test_only_the_command_that_is_asked_for_is_made() -> None:
    app = application(["status", "--format", "json"])
    assert [made.name for made in app.registered_commands] == ["status"]
    assert app.registered_groups == []


def test_only_the_verb_that_is_asked_for_is_made() -> None:
    app = application(["source", "list"])
    assert app.registered_commands == []
    [group] = app.registered_groups
    assert group.typer_instance is not None
    assert [made.name for made in group.typer_instance.registered_commands] == ["list"]


@pytest.mark.parametrize("words", [[], ["--help"], ["statsu"], ["-h", "status"]])
def test_all_commands_are_made_where_none_is_asked_for(words: list[str]) -> None:
    app = application(words)
    made = [command.name for command in app.registered_commands]
    assert made == [name for members in commands.values() for name in members]
    assert [group.name for group in app.registered_groups] == [noun for noun, _ in groups]


@pytest.mark.parametrize("words", [["source"], ["source", "--help"], ["source", "lits"]])
def test_all_verbs_of_a_noun_are_made_where_none_is_asked_for(words: list[str]) -> None:
    [group] = application(words).registered_groups
    assert group.typer_instance is not None
    made = [command.name for command in group.typer_instance.registered_commands]
    assert made == [verb for (noun, _), verbs in groups.items() for verb in verbs if noun == "source"]
