"""What an insert tells that did nothing or something: the same on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from commandline import run

from db.collection.captures import CaptureIn, compress, record_captures
from db.collection.sources.book import SourceIn, record_source
from db.engine import Database
from db.vocabulary.versions import record_version

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)


@pytest.fixture
def database(store_url: str) -> Database:
    return Database(store_url)


def test_an_outlet_is_new_once(database: Database) -> None:
    outlet = SourceIn(id="lake-post", name="Lake Post", domains=("lake.example",), origin="person")
    assert [database.write(lambda conn: record_source(conn, outlet, now=NOW)) for _ in range(2)] == [True, False]


def test_a_vocabulary_is_new_once(database: Database) -> None:
    def record(content: str) -> bool:
        return database.write(
            lambda conn: record_version(conn, version=content, content=content, entities=[], aliases=0, now=NOW)
        )

    assert [record("{}"), record("{}"), record("[]")] == [True, False, True]


def test_captures_that_are_known_are_not_counted(database: Database) -> None:
    def row(url: str, text: bytes) -> tuple[CaptureIn, bytes]:
        return CaptureIn(
            page_id=None,
            source_id=None,
            url=url,
            fetched_at=NOW,
            status=200,
            content_type="text/html",
            body=text,
            body_hash=url,
        ), compress(text)

    def record(*urls: str) -> int:
        return database.write(lambda conn: record_captures(conn, [row(url, b"x" * 50) for url in urls]))

    assert record() == 0
    assert record("https://lake.example/1", "https://lake.example/2") == 2
    assert record("https://lake.example/3") == 1


def test_adding_an_outlet_says_whether_it_is_new(database: Database) -> None:
    told = []
    for _ in range(2):
        result = run("source", "add", "https://lake.example/", "--feed", "https://lake.example/rss", "--name", "Lake")
        assert result.exit_code == 0, result.output
        told.append(json.loads(result.stdout))
    assert [row["new"] for row in told] == [True, False]
