"""Captures through the chain: a page that kills its worker does not take its neighbours along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from samples import NOON, chain_over, prepared_store
from site_served import Site, numbered
from sqlalchemy import Connection, insert, select

from db.collection import captures
from db.collection.captures import CaptureIn, compress
from db.collection.pages.pages import NEVER
from db.models import Article, Capture, Page
from worker.chain import service
from worker.chain.pipeline import Pipeline


@pytest.fixture
def chain(database_url: str) -> Iterator[Pipeline]:
    database = prepared_store(database_url)
    yield chain_over(database)
    database.close()


def capture(chain: Pipeline, count: int) -> list[int]:
    """Store the pages of an invented outlet as captures; return their ids."""
    site = Site(numbered(count))
    rows = []
    for path in site.pages:
        body = site.page(path)
        url = f"https://lake.example{path}"
        rows.append(
            (
                CaptureIn(
                    page_id=None,
                    source_id=None,
                    url=url,
                    fetched_at=NOON,
                    status=200,
                    content_type="text/html; charset=utf-8",
                    body=body,
                    body_hash=path,
                ),
                compress(body),
            )
        )
    chain.database.write(lambda conn: captures.record_captures(conn, rows))
    return chain.database.write(lambda conn: captures.claim_captures(conn, now=NOON, lease_s=60, limit=100))


def batches_of(monkeypatch: pytest.MonkeyPatch, chain: Pipeline) -> list[int]:
    """Return a list that the size of each batch is added to from now on."""
    sizes: list[int] = []
    understand = chain.process

    def counted(inputs: Sequence[Any]) -> Any:
        sizes.append(len(inputs))
        return understand(inputs)

    monkeypatch.setattr(chain, "process", counted)
    return sizes


def test_new_captures_go_together(chain: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = batches_of(monkeypatch, chain)
    ended = service.process_captures(chain, capture(chain, 4))
    assert (len({end.capture_id for end in ended}), sizes) == (4, [4])


def test_what_was_begun_before_goes_alone(chain: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = batches_of(monkeypatch, chain)
    ids = capture(chain, 4)
    chain.database.write(lambda conn: captures.begin_captures(conn, ids[:2]))
    assert len(service.process_captures(chain, ids)) == 4
    assert sizes == [2, 1, 1]


def test_finished_captures_are_left_alone(chain: Pipeline) -> None:
    ids = capture(chain, 2)
    service.process_captures(chain, ids)
    assert service.process_captures(chain, ids) == []


def tell(chain: Pipeline, *words: tuple[str, str], url: str = "https://lake.example/live") -> list[str]:
    """Have workers understand what a feed says under addresses of its own; return the outcomes."""
    for number, (title, body) in enumerate(words):
        chain.database.write(partial(_record_words, number=number, title=title, body=body, url=url))
    ids = chain.database.write(lambda conn: captures.claim_captures(conn, now=NOON, lease_s=60, limit=100))
    return [end.outcome for end in service.process_captures(chain, ids)]


def _record_words(conn: Connection, *, number: int, title: str, body: str, url: str) -> None:
    page = {"canonical_url": f"urn:steppewatch:entry:{number}", "url": url, "host": "lake.example"}
    known = select(Page.id).where(Page.canonical_url == page["canonical_url"])
    if conn.scalar(known) is None:
        conn.execute(insert(Page).values(**page, state="settled", first_seen_at=NOON, next_fetch_at=NEVER))
    hints = {"title": title, "body": body, "page_trouble": "2 entries share one link"}
    words = CaptureIn(
        page_id=conn.scalar(known),
        source_id=None,
        url=url,
        fetched_at=NOON,
        status=0,
        content_type=None,
        body=b"",
        body_hash=f"{title} {len(body)}",
        hints=hints,
    )
    captures.record_captures(conn, [(words, compress(b""))])


def test_words_without_a_page_are_articles_of_their_own(chain: Pipeline) -> None:
    morning, evening = "<p>The lake froze in the night.</p>", "<p>The ferry sails again.</p>"
    assert tell(chain, ("Morning", morning), ("Evening", evening)) == ["new", "new"]
    assert tell(chain, ("Morning", morning + "<p>No ferry sails.</p>"), ("Evening", evening)) == ["revised"]
    with chain.database.reading() as conn:
        articles = conn.execute(select(Article.canonical_url, Article.url).order_by(Article.canonical_url)).all()
        states = set(conn.scalars(select(Page.state)))
    assert articles == [
        ("urn:steppewatch:entry:0", "https://lake.example/live"),
        ("urn:steppewatch:entry:1", "https://lake.example/live"),
    ]
    assert states == {"settled"}


def test_words_that_are_cut_short_later_do_not_have_a_text_without_a_page_fetched(chain: Pipeline) -> None:
    tell(chain, ("Morning", "<p>The lake froze in the night.</p>"))
    assert tell(chain, ("Morning", "")) == ["rejected"]
    with chain.database.reading() as conn:
        assert set(conn.scalars(select(Page.state))) == {"settled"}


def test_a_look_without_a_page_leaves_it_to_the_crawler_when_to_ask_again(chain: Pipeline) -> None:
    (page_of_one,) = capture(chain, 1)
    later = NOON + timedelta(hours=3)
    address = "https://lake.example/0"
    said = {"title": "Morning", "body": "<p>What the feed says.</p>", "page_trouble": "the server answered 403"}

    def refuse(conn: Connection) -> None:
        url = conn.scalar(select(Capture.url).where(Capture.id == page_of_one)) or address
        page = {"canonical_url": url, "url": url, "host": "lake.example", "first_seen_at": NOON, "fetched_at": NOON}
        conn.execute(insert(Page).values(**page, next_fetch_at=later, body_hash="0" * 32, last_outcome="forbidden"))
        words = CaptureIn(
            page_id=conn.scalar(select(Page.id)),
            source_id=None,
            url=url,
            fetched_at=NOON,
            status=403,
            content_type=None,
            body=b"",
            body_hash="1" * 32,
            hints=said,
        )
        captures.record_captures(conn, [(words, compress(b""))])

    assert [end.outcome for end in service.process_captures(chain, [page_of_one])] == ["new"]
    chain.database.write(refuse)
    ids = chain.database.write(lambda conn: captures.claim_captures(conn, now=NOON, lease_s=60, limit=9))
    assert [end.outcome for end in service.process_captures(chain, ids)] == ["rejected"]
    with chain.database.reading() as conn:
        page = conn.execute(select(Page.next_fetch_at, Page.body_hash, Page.last_outcome, Page.doubts)).one()
    assert page == (later, "0" * 32, "forbidden", 0)


def test_what_a_shortener_led_to_is_filed_under_its_own_address(chain: Pipeline) -> None:
    site = Site(numbered(1))
    [path] = site.pages
    own, short = f"https://lake.example{path}", "https://go.example/x7"
    body = site.page(path)

    def fetch(conn: Connection, asked: str, minute: int) -> None:
        page = {"canonical_url": asked, "url": asked, "host": "lake.example", "state": "active"}
        known = conn.scalar(insert(Page).values(**page, first_seen_at=NOON, next_fetch_at=NOON).returning(Page.id))
        when = NOON + timedelta(minutes=minute)
        look = CaptureIn(
            page_id=known,
            source_id=None,
            url=own,
            fetched_at=when,
            status=200,
            content_type="text/html; charset=utf-8",
            body=body,
            body_hash=f"{asked}",
        )
        captures.record_captures(conn, [(look, compress(body))])

    outcomes = []
    for minute, asked in enumerate([short, own]):
        chain.database.write(partial(fetch, asked=asked, minute=minute))
        ids = chain.database.write(lambda conn: captures.claim_captures(conn, now=NOON, lease_s=60, limit=9))
        outcomes += [end.outcome for end in service.process_captures(chain, ids)]
    assert outcomes == ["new", "seen_again"]
    with chain.database.reading() as conn:
        assert conn.execute(select(Article.canonical_url, Article.url)).all() == [(own, own)]
