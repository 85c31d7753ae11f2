"""The page of an article's texts: what changed, which names came and went, which texts there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from asgi import Answer, get
from samplestore import NOON, Sample, empty_store, fill
from webpages import BIDI, CONTROLS, HOSTILE, LONG_WORD, assert_inert, elements_of, links_of, words_of

from db.articles.former_texts import RevisionSeen
from db.engine import Database
from web.app import create_app
from web.pages.revisions import choose_pair
from web.shared.params import InvalidParameter

SAYS = (("CSTO", "csto"), ("Turan", "turan"))
URL = "https://herald.example/1"
REST = "It went on for a long time, and nobody knew why. " * 40


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    yield database
    database.close()


def ask(store: Database, query: str = "") -> Answer:
    return get(create_app(store, now=lambda: NOON), "/articles/1/revisions", query=query)


def write(store: Database, *texts: tuple[str, str]) -> None:
    fill(
        store,
        [
            Sample(URL, title=title, text=text, says=SAYS, collected_at=NOON + timedelta(hours=place))
            for place, (title, text) in enumerate(texts)
        ],
    )


def test_what_went_and_what_came(store: Database) -> None:
    write(store, ("A deal", f"The CSTO met on Monday. {REST}"), ("No deal", f"Turan met on Monday. {REST}"))
    page = ask(store).text
    words = words_of(page)
    assert "1 change in the text, and another headline" in words
    assert "The CSTO Turan met on Monday." in words
    assert "CSTO no longer named Turan newly named" in words
    tags = [tag for tag, _ in elements_of(page)]
    assert tags.count("del") == tags.count("ins") == 4  # legend, headline, name, text
    assert "words unchanged" in words
    assert "details" in tags


def test_two_texts_of_many(store: Database) -> None:
    write(store, ("A", "one two"), ("A", "one two three"), ("A", "one two three four"))
    latest = json.loads(ask(store, "format=json").body)
    assert (latest["from"], latest["to"]) == (2, 3)
    assert [one["revision_id"] for one in latest["revisions"]] == [1, 2, 3]
    whole = json.loads(ask(store, "from=1&to=3&format=json").body)
    assert whole["changes"] == [{"op": "insert", "old": "", "new": "three four"}]
    assert ask(store, "from=1&to=3&format=csv").text == "op,old,new\r\ninsert,,three four\r\n"
    links = links_of(ask(store).text)
    assert "/articles/1/revisions?from=1&to=2" in links


def test_one_text_has_nothing_to_compare_with(store: Database) -> None:
    write(store, ("A", "one"))
    assert "Only one text has been seen at this address" in words_of(ask(store).text)
    assert json.loads(ask(store, "format=json").body)["changes"] == []


def test_a_change_of_the_headline_alone(store: Database) -> None:
    write(store, ("A", "one"), ("B", "one"))
    assert "No word of the text changed." in words_of(ask(store).text)


def seen(*numbers: int) -> Sequence[RevisionSeen]:
    return [RevisionSeen(number, NOON, number == numbers[-1]) for number in numbers]


@pytest.mark.parametrize(
    ("before", "after", "pair"),
    [(None, None, (5, 9)), (2, None, (2, 9)), (None, 5, (2, 5)), (9, 2, (9, 2)), (None, 2, (2, 2))],
)
def test_which_texts_are_compared(before: int | None, after: int | None, pair: tuple[int, int]) -> None:
    assert choose_pair(seen(2, 5, 9), before, after) == pair


def test_a_text_of_another_article_is_refused(store: Database) -> None:
    with pytest.raises(InvalidParameter):
        choose_pair(seen(2, 5), 3, None)
    write(store, ("A", "one"), ("B", "one"))
    answer = ask(store, "from=17")
    assert answer.status == 422
    assert "the article has no such text; it has 1 (2022-01-10T12:00:00Z), 2" in words_of(answer.text)
    assert ask(store, "from=x").status == 422


@pytest.mark.parametrize("words", [HOSTILE, BIDI, LONG_WORD, CONTROLS])
def test_what_strangers_wrote_stays_text(store: Database, words: str) -> None:
    write(store, (words, f"one {words} two"), (f"{words} new", f"one two {words} {words}"))
    assert_inert(ask(store).text)
