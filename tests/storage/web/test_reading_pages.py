"""The pages of an article, its texts and its story, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from asgi import get
from samplestore import NOON, Sample, store_of
from sqlalchemy import Connection, insert, select, update
from webpages import words_of

from db.collection.feeds.feeds import add_feed
from db.engine import Database
from db.models import Article, Feed, Page, Sighting
from db.stories.clusters import LinkIn, record_links
from db.stories.members import count_members, read_members, read_size
from web.app import create_app

# Invented: none of this was ever published.
AT = datetime(2022, 1, 5, 8, 30, tzinfo=UTC)
FIRST = "https://herald.example/0"


def sample(number: int) -> Sample:
    return Sample(
        f"https://herald.example/{number}",
        ("steppe-herald", "oasis-wire")[number % 2],
        title="The CSTO met",
        text=f"It met in the old town, {'and ' * (number % 3)}nothing was signed.",
        says=(("CSTO", "csto"),),
        published_at=None if number % 4 == 3 else AT + timedelta(hours=number // 2),
        copies=FIRST if number else None,
    )


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    edited = Sample(FIRST, title="The CSTO met", text="It met in the new town.", published_at=AT, collected_at=NOON)
    database = store_of(command_url, [edited, *(sample(number) for number in range(12))], by_migrations=True)
    database.write(_connect)
    yield database
    database.close()


def _connect(conn: Connection) -> None:
    """List the first article in a feed, and measure how far its reprints repeat it."""
    add_feed(conn, source_id="steppe-herald", url="https://herald.example/rss", now=NOON)
    feed_id = conn.scalar(select(Feed.id))
    page = {"canonical_url": FIRST, "url": FIRST, "host": "herald.example"}
    page_id = conn.scalar(insert(Page).values(first_seen_at=NOON, next_fetch_at=NOON, **page).returning(Page.id))
    seen = {"feed_id": feed_id, "page_id": page_id, "first_seen_at": NOON, "last_seen_at": NOON}
    conn.execute(insert(Sighting).values(published_at=AT, **seen))
    conn.execute(update(Article).where(Article.canonical_url == FIRST).values(cluster_id=Article.id))
    original, *others = conn.scalars(select(Article.revision_id).order_by(Article.id))
    for other in others[:-1]:
        ends = {"revision_a": original or 0, "revision_b": other or 0}
        record_links(conn, [LinkIn(**ends, shared=9, containment=0.9, jaccard=0.5, relation="copy", method="m1")])


def record_of(store: Database, path: str, query: str = "") -> dict[str, object]:
    answer = get(create_app(store, now=lambda: NOON), path, query=f"{query}&format=json")
    assert answer.status == 200, answer.text
    record: dict[str, object] = json.loads(answer.body)
    return record


def test_the_pages_answer(store: Database) -> None:
    first = store.read(lambda conn: conn.scalar(select(Article.id).where(Article.canonical_url == FIRST)))
    for path in (f"/articles/{first}", f"/articles/{first}/revisions", f"/stories/{first}"):
        answer = get(create_app(store, now=lambda: NOON), path)
        assert answer.status == 200, answer.text
    words = words_of(get(create_app(store, now=lambda: NOON), f"/articles/{first}").text)
    assert "from the page or its feed, which agree" in words
    assert "https://herald.example/rss" in words
    changed = record_of(store, f"/articles/{first}/revisions")
    assert changed["entities_added"] == ["csto"] or changed["entities_removed"] == ["csto"]


def test_a_story_comes_in_the_order_of_publication(store: Database) -> None:
    def read(conn: Connection) -> None:
        story = conn.scalar(select(Article.id).where(Article.canonical_url == FIRST)) or 0
        every = read_members(conn, story, limit=99)
        assert len(every) == count_members(conn, story) == 12
        assert every[0].article_id == story
        assert [one.published_at is None for one in every] == sorted(one.published_at is None for one in every)
        found = read_members(conn, story, limit=5)
        while len(found) < 12:
            found += read_members(conn, story, limit=5, after=found[-1].article_id)
        assert found == every
        assert sum(one.containment is not None for one in every) == 10
        size = read_size(conn, story)
        assert (size.articles, size.outlets, size.first_at) == (12, 2, AT)
        with pytest.raises(LookupError):
            read_members(conn, story, limit=5, after=999)

    store.read(read)
