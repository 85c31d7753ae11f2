"""The list of entities: found by any name, ordered by coverage, continued by key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from samplestore import Sample, empty_store, fill
from seen_pages import NOW, count_behind, load_names, open_page, read_csv, read_json, read_links, read_words

from db.coverage.rankings import rank_entities
from db.engine import Database
from db.models import Base
from web.pages import entities

SAYS = (("CSTO", "csto"), ("Kazakhstan", "kazakhstan"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    load_names(database)
    fill(
        database,
        [
            Sample("https://herald.example/1", text="CSTO and Kazakhstan.", says=SAYS),
            Sample("https://herald.example/2", text="Kazakhstan.", says=SAYS),
        ],
    )
    yield database
    database.close()


def ids(store: Database, address: str) -> list[str]:
    return [entity["id"] for entity in read_json(store, address)["entities"]]


def test_the_most_covered_come_first_with_numbers_that_lead_to_their_articles(store: Database) -> None:
    known = read_json(store, "/entities")
    assert [(one["id"], one["articles"]) for one in known["entities"]] == [
        ("kazakhstan", 2),
        ("csto", 1),
        ("tashkent", 0),
        ("turan", 0),
    ]
    assert sum(known["entities"][0]["weeks"]) == 2
    links = {href: int(words) for href, words in read_links(open_page(store, "/entities").text) if words.isdigit()}
    assert sorted(links.values()) == [1, 2]
    for href, number in links.items():
        assert count_behind(store, href) == number


@pytest.mark.parametrize("name", ["ОДКБ", "одкб", "қшұ", "cst", "CSTO"])
def test_any_part_of_any_name_finds_an_entity(store: Database, name: str) -> None:
    assert ids(store, f"/entities?q={name}") == ["csto"]


def test_another_name_is_shown_beside_the_label(store: Database) -> None:
    assert "CSTO as ОДКБ" in read_words(open_page(store, "/entities?q=одкб").text)


def test_a_type_limits_the_list(store: Database) -> None:
    assert ids(store, "/entities?type=place") == ["tashkent"]
    answer = open_page(store, "/entities?type=planet")
    assert answer.status == 422
    assert "types are alliance, concept, place, state" in read_words(answer.text)


def test_the_list_continues_after_any_entity(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entities, "ENTITIES", 1)
    seen, address = [], "/entities"
    while address:
        known = read_json(store, address)
        seen += [entity["id"] for entity in known["entities"]]
        address = f"/entities?after={known['after']}" if known["after"] else ""
    assert seen == ["kazakhstan", "csto", "tashkent", "turan"]
    assert open_page(store, "/entities?after=nobody").status == 422


def test_the_csv_has_the_same_entities(store: Database) -> None:
    rows = read_csv(store, "/entities")
    assert [(row["id"], row["articles"]) for row in rows][:2] == [("kazakhstan", "2"), ("csto", "1")]


def test_a_name_that_nobody_has_says_what_to_do(store: Database) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    page = open_page(store, f"/entities?q={hostile}").text
    assert hostile not in page
    assert "look for the words in the articles" in read_words(page)


def test_without_a_vocabulary_the_page_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'bare.db'}")
    Base.metadata.create_all(database.engine)
    assert "No vocabulary is loaded yet" in read_words(open_page(database, "/entities").text)
    with database.reading() as conn:
        assert rank_entities(conn, NOW.date(), NOW.date(), limit=3) == []
    database.close()
