"""`article diff`: the words of two texts of one article, and the entities that came and went."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from commandline import run
from samplestore import NOON, Sample, store_of
from sqlalchemy import select, update

from db.engine import Database
from db.models import Revision

# Invented: none of this was ever published.
URL = "https://herald.example/a"
FIRST = Sample(URL, title="Drills begin", text="The CSTO drills near Tashkent.", says=(("CSTO", "csto"),))
SECOND = replace(
    FIRST,
    title="Drills [bold]begin[/]",
    text="The CSTO trains near Tashkent.",
    says=(("CSTO", "csto"), ("Tashkent", "tashkent")),
    collected_at=NOON + timedelta(hours=1),
)
THIRD = replace(
    FIRST,
    title="Drills end",
    text="The drills near Tashkent ended.",
    says=(("Tashkent", "tashkent"),),
    collected_at=NOON + timedelta(hours=2),
)


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, [FIRST, Sample("https://herald.example/b"), SECOND, THIRD], by_migrations=True)
    yield database
    database.close()


def revisions(database: Database) -> list[int]:
    query = select(Revision.id).where(Revision.text.contains("Tashkent")).order_by(Revision.id)
    return database.read(lambda conn: list(conn.scalars(query)))


def diff(*arguments: object) -> dict[str, Any]:
    result = run("article", "diff", URL, *map(str, arguments))
    assert result.exit_code == 0, result.output
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def test_by_itself_it_is_the_latest_change(store: Database) -> None:
    _, second, third = revisions(store)
    shown = diff()
    assert (shown["from"], shown["to"], shown["title_changed"]) == (second, third, True)
    assert (shown["entities_added"], shown["entities_removed"]) == ([], ["csto"])
    assert shown["changes"] == [
        {"op": "replace", "old": "CSTO trains", "new": "drills"},
        {"op": "insert", "old": "", "new": "ended"},
    ]


def test_any_two_texts_can_be_compared_either_way(store: Database) -> None:
    first, _, third = revisions(store)
    shown = diff(first, third)
    assert shown == {
        "article_id": shown["article_id"],
        "from": first,
        "to": third,
        "changes": [{"op": "delete", "old": "CSTO", "new": ""}, {"op": "insert", "old": "", "new": "ended"}],
        "entities_added": ["tashkent"],
        "entities_removed": ["csto"],
        "title_changed": True,
    }
    back = diff(third, first)
    assert [change["op"] for change in back["changes"]] == ["insert", "delete"]
    assert diff(first, first)["changes"] == []


def test_a_text_that_came_back_is_compared_with_what_it_replaced(store: Database) -> None:
    first, _, third = revisions(store)
    since = NOON + timedelta(hours=3)
    store.write(
        lambda conn: conn.execute(update(Revision).where(Revision.id == first).values(returned_at=since)).rowcount
    )
    assert {diff()["from"], diff()["to"]} == {first, third}


def test_entities_are_not_known_until_both_texts_are_tagged(store: Database) -> None:
    last = revisions(store)[-1]
    store.write(lambda conn: conn.execute(update(Revision).where(Revision.id == last).values(stage="stored")).rowcount)
    assert (diff()["entities_added"], diff()["entities_removed"]) == (None, None)


def test_a_terminal_shows_words_in_place(store: Database) -> None:
    first, second, third = map(str, revisions(store))
    table = run("article", "diff", URL, first, third, "--format", "table").stdout
    assert "title: [-Drills begin-]{+Drills end+}" in table
    assert "The [-CSTO-] drills near Tashkent" in table
    assert "{+ended+}" in table
    assert "- csto" in table
    assert "+ tashkent" in table
    assert "{+Drills [bold]begin[/]+}" in run("article", "diff", URL, first, second, "--format", "table").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("https://herald.example/b",), 1, "has only one text"),
        ((URL, "4711", "4712"), 1, "has no revision 4711"),
        ((URL, "1"), 2, "two revisions, or none"),
        (("https://nobody.example/x",), 1, "there is no article"),
    ],
)
def test_what_cannot_be_compared_is_said(store: Database, arguments: tuple[str, ...], code: int, said: str) -> None:
    result = run("article", "diff", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in " ".join(result.stderr.replace("│", " ").split())
