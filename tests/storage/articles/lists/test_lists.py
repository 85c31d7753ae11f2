"""`article list` and `article search`: the newest first, with the filters of exports, page after page."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from commandline import run
from samplestore import Sample, store_of

from cli.article.list import article_list, article_search
from db.collection.sources.book import SourceIn, record_source
from db.engine import Database
from db.vocabulary.versions import record_version
from worker.vocabulary.entities import Entity, Vocabulary


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2022, 1, day, hour, tzinfo=UTC)


# Invented: none of this was ever published.
CSTO = (("CSTO", "csto"),)
HERALD, OASIS = "https://herald.example", "https://oasis.example"
SAMPLES = [
    Sample(f"{HERALD}/late", title="Bridge opens", text="A bridge over the river.", published_at=at(5, 18)),
    Sample(f"{HERALD}/early", title="CSTO drills", text="The CSTO drills.", says=CSTO, published_at=at(5, 6)),
    Sample(f"{HERALD}/day", title="River rises", text="The river is up.", published_at=at(7, 0), is_day=True),
    Sample(f"{OASIS}/one", "oasis-wire", title=None, text="Мост через реку.", language="ru", published_at=at(6)),
    Sample(
        f"{OASIS}/two",
        "oasis-wire",
        title="[bold]CSTO[/]",
        text="CSTO, CSTO.",
        says=CSTO,
        published_at=None,
        genre="opinion",
        copies=f"{HERALD}/early",
    ),
]
VOCABULARY = Vocabulary(entities=(Entity(id="csto", type="alliance", label="CSTO", description="", aliases=()),))
NEWEST = ["two", "day", "one", "late", "early"]
"""The undated one was collected on the tenth."""


@pytest.fixture(autouse=True)
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, SAMPLES, by_migrations=True)
    content = VOCABULARY.to_json()
    database.write(lambda conn: record_version(conn, version="1b", content=content, entities=[], aliases=0, now=at(1)))
    yield database
    database.close()


def records(*arguments: str) -> list[dict[str, Any]]:
    result = run("article", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def names(*arguments: str) -> list[str]:
    return [record["url"].rpartition("/")[2] for record in records(*arguments)]


def test_a_list_has_every_article_the_newest_first() -> None:
    listed = records("list")
    assert [record["url"].rpartition("/")[2] for record in listed] == NEWEST
    assert [record["published_at"] for record in listed] == [
        None, "2022-01-07", "2022-01-06T09:00:00Z", "2022-01-05T18:00:00Z", "2022-01-05T06:00:00Z"
    ]  # fmt: skip
    ids = {record["url"]: record["article_id"] for record in listed}
    assert listed[0] == {
        "article_id": ids["https://oasis.example/two"],
        "url": "https://oasis.example/two",
        "source": "oasis-wire",
        "title": "[bold]CSTO[/]",
        "published_at": None,
        "counts_on": "2022-01-10",
        "language": "en",
        "genre": "opinion",
        "cluster_id": ids["https://herald.example/early"],
    }


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--since", "2022-01-06"], ["two", "day", "one"]),
        (["--until", "2022-01-05"], ["late", "early"]),
        (["--since", "2022-01", "--until", "2022", "--entity", "CSTO"], ["two", "early"]),
        (["--source", "Oasis Wire"], ["two", "one"]),
        (["--lang", "ru"], ["one"]),
        (["--genre", "opinion"], ["two"]),
        (["--query", "river AND NOT bridge"], ["day"]),
        (["--since", "today"], []),
    ],
)
def test_lists_have_the_filters_of_exports(filters: list[str], found: list[str]) -> None:
    assert names("list", *filters) == found


@pytest.mark.parametrize("command", [("list",), ("search", "river OR CSTO OR реку")])
def test_pages_follow_each_other_without_a_gap(command: tuple[str, ...]) -> None:
    for limit in (1, 2, 3):
        found: list[dict[str, Any]] = []
        while True:
            after = ["--after", str(found[-1]["article_id"])] if found else []
            result = run("article", *command, "--limit", str(limit), *after)
            found += [json.loads(line) for line in result.stdout.splitlines()]
            if not result.stderr:
                break
            assert f"--after {found[-1]['article_id']}" in result.stderr
        assert [record["url"].rpartition("/")[2] for record in found] == NEWEST


def test_a_search_finds_what_a_query_does_and_shows_where() -> None:
    [bridge, russian] = (records("search", query)[0] for query in ("bridge", "реку"))
    assert bridge["snippet"] == "A bridge over the river."
    assert (russian["title"], russian["snippet"]) == (None, "Мост через реку.")
    assert names("search", "entity:csto") == ["two", "early"]
    assert names("search", "entity:csto", "--genre", "opinion") == ["two"]
    assert names("search", "river", "--since", "2022-01-06") == ["day"]
    assert names("search", "walnuts") == []


def test_tables_show_headlines_as_they_are_and_first_words_where_there_is_none() -> None:
    table = run("article", "list", "--format", "table").stdout
    assert "[bold]CSTO[/]" in table
    assert "Мост через реку." in table
    assert "https://oasis.example/one" in table
    assert "A bridge over the river." in run("article", "search", "bridge", "--format", "table").stdout
    assert run("article", "search", "walnuts", "--format", "table").stdout.strip() == "no article"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("search", "csto AND"), 2, "^"),
        (("list", "--query", "genre:interviewww"), 2, "genre"),
        (("list", "--after", "4711"), 1, "there is no article 4711"),
        (("list", "--entity", "Tashkentt"), 1, "did you mean tashkent"),
        (("list", "--limit", "0"), 2, "--limit"),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], code: int, said: str) -> None:
    result = run("article", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr


def test_the_examples_of_help_are_understood(store: Database) -> None:
    outlet = SourceIn(
        id="eurasianet",
        name="Eurasianet",
        domains=("eurasianet.example",),
        origin="catalogue",
        country="US",
        languages=("en",),
        kind="magazine",
    )
    store.write(lambda conn: record_source(conn, outlet, now=at(1)))
    for command in (article_list, article_search):
        examples = re.findall(r"Example: steppewatch (.+)", command.__doc__ or "")
        assert examples
        assert [run(*shlex.split(example)).exit_code for example in examples] == [0] * len(examples)
