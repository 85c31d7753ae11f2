"""The page of exports: the first rows of the file, its columns, and the same bytes as the command."""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from asgi import Answer, get
from samplestore import NOON, Sample, empty_store, fill
from webpages import HOSTILE, assert_inert, words_of

from db.dialect.word_index import create_word_index
from db.engine import Database
from web.app import create_app

NOW = NOON + timedelta(hours=2)
SAYS = (("CSTO", "csto"), ("Turan", "turan"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    database.write(create_word_index)
    fill(database, [Sample("https://herald.example/1", title="On maps", text="CSTO, Turan.", says=SAYS)])
    fill(database, [Sample("https://oasis.example/2", source="oasis-wire", title="=1+1", text="Turan.")])
    yield database
    database.close()


def ask(store: Database, path: str, query: str = "") -> Answer:
    return get(create_app(store, now=lambda: NOW), path, query=query)


def page(store: Database, query: str) -> dict[str, object]:
    answer = ask(store, "/exports", query + "&format=json")
    assert answer.status == 200
    found: dict[str, object] = json.loads(answer.body)
    return found


@pytest.mark.parametrize(
    "kind", ["articles", "mentions", "coverage", "cooccurrence", "clusters", "revisions", "sources"]
)
def test_the_preview_is_the_beginning_of_the_file(store: Database, kind: str) -> None:
    found = page(store, f"kind={kind}")
    address = urlsplit(str(found["file"]))
    lines = list(csv.reader(ask(store, address.path, address.query).text.splitlines()))
    rows = found["rows"]
    assert isinstance(rows, list)
    columns = found["columns"]
    assert isinstance(columns, list)
    assert lines[0] == [column["name"] for column in columns]
    assert len(lines) - 1 == len(rows)


def test_filters_go_into_the_address_and_the_command(store: Database) -> None:
    found = page(store, "kind=mentions&since=2022&entity=csto&lang=&genre=&source=&query=&excel=true")
    assert found["file"] == "/api/v1/exports/mentions?since=2022&entity=csto&excel=true"
    assert found["command"] == "steppewatch export mentions --since 2022 --entity csto --excel -o mentions.csv"
    rows = found["rows"]
    assert isinstance(rows, list)
    assert [row[4] for row in rows] == ["CSTO"]


def test_a_query_is_quoted_for_the_shell(store: Database) -> None:
    found = page(store, "kind=articles&query=csto+OR+%22it%27s%22")
    assert shlex.split(str(found["command"]))[3:5] == ["--query", 'csto OR "it\'s"']


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("kind=coverage&lang=en", "coverage is not counted by language"),
        ("kind=articles&query=csto+AND", "the query cannot be read"),
        ("kind=articles&entity=cstoo", "did you mean csto (CSTO)?"),
        ("kind=articles&since=2022-02-30", "is not a day"),
    ],
)
def test_a_form_that_cannot_be_says_why_and_stays_filled(store: Database, query: str, problem: str) -> None:
    answer = ask(store, "/exports", query)
    assert answer.status == 422
    assert problem in words_of(answer.text)
    assert "Download" not in words_of(answer.text)


def test_what_strangers_wrote_stays_text(store: Database) -> None:
    fill(store, [Sample("https://herald.example/3", title=HOSTILE, text=HOSTILE)])
    answer = ask(store, "/exports", "kind=articles")
    assert_inert(answer.text)


def test_an_empty_result_says_what_to_change(store: Database) -> None:
    assert "No row passes these filters" in words_of(ask(store, "/exports", "kind=articles&since=2023").text)
