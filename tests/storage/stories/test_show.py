"""`story show`: a story to be read, the original first and each reprint with what it changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from commandline import run
from samplestore import NOON, Sample, fill, store_of
from sqlalchemy import Connection, select

from db.engine import Database
from db.models import Article
from db.stories.clusters import LinkIn, record_links

# Invented: none of this was ever published.
URL, COPY = "https://herald.example/a", "https://oasis.example/b"
SAMPLES = [
    Sample(URL, title="The bridge opens", text="The bridge at the ford opened. Nobody crossed it."),
    Sample(
        COPY,
        "oasis-wire",
        title="A [bold]bridge[/]",
        text="The bridge at the ford has opened. Nobody crossed it.",
        copies=URL,
        published_at=datetime(2022, 1, 6, tzinfo=UTC),
        is_day=True,
    ),
    Sample("https://meadow.example/c", "meadow.example", title="A tale", text="Once a bridge was opened."),
]


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, SAMPLES, by_migrations=True)
    database.write(_link)
    yield database
    database.close()


def _link(conn: Connection) -> None:
    revisions = dict(conn.execute(select(Article.url, Article.revision_id)).all())
    link = LinkIn(
        revision_a=revisions[URL],
        revision_b=revisions[COPY],
        shared=8,
        containment=0.9,
        jaccard=0.75,
        relation="copy",
        method="shingles",
    )
    record_links(conn, [link])


def read(article: str = URL) -> list[str]:
    result = run("story", "show", article, "--format", "table")
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_a_script_has_a_line_of_json_as_before(store: Database) -> None:
    story = json.loads(run("story", "show", COPY).stdout)
    assert [row["url"] for row in story["articles"]] == [URL, COPY]
    assert [link["containment"] for link in story["evidence"]] == [0.9]


@pytest.mark.parametrize("asked", [URL, COPY])
def test_the_original_comes_first_whichever_is_asked_for(store: Database, asked: str) -> None:
    lines = read(asked)
    assert lines[0].startswith("2022-01-05T08:30:00Z  Steppe Herald, article")
    assert lines[0].endswith(": original")
    assert lines[1:3] == ["  The bridge opens", f"  {URL}"]


def test_a_reprint_has_its_day_outlet_scores_and_address(store: Database) -> None:
    lines = read()
    assert lines[4].startswith("2022-01-06  Oasis Wire, article")
    assert lines[4].endswith(": reprint, containment 0.90, jaccard 0.75")
    assert lines[6] == f"  {COPY}"


def test_what_a_reprint_changed_stands_below_it(store: Database) -> None:
    lines = read()
    assert lines[7] == "  headline: [-The bridge opens-]{+A [bold]bridge[/]+}"
    assert lines[8] == "  The bridge at the ford {+has+} opened. Nobody crossed it."


def test_a_reprint_is_compared_with_the_text_that_it_was_taken_from(store: Database) -> None:
    edited = replace(SAMPLES[0], text="A bridge was opened, says the mayor.", collected_at=NOON + timedelta(days=3))
    fill(store, [edited])
    store.write(_link)
    lines = read()
    assert lines[7] == "  taken from an earlier text of the original, that of 2022-01-10T12:00:00Z"
    assert lines[9] == "  The bridge at the ford {+has+} opened. Nobody crossed it."


def test_an_article_may_be_alone(store: Database) -> None:
    assert read("https://meadow.example/c")[0].endswith(": alone in its story")


def test_a_merge_of_a_person_is_told_as_that_and_not_compared(store: Database) -> None:
    merged = run("story", "merge", URL, "https://meadow.example/c", "--note", "one event")
    assert merged.exit_code == 0
    lines = read()
    [said] = [line for line in lines if "Meadow" in line]
    assert said.endswith(": added by a person")
    assert not any("A tale" in line and "headline:" in line for line in lines)
    assert lines[-1].startswith("decision 1: merge of ")
    assert lines[-1].endswith("(one event)")
