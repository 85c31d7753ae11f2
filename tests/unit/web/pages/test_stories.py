"""The page of a story: who came first, what each reprint changed, what people decided, page after page."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asgi import Answer, get
from samplestore import NOON, Sample, empty_store, fill
from sqlalchemy import Connection, select, update
from webpages import BIDI, CONTROLS, HOSTILE, LONG_WORD, assert_inert, elements_of, links_of, words_of

from db.engine import Database
from db.enums.stories import StoryDecisionKind
from db.models import Article
from db.stories.clusters import LinkIn, record_links
from db.stories.judgements import record_decision, undo_decision
from web.answers.render import show_lag
from web.app import create_app
from web.pages import stories
from web.pages.stories import count_over_time

AT = datetime(2022, 1, 5, 8, 30, tzinfo=UTC)
FIRST = "https://herald.example/first"
TEXT = "The ministers met on Monday in the old town. They spoke for an hour. Nothing was signed."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    yield database
    database.close()


def ask(store: Database, address: str = "/stories/1") -> Answer:
    path, _, query = address.partition("?")
    return get(create_app(store, now=lambda: NOON), path, query=query)


def page_of(store: Database, address: str = "/stories/1") -> str:
    answer = ask(store, address)
    assert answer.status == 200
    return answer.text


def tell(store: Database, *reprints: Sample) -> None:
    """Store a story of these reprints, each with the measured overlap with its original."""
    fill(store, [Sample(FIRST, title="Ministers meet", text=TEXT, published_at=AT), *reprints])
    store.write(_link)


def _link(conn: Connection) -> None:
    first, *others = conn.scalars(select(Article.revision_id).order_by(Article.id))
    for other in others:
        link = {"shared": 40, "containment": 0.9, "jaccard": 0.8, "relation": "copy", "method": "m1"}
        record_links(conn, [LinkIn(revision_a=first or 0, revision_b=other or 0, **link)])  # type: ignore[arg-type]


def reprint(number: int, *, title: str | None = "Ministers meet", text: str = TEXT, lag_h: float = 3) -> Sample:
    at = AT + timedelta(hours=lag_h * number)
    return Sample(
        f"https://oasis.example/{number}", "oasis-wire", title=title, text=text, published_at=at, copies=FIRST
    )


def test_who_came_first_and_what_each_changed(store: Database) -> None:
    changed = TEXT.replace("on Monday", "last Friday").replace("Nothing was signed.", "")
    tell(store, reprint(1, title="A long talk", text=changed), reprint(2))
    page = page_of(store)
    words = words_of(page)
    assert "3 articles 2 outlets" in words
    assert "First: Steppe Herald , 5 Jan 2022, 08:30 UTC" in words
    assert "Oasis Wire 5 Jan 2022, 11:30 UTC 3 h later 90% in common (jaccard 0.80)" in words
    assert "<del>on Monday</del><ins>last Friday</ins>" in page
    assert re.search("<del>[^<]*Nothing was signed", page)
    assert "<del>Ministers meet</del>" in page
    assert words.count("Word for word") == 1
    assert "data-chart" in page


def test_the_story_of_a_reprint_is_that_of_its_original(store: Database) -> None:
    tell(store, reprint(1))
    page = page_of(store, "/stories/2")
    assert "First: Steppe Herald" in words_of(page)
    [current] = [attrs for tag, attrs in elements_of(page) if tag == "li" and attrs.get("aria-current")]
    assert current["aria-current"] == "true"
    assert {"/articles/1", "/articles/2", "/outlets/oasis-wire"} <= set(links_of(page))


def test_an_article_alone(store: Database) -> None:
    tell(store)
    page = page_of(store)
    assert "No reprint is known." in words_of(page)
    assert "steppewatch story merge 1 ARTICLE" in words_of(page)
    assert "data-chart" not in page


def test_decisions_of_people(store: Database) -> None:
    tell(store, reprint(1), reprint(2))

    def decide(conn: Connection) -> None:
        record_decision(conn, StoryDecisionKind.MERGE, [(1, 2)], note="a <b>translation</b>", now=NOON)
        other = record_decision(conn, StoryDecisionKind.SPLIT, [(1, 3)], note=None, now=NOON)
        undo_decision(conn, other, now=NOON)

    store.write(decide)
    words = words_of(page_of(store))
    assert "Merged: article 1 , article 2 , 12:00 UTC : “ a <b>translation</b> ” steppewatch story undo 1" in words
    assert "Split off: article 1 , article 3 (undone 12:00 UTC )" in words


def test_long_stories_come_in_pages_that_lose_and_repeat_nothing(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stories, "_ON_PAGE", 4)
    tell(store, *(reprint(number, lag_h=number % 3) for number in range(1, 14)))
    store.write(lambda conn: conn.execute(update(Article).where(Article.id > 11).values(published_at=None)))
    found: list[int] = []
    address: str | None = "/stories/1?format=json"
    while address:
        record = json.loads(ask(store, address).body)
        found += [row["article_id"] for row in record["articles"]]
        address = record["next"]
    assert len(found) == len(set(found)) == 14
    assert found[0] == 1
    following = [
        attrs["href"] for tag, attrs in elements_of(page_of(store)) if tag == "a" and attrs.get("rel") == "next"
    ]
    assert following == [f"/stories/1?after={found[3]}"]
    assert ask(store, "/stories/1?after=999").status == 422


def test_a_page_ends_where_its_time_does(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "_COMPARING_S", -1.0)
    tell(store, *(reprint(number) for number in range(1, 8)))
    first = json.loads(ask(store, "/stories/1?format=json").body)
    rest = json.loads(ask(store, first["next"]).body)
    assert [row["article_id"] for row in first["articles"] + rest["articles"]] == list(range(1, 9))
    assert len(first["articles"]) == 5


def test_many_changes_are_folded(store: Database) -> None:
    text = " ".join(f"Sentence {number} says word{number} and goes on for a while." for number in range(60))
    fill(
        store,
        [
            Sample(FIRST, title="Long", text=text, published_at=AT),
            reprint(1, title="Long", text=text.replace("says", "denies")),
        ],
    )
    store.write(_link)
    words = words_of(page_of(store))
    assert "37 further changes" in words
    assert "and 20 more: steppewatch story show 1" in words


def test_other_formats(store: Database) -> None:
    tell(store, reprint(1, text=TEXT.replace("Monday", "Friday")))
    record = json.loads(ask(store, "/stories/1?format=json").body)
    assert (record["story"], record["articles_in_story"], record["next"]) == (1, 2, None)
    assert [link["containment"] for link in record["evidence"]] == [0.9]
    rows = list(csv.DictReader(ask(store, "/stories/1?format=csv").text.splitlines()))
    assert [(row["role"], row["containment"], row["changes"]) for row in rows] == [
        ("original", "", ""),
        ("reprint", "0.9", "1"),
    ]
    feed = ask(store, "/stories/1?format=atom").text
    assert feed.count("<entry>") == 2


def test_a_story_that_is_not_there(store: Database) -> None:
    assert ask(store, "/stories/17").status == 404


@pytest.mark.parametrize("words", [HOSTILE, BIDI, LONG_WORD, CONTROLS])
def test_what_strangers_wrote_stays_text(store: Database, words: str) -> None:
    tell(store, reprint(1, title=words, text=f"{TEXT} {words}"), reprint(2, title=None, text=words))
    store.write(lambda conn: record_decision(conn, StoryDecisionKind.MERGE, [(1, 2)], note=words, now=NOON))
    assert_inert(page_of(store))


@pytest.mark.parametrize(
    ("lag", "shown"),
    [
        (timedelta(hours=3, minutes=20), "3 h 20 min later"),
        (timedelta(days=2, minutes=5), "2 d 5 min later"),
        (timedelta(days=2, hours=1, minutes=5), "2 d 1 h later"),
        (-timedelta(minutes=9), "9 min earlier"),
        (timedelta(seconds=20), "at once"),
    ],
)
def test_a_time_between_two_events(lag: timedelta, shown: str) -> None:
    assert show_lag(lag) == shown


def test_articles_over_time() -> None:
    assert count_over_time([], 4) == []
    assert count_over_time([AT, AT], 4) == [2]
    assert count_over_time([AT + timedelta(hours=hour) for hour in (0, 1, 2, 3, 4)], 4) == [1, 1, 1, 2]
