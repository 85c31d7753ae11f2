"""`article show`: a line of JSON for scripts, and for people an article with its names marked."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from commandline import run
from samplestore import NOON, Sample, store_of
from sqlalchemy import select, update

from db.articles.suspects import SuspectRow, record_suspects
from db.engine import Database
from db.models import Article, Revision

# Invented: none of this was ever published.
URL = "https://herald.example/a"
SAYS = (("CSTO", "csto"), ("Tashkent", "tashkent"))
SAMPLE = Sample(URL, title="CSTO [drills]", text="The CSTO drills.\nTashkent watches the CSTO.", says=SAYS)


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(
        command_url, [SAMPLE, Sample("https://herald.example/b", title=None, published_at=None)], by_migrations=True
    )
    yield database
    database.close()


def shown(*options: str, article: str = URL) -> str:
    result = run("article", "show", article, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_a_script_has_the_text_as_it_is(store: Database) -> None:
    record = json.loads(shown("--text"))
    assert (record["text"], record["text_from"], record["suspect"]) == (SAMPLE.text, "page", None)
    assert "text" not in json.loads(shown())


def test_a_reader_has_the_text_with_its_names_marked(store: Database) -> None:
    lines = shown("--text", "--format", "table").splitlines()
    assert lines[0] == "[CSTO → csto] [drills]"
    assert "The [CSTO → csto] drills." in lines
    assert "[Tashkent → tashkent] watches the [CSTO → csto]." in lines
    assert lines[-1] == "names: csto 3, tashkent 1"


def test_without_the_option_there_is_no_text(store: Database) -> None:
    lines = shown("--format", "table").splitlines()
    assert lines[0] == "CSTO [drills]"
    assert "watches" not in "".join(lines)


def test_a_reader_is_told_outlet_day_and_address(store: Database) -> None:
    said = shown("--format", "table")
    assert "Steppe Herald; published 2022-01-05T08:30:00Z" in said
    assert URL in said
    assert "one text, from the page" in said


def test_an_article_without_a_date_says_when_it_was_collected(store: Database) -> None:
    assert "without a date; collected 2022-01-10T12:00:00Z" in shown(
        "--format", "table", article="https://herald.example/b"
    )


def test_a_day_is_not_shown_as_an_instant(store: Database) -> None:
    store.write(lambda conn: conn.execute(update(Article).values(published_is_day=True)).rowcount)
    assert "published 2022-01-05\n" in shown("--format", "table")


def test_a_reader_is_told_that_the_text_is_an_aggregators(store: Database) -> None:
    store.write(lambda conn: conn.execute(update(Revision).values(text_from="aggregator")).rowcount)
    assert "from an aggregator's feed" in shown("--format", "table")


def test_a_reader_is_told_what_waits_at_the_address(store: Database) -> None:
    reason, text = "it shares no words with the article", "Please log in."
    suspect = SuspectRow(reason=reason, looks=1, first_seen_at=NOON, last_seen_at=NOON, title="Log in", text=text)
    article_id = store.read(lambda conn: conn.scalars(select(Article.id).where(Article.url == URL)).one())
    store.write(lambda conn: record_suspects(conn, {article_id: suspect}))
    said = shown("--format", "table")
    assert "another text has been at its address since 2022-01-10T12:00:00Z" in said
    assert "it shares no words with the article (Log in)" in said
    assert json.loads(shown())["suspect"]["text"] == "Please log in."
