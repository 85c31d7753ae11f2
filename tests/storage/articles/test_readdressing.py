"""Stores whose articles and pages were filed by older rules of addresses. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from recounted import recounted, stored
from samples import NOON, OTHER, chain_over, document, prepared_store, text
from sqlalchemy import Connection, delete, insert, select, update

from db.models import AddressState, Article, Capture, Feed, Page, Revision, Sighting, Source
from worker.chain.pipeline import Pipeline
from worker.coverage.recount import recount
from worker.setup import readdress

PLACES = [f"https://outlet.example/old/{number}" for number in range(5)]
BEFORE = [
    "http://www.outlet.example/news/1/",
    "https://m.outlet.example/news/1",
    "https://outlet.example/news/1",
    "https://www.outlet.example/news/2?utm_source=x",
    "https://outlet.example/news/3",
]
"""What they were filed under: the first three are one address by now."""
FULL, EDITED = text(0, 1, 2, 3, 4, 5), text(0, 1, 2, 3, 4) + "\n" + OTHER[2]
BODIES = [FULL, EDITED, FULL, text(0, 1, 2, 3, of=OTHER), FULL]


@pytest.fixture
def chain(database_url: str) -> Iterator[Pipeline]:
    database = prepared_store(database_url)
    yield chain_over(database)
    database.close()


def put(chain: Pipeline, urls: list[str]) -> None:
    """Bring the texts in under these addresses, an hour after each other."""
    for number, (url, body) in enumerate(zip(urls, BODIES, strict=True)):
        when = NOON + timedelta(hours=number)
        chain.process([document(url, body=body, title=None, published_at=NOON, observed_at=when)])


def file_as_before(chain: Pipeline) -> None:
    """Give the articles the addresses that older rules gave them."""

    def rename(conn: Connection) -> None:
        for place, before in zip(PLACES, BEFORE, strict=True):
            conn.execute(update(Article).where(Article.canonical_url == place).values(canonical_url=before, url=before))
        conn.execute(delete(AddressState))

    chain.database.write(rename)


def told(chain: Pipeline) -> list[tuple[object, ...]]:
    """Return what the store says of its articles, without the numbers of rows."""
    recount(chain.database)
    with chain.database.reading() as conn:
        assert stored(conn) == recounted(conn)
        articles = conn.execute(select(Article.__table__)).all()
        name_of = {row.id: row.canonical_url for row in articles}
        texts: dict[int, list[tuple[object, ...]]] = {row.id: [] for row in articles}
        for row in conn.execute(select(Revision.__table__)):
            texts[row.article_id].append((row.observed_at, row.content_hash))
        return sorted(
            (row.canonical_url, row.url, name_of[row.cluster_id], row.revisions, row.counts_on, sorted(texts[row.id]))
            for row in articles
        )


def test_articles_filed_by_older_rules_are_those_that_the_present_ones_make(chain: Pipeline) -> None:
    put(chain, PLACES)
    file_as_before(chain)
    readdress(chain.database)
    chain.resume(chain.database.read(lambda conn: list(conn.scalars(select(Revision.id)))))
    brought_over = told(chain)
    assert [row[:2] for row in brought_over] == [
        ("https://outlet.example/news/1", BEFORE[0]),
        ("https://outlet.example/news/2", BEFORE[3]),
        ("https://outlet.example/news/3", BEFORE[4]),
    ]
    chain.database.write(lambda conn: conn.execute(delete(Article)))
    put(chain, BEFORE)
    assert brought_over == told(chain)


def test_a_store_that_was_brought_over_is_left_alone(chain: Pipeline) -> None:
    readdress(chain.database)
    put(chain, PLACES)
    before = told(chain)
    readdress(chain.database)
    assert told(chain) == before


def test_a_page_under_several_addresses_becomes_one_with_all_that_was_said_of_it(chain: Pipeline) -> None:
    def fill(conn: Connection) -> None:
        execute = conn.execute
        source = execute(select(Source.id)).scalars().first()
        feeds = [
            execute(
                insert(Feed)
                .values(source_id=source, url=f"https://outlet.example/{name}.xml", next_poll_at=NOON)
                .returning(Feed.id)
            ).scalar_one()
            for name in ("a", "b")
        ]
        for number, url in enumerate(BEFORE[1:3]):
            seen = NOON - timedelta(hours=number)
            page = {"canonical_url": url, "url": url, "host": "outlet.example", "first_seen_at": seen}
            page_id = execute(insert(Page).values(page | {"next_fetch_at": NOON}).returning(Page.id)).scalar_one()
            for feed_id in feeds[: number + 1]:
                row = {"feed_id": feed_id, "page_id": page_id, "first_seen_at": seen, "last_seen_at": NOON}
                execute(insert(Sighting).values(row))

    chain.database.write(fill)
    chain.database.write(lambda conn: conn.execute(delete(AddressState)))
    readdress(chain.database)
    with chain.database.reading() as conn:
        assert list(conn.scalars(select(Page.canonical_url))) == [BEFORE[2]]
        seen = conn.execute(select(Sighting.first_seen_at).order_by(Sighting.feed_id)).scalars().all()
        assert seen == [NOON - timedelta(hours=1)] * 2
        assert conn.execute(select(Capture.id)).all() == []
