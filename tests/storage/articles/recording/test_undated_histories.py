"""Cells equal a recount after random histories of texts that people and feeds bring, with dates and without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recounted import recounted, stored
from samples import NOON, chain_over, document
from sqlalchemy import Connection, select, update

from db.collection import captures
from db.collection.captures import CaptureIn, compress
from db.collection.feeds.feeds import add_feed
from db.collection.feeds.polls import FeedPolled, record_poll
from db.collection.pages.entries import EntryIn, record_entries
from db.engine import Database
from db.models import Article, Feed, Page
from worker.chain import service
from worker.chain.pipeline import Pipeline
from worker.coverage.recount import recount

_COUNT = count()
numbers = st.integers(0, 3)
hours = st.integers(0, 60)
events = st.one_of(
    st.tuples(st.just("bring in"), numbers, hours, st.booleans()),
    st.tuples(st.just("poll"), st.integers(0, 1), hours, st.lists(numbers, max_size=3)),
    st.tuples(st.just("fetch"), numbers, hours, st.sampled_from(["", "2022-01-05", "2022-01-08"])),
    st.tuples(st.just("recount")),
)


class Days:
    """Some days of an outlet with two feeds that were not followed yet, in a store that may hold others."""

    def __init__(self, chain: Pipeline) -> None:
        self.chain = chain
        self.host = f"days{next(_COUNT)}.example"
        for feed in (0, 1):
            chain.database.write(
                lambda conn, feed=feed: add_feed(conn, source_id="eurasianet", url=self.feed(feed), now=NOON)
            )

    def feed(self, number: int) -> str:
        return f"https://{self.host}/{number}.rss"

    def page(self, number: int) -> str:
        return f"https://{self.host}/page/{number}"

    def text(self, number: int) -> str:
        """Return a text that only this page has, and that names the alliance."""
        return f"The CSTO met on the lake of {self.host}, on pier {number}. " + f"Boat {self.host} {number}. " * 9

    def bring_in(self, number: int, hour: int, is_dated: bool) -> None:
        at = NOON + timedelta(hours=hour)
        body = f"{self.text(number)} Brought at {hour}."
        self.chain.process(
            [document(self.page(number), body=body, published_at=at if is_dated else None, observed_at=at)]
        )

    def poll(self, feed: int, hour: int, shown: list[int]) -> None:
        at = NOON + timedelta(hours=hour)
        entries = [EntryIn(canonical_url=self.page(number), url=self.page(number)) for number in sorted(set(shown))]

        def store(conn: Connection) -> None:
            feed_id = conn.scalars(select(Feed.id).where(Feed.url == self.feed(feed))).one()
            record_entries(conn, feed_id=feed_id, source_id="eurasianet", entries=entries, seen_at=at)
            record_poll(
                conn,
                FeedPolled(
                    feed_id=feed_id,
                    polled_at=at,
                    outcome="changed",
                    error=None,
                    state="active",
                    next_poll_at=at,
                    failures=0,
                    succeeded=True,
                    changed=True,
                ),
            )

        self.chain.database.write(store)

    def fetch(self, number: int, hour: int, day: str) -> None:
        """Fetch a page that a feed named, with a date or without; nothing for one that none did."""
        url, at = self.page(number), NOON + timedelta(hours=hour)
        date = f'<meta property="article:published_time" content="{day}T10:00:00Z">' if day else ""
        body = f"<html><head>{date}<title>On the lake</title></head><body><article><h1>On the lake</h1>"
        body += "".join(f"<p>{self.text(number)} Seen at {hour}.</p>" for _ in range(3)) + "</article></body></html>"

        def capture(conn: Connection) -> None:
            page_id = conn.scalar(select(Page.id).where(Page.canonical_url == url))
            if page_id is not None:
                conn.execute(update(Page).where(Page.id == page_id).values(fetched_at=at))
                row = CaptureIn(
                    page_id=page_id,
                    source_id="eurasianet",
                    url=url,
                    fetched_at=at,
                    status=200,
                    content_type="text/html",
                    body=body.encode(),
                    body_hash=f"{next(_COUNT)}",
                )
                captures.record_captures(conn, [(row, compress(body.encode()))])

        self.chain.database.write(capture)
        ids = self.chain.database.write(lambda conn: captures.claim_captures(conn, now=at, lease_s=60, limit=9))
        service.process_captures(self.chain, ids)

    def recount(self) -> None:
        recount(self.chain.database)


@pytest.fixture
def chain(prepared_url: str) -> Iterator[Pipeline]:
    database = Database(prepared_url)
    yield chain_over(database)
    database.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(events, min_size=2, max_size=10))
def test_cells_equal_a_recount_whoever_brought_the_texts(chain: Pipeline, history: list[tuple[object, ...]]) -> None:
    lived = Days(chain)
    for name, *arguments in history:
        getattr(lived, str(name).replace(" ", "_"))(*arguments)
    lived.recount()
    with chain.database.reading() as conn:
        assert stored(conn) == recounted(conn)


def test_such_histories_make_texts_of_each_kind(chain: Pipeline) -> None:
    lived = Days(chain)
    lived.bring_in(0, 1, False)
    lived.poll(0, 1, [1])
    lived.poll(0, 30, [1, 2])
    lived.fetch(1, 31, "")
    lived.fetch(2, 31, "")
    lived.bring_in(3, 31, True)
    with chain.database.reading() as conn:
        columns = (Article.canonical_url, Article.published_at.is_(None), Article.is_undated)
        found = {url[-1]: (without, undated) for url, without, undated in conn.execute(select(*columns))}
    assert found == {"0": (True, True), "1": (True, True), "2": (True, False), "3": (False, False)}
