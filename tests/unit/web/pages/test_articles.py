"""The page of an article: the text as stored, the names in their places, and where everything comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asgi import Answer, get
from hypothesis import given
from hypothesis import strategies as st
from samplestore import NOON, Sample, empty_store, fill
from sqlalchemy import Connection, insert, update
from webpages import (
    BIDI,
    CONTROLS,
    HOSTILE,
    LONG_WORD,
    assert_inert,
    elements_of,
    links_of,
    part_of,
    shown,
    text_of,
    words_of,
)

from db.alerts.matches import MatchIn, record_match
from db.alerts.subscriptions import SubscriptionIn, record_subscription
from db.articles.mentions import NamedMention
from db.articles.suspects import SuspectRow, record_suspects
from db.collection.feeds.feeds import add_feed
from db.collection.sources.unverified import record_unverified
from db.engine import Database
from db.models import Article, Feed, Page, Revision, Sighting
from web.answers.marked_text import mark_paragraphs
from web.app import create_app

NOW = NOON + timedelta(hours=2)
SAYS = (("CSTO", "csto"), ("Turan", "turan"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    yield database
    database.close()


def ask(store: Database, path: str, query: str = "") -> Answer:
    return get(create_app(store, now=lambda: NOW), path, query=query)


def page_of(store: Database, path: str = "/articles/1") -> str:
    answer = ask(store, path)
    assert answer.status == 200
    return answer.text


def mention(start: int, end: int, entity: str = "csto", field: str = "text", **other: str) -> NamedMention:
    values = {"label": entity.upper(), "type": "alliance", "surface": "x", "alias": "x", "rule": "exact"} | other
    return NamedMention(
        field=field,
        start=start,
        end=end,
        entity_id=entity,
        language="en",
        level="name",
        metonym_of=None,
        vocabulary_version="1",
        **values,
    )


def test_names_are_marked_where_they_stand_and_lead_to_their_entities(store: Database) -> None:
    fill(store, [Sample("https://herald.example/1", title="CSTO drills", text="Old Turan.\nThe CSTO met.", says=SAYS)])
    page = page_of(store)
    names = [attrs for tag, attrs in elements_of(page) if tag == "a" and attrs.get("class") == "name"]
    assert [(name["href"], name["data-about"]) for name in names] == [
        ("/entities/csto", "CSTO · alliance · plain"),
        ("/entities/turan", "Turan · concept · plain"),
        ("/entities/csto", "CSTO · alliance · plain"),
    ]
    text = part_of(page, '<div class="words">', "</div>")
    assert text.count("<p ") == 2
    assert text_of(text).strip() == "Old Turan.\nThe CSTO met."
    assert "CSTO alliance 2 Turan concept 1" in words_of(page)


def test_names_that_overlap_share_a_mark_that_describes_all(store: Database) -> None:
    named = [mention(0, 10, "pact"), mention(4, 14, "axis", alias="another spelling")]
    [line] = mark_paragraphs("Ankara and Baku met", named, {})
    assert text_of(line) == "Ankara and Baku met"
    [(_, attrs)] = elements_of(line)
    assert attrs["data-about"] == (
        "PACT · alliance · spelled as in the vocabulary\n"
        "AXIS · alliance · spelled as in the vocabulary · “another spelling”"
    )


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-3, 45), st.integers(-3, 45)), max_size=6))
def test_the_text_without_its_marks_is_the_stored_text(text: str, spans: list[tuple[int, int]]) -> None:
    lines = mark_paragraphs(text, [mention(start, end) for start, end in spans], {})
    assert "\n".join(text_of(line) for line in lines) == text


def test_what_is_known_of_the_date(store: Database) -> None:
    at = datetime(2022, 1, 5, 8, 30, tzinfo=UTC)
    fill(store, [Sample("https://herald.example/1"), Sample("https://herald.example/2", published_at=None)])
    assert "given with the imported document" in words_of(page_of(store))
    assert "counts on the day it was first seen" in words_of(page_of(store, "/articles/2"))
    feed = store.write(
        lambda conn: add_feed(conn, source_id="steppe-herald", url="https://herald.example/rss", now=NOON)
    )
    assert feed is not None

    def list_it(conn: Connection) -> None:
        feed_id = conn.execute(Feed.__table__.select()).one().id
        page = {
            "canonical_url": "https://herald.example/1",
            "url": "https://herald.example/1",
            "host": "herald.example",
        }
        conn.execute(insert(Page).values(id=7, first_seen_at=NOON, next_fetch_at=NOON, **page))
        sighting = {"feed_id": feed_id, "page_id": 7, "first_seen_at": NOON, "last_seen_at": NOON}
        conn.execute(insert(Sighting).values(published_at=at, **sighting))

    store.write(list_it)
    words = words_of(page_of(store))
    assert "from the page or its feed, which agree" in words
    assert "https://herald.example/rss listed since" in words
    store.write(lambda conn: conn.execute(update(Sighting).values(published_at=at + timedelta(days=3))))
    assert "from the page; the feed gives another date" in words_of(page_of(store))
    store.write(lambda conn: conn.execute(update(Article).values(is_undated=True)))
    assert "it counts on no day" in words_of(page_of(store, "/articles/2"))


def test_what_is_doubtful_is_said(store: Database) -> None:
    fill(store, [Sample("https://herald.example/1")])
    suspect = SuspectRow(
        reason="nothing in common", looks=2, first_seen_at=NOON, last_seen_at=NOON, title="Wares", text="Buy now"
    )

    def doubt(conn: Connection) -> None:
        record_suspects(conn, {1: suspect})
        record_unverified(conn, {1: "has expired"})
        conn.execute(update(Revision).values(text_from="aggregator"))

    store.write(doubt)
    words = words_of(page_of(store))
    assert "Another text has been at its address since 2022-01-10. It is held back: nothing in common" in words
    assert "Wares Buy now" in words
    assert "the certificate has expired" in words
    assert "from an aggregator’s feed" in words


def test_alerts_that_matched_and_the_words_that_did_it(store: Database) -> None:
    fill(store, [Sample("https://herald.example/1")])

    def match(conn: Connection) -> None:
        number = record_subscription(conn, SubscriptionIn(name="drills", query="drill*"), now=NOON)
        because = [("text", 0, 6, "Drills", "drill*")]
        found = MatchIn(
            subscription_id=number, event="revision 1", status="news", article_id=1, revision_id=1, because=because
        )
        record_match(conn, found, now=NOON)

    assert "No alert matched it. To see why: steppewatch alert why NAME 1" in words_of(page_of(store))
    store.write(match)
    assert "drills news 12:00 UTC drill* because of Drills" in words_of(page_of(store))


def test_a_reprint_leads_to_its_original(store: Database) -> None:
    first = Sample("https://herald.example/1")
    fill(store, [first, Sample("https://oasis.example/1", source="oasis-wire", copies=first.url)])
    page = page_of(store, "/articles/2")
    assert "A reprint: the original is article 1 of Steppe Herald" in words_of(page)
    assert {"/articles/1", "/stories/2"} <= set(links_of(page))
    assert "2 articles: who came first" in words_of(page_of(store))


def test_an_article_of_a_headline_alone_says_so(store: Database) -> None:
    fill(store, [Sample("https://herald.example/1", text="")])
    assert "the page and the feed have only a headline" in words_of(page_of(store))


def test_other_formats(store: Database) -> None:
    fill(store, [Sample("https://herald.example/1", title="CSTO", text="Turan", says=SAYS)])
    record = json.loads(ask(store, "/articles/1", "format=json").body)
    assert (record["article_id"], record["text"], record["entities"]) == (1, "Turan", {"csto": 1, "turan": 1})
    lines = ask(store, "/articles/1", "format=csv").text.splitlines()
    assert lines[0].startswith("field,start,end,entity_id,label,type,surface,alias")
    assert [line.split(",")[:4] for line in lines[1:]] == [["title", "0", "4", "csto"], ["text", "0", "5", "turan"]]
    assert ask(store, "/articles/1", "format=atom").status == 422


@pytest.mark.parametrize("reference", ["17", "0", "-1", "x", "9" * 40, "١", "%00"])
def test_an_article_that_is_not_there(store: Database, reference: str) -> None:
    answer = ask(store, f"/articles/{reference}")
    assert answer.status == 404
    assert "There is no such article, or it was removed." in words_of(answer.text)


@pytest.mark.parametrize("words", [HOSTILE, BIDI, LONG_WORD, CONTROLS])
def test_what_strangers_wrote_stays_text(store: Database, words: str) -> None:
    sample = Sample("https://herald.example/1", title=words, text=f"{words}\n{words}", author=words, says=SAYS)
    fill(store, [sample])
    suspect = SuspectRow(reason=words, looks=2, first_seen_at=NOON, last_seen_at=NOON, title=words, text=words)
    store.write(lambda conn: record_suspects(conn, {1: suspect}))
    store.write(lambda conn: conn.execute(update(Article).values(url=f"javascript:{words[:50]}")))
    page = page_of(store)
    assert_inert(page)
    assert words_of(page).count(shown(words)[:20]) >= 4
