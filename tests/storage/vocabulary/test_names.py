"""Commands take an entity by any name that is its alone, and say which ones a name may mean."""

from __future__ import annotations

import json

import pytest
from commandline import rows_of, run
from samplestore import ENTITIES, NOON, Sample, store_of

from db.vocabulary.versions import record_version
from worker.vocabulary.entities import Alias, Entity, Vocabulary

# Invented: none of this was ever published.
SAMPLES = [Sample("https://herald.example/a", text="The CSTO met.", says=(("CSTO", "csto"),))]
VOCABULARY = Vocabulary(
    entities=(
        Entity(
            id="csto",
            type="alliance",
            label="CSTO",
            description="",
            aliases=(Alias(text="ОДКБ", language="ru", level="name"), Alias(text="KGAÖ", language="tr", level="name")),
        ),
        Entity(
            id="kazakhstan",
            type="state",
            label="Kazakhstan",
            description="",
            aliases=(
                Alias(text="Қазақстан", language="kk", level="name"),
                Alias(text="KZ", language="en", level="name"),
            ),
        ),
        Entity(
            id="tashkent",
            type="place",
            label="Tashkent",
            description="",
            aliases=(
                Alias(text="Toshkent", language="uz", level="name"),
                Alias(text="KZ", language="en", level="name"),
            ),
        ),
    )
)


@pytest.fixture(autouse=True)
def store(command_url: str) -> None:
    database = store_of(command_url, SAMPLES, by_migrations=True)
    rows = [
        {"id": id, "type": kind, "label": label, "wikidata": None, "description": None, "in_seed": False}
        for id, (kind, label) in ENTITIES.items()
    ]
    database.write(
        lambda conn: record_version(
            conn, version="1b", content=VOCABULARY.to_json(), entities=rows, aliases=6, now=NOON
        )
    )
    database.close()


@pytest.mark.parametrize("name", ["csto", "CSTO", "ОДКБ", "одкб", "KGAÖ", "kgao"])
def test_each_name_asks_for_the_same(name: str) -> None:
    [counted] = json.loads(run("coverage", name, "--format", "json").stdout)
    assert (counted["entity"], counted["mentions"]) == ("csto", 1)
    assert [row["entity"] for row in rows_of(run("export", "mentions", "--entity", name).stdout)] == ["csto"]
    assert run("alert", "add", "watched", "--burst", name, "--feed").exit_code == 0
    assert json.loads(run("alert", "show", "watched").stdout)["query"] == "csto"


def test_what_only_an_older_vocabulary_had_keeps_its_label() -> None:
    [counted] = json.loads(run("coverage", "turan", "--format", "json").stdout)
    assert json.loads(run("coverage", "Turan", "--format", "json").stdout)[0]["entity"] == counted["entity"] == "turan"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("KZ", "2 entities are called 'KZ'; did you mean kazakhstan (Kazakhstan) or tashkent (Tashkent)?"),
        ("Tashkentt", "no entity is called 'Tashkentt'; did you mean tashkent (Tashkent)?"),
        ("Toshkentt", "no entity is called 'Toshkentt'; did you mean tashkent (Tashkent)?"),
        ("Казахстан", "no entity is called 'Казахстан'; did you mean kazakhstan (Kazakhstan)?"),
        ("—", "no entity is called '—'; steppewatch vocabulary list shows them all"),
    ],
)
def test_a_name_of_nobody_or_of_several_is_answered_with_names(name: str, said: str) -> None:
    for arguments in (("coverage", name), ("export", "mentions", "--entity", name)):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        words = " ".join(result.stderr.split())
        assert said.split("; ")[0] in words
        assert said.split("; ")[1] in words
    refused = run("alert", "add", "watched", "--burst", name, "--feed")
    assert refused.exit_code == 2
    assert said.split("; ")[0] in " ".join(refused.output.split())
