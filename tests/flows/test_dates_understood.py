"""Dates through the chain: what page, feed and outlet say of one article becomes its date. All pages are invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from samples import NOON, chain_over, prepared_store
from sqlalchemy import select

from db.collection import captures
from db.collection.captures import CaptureIn, compress
from db.collection.sources.book import SourceIn, record_source
from db.models import Article
from worker.chain import service
from worker.chain.pipeline import Pipeline

TEXT = "<p>The ministers of five countries met in the capital to speak about water, railways and the border.</p>" * 6


@pytest.fixture
def chain(database_url: str) -> Iterator[Pipeline]:
    database = prepared_store(database_url)
    for name, zone in (("lake", None), ("valley", "Asia/Bishkek")):
        outlet = SourceIn(id=name, name=name.title(), domains=(), origin="person", time_zone=zone)
        database.write(lambda conn, outlet=outlet: record_source(conn, outlet, now=NOON))
    yield chain_over(database)
    database.close()


def understood(
    chain: Pipeline, shown: str, *, feed: str | None = None, source: str = "lake", declared: str = ""
) -> tuple[datetime, bool, str | None]:
    """Have a page with a line under its headline understood; return the date of its article, and what is remarked."""
    meta = f'<head><meta property="article:published_time" content="{declared}"></head>' if declared else ""
    body = (
        f"<html>{meta}<body><article><h1>Water and roads</h1><div class='date'>{shown}</div>{TEXT}</article>".encode()
    )
    url = f"https://{source}.example/1"
    hints = {"published_at": feed} if feed else {}
    one = CaptureIn(
        page_id=None,
        source_id=source,
        url=url,
        fetched_at=NOON,
        status=200,
        content_type="text/html; charset=utf-8",
        body=body,
        body_hash="1",
        hints=hints,
    )
    chain.database.write(lambda conn: captures.record_captures(conn, [(one, compress(body))]))
    ids = chain.database.write(lambda conn: captures.claim_captures(conn, now=NOON, lease_s=60, limit=9))
    (ended,) = service.process_captures(chain, ids)
    assert ended.outcome == "new"
    with chain.database.reading() as conn:
        at, is_day = conn.execute(select(Article.published_at, Article.published_is_day)).one()
    return at, is_day, ended.reason


LINE = "06.01.2022 11:30"


@pytest.mark.parametrize(
    ("shown", "feed", "source", "expected"),
    [
        pytest.param(LINE, "2022-01-06T11:30:00+06:00", "lake", (5, 30), id="the feed's zone"),
        pytest.param(LINE, "2022-01-06", "valley", (5, 30), id="the outlet's zone"),
        pytest.param(LINE, "2022-01-06T11:30:00", "valley", (5, 30), id="a feed without zone, the outlet's"),
        pytest.param(LINE, None, "valley", (5, 30), id="no feed, the outlet's zone"),
        pytest.param(LINE, None, "lake", None, id="nobody knows"),
        pytest.param(f"Published {LINE} Updated 06.01.2022 11:50", None, "valley", (5, 30), id="a change beside it"),
    ],
)
def test_a_clock_becomes_an_instant_where_its_zone_is_known(
    chain: Pipeline, shown: str, feed: str | None, source: str, expected: tuple[int, int] | None
) -> None:
    found = understood(chain, shown, feed=feed, source=source)
    assert found == (datetime(2022, 1, 6, *(expected or (0, 0)), tzinfo=UTC), expected is None, None)


def test_a_page_that_contradicts_its_feed_is_remarked(chain: Pipeline) -> None:
    at, _, remark = understood(chain, "02.01.2022", feed="2022-01-05T09:00:00+06:00")
    assert at == datetime(2022, 1, 5, 3, tzinfo=UTC)
    assert remark is not None
    assert "2022-01-02" in remark


@pytest.mark.parametrize(
    ("shown", "feed", "expected"),
    [
        pytest.param("2022-01-07T23:59:59Z", None, datetime(2022, 1, 7, 23, 59, 59, tzinfo=UTC), id="tomorrow"),
        pytest.param("2022-01-08T00:00:00Z", None, None, id="after tomorrow"),
        pytest.param("2031-01-01", None, None, id="years ahead"),
        pytest.param("2031-01-01", "2022-01-05T09:00:00Z", datetime(2022, 1, 5, 9, tzinfo=UTC), id="the feed knows"),
        pytest.param("2022-01-05T09:00:00Z", "2031-01-01", datetime(2022, 1, 5, 9, tzinfo=UTC), id="the page knows"),
        pytest.param("", "2031-01-01", None, id="the feed is ahead"),
    ],
)
def test_a_date_after_tomorrow_is_none_and_remarked(
    chain: Pipeline, shown: str, feed: str | None, expected: datetime | None
) -> None:
    at, _, remark = understood(chain, "", feed=feed, declared=shown)
    is_ahead = any(told and told > "2022-01-08" for told in (shown, feed))
    assert at == expected
    assert ("is after tomorrow; taken as missing" in str(remark)) == is_ahead


@pytest.mark.parametrize("shown", ["1970-01-01T00:00:00Z", "0001-01-01", "1989-12-31", "0"])
def test_a_date_before_1990_is_none_on_pages_and_remarked(chain: Pipeline, shown: str) -> None:
    at, is_day, remark = understood(chain, "", declared=shown)
    assert (at, is_day) == (None, False)
    assert "is before 1990; taken as missing" in str(remark)


def test_of_a_date_before_1990_it_is_remarked_where_another_is_told(chain: Pipeline) -> None:
    at, _, remark = understood(chain, "", feed="2022-01-05T09:00:00Z", declared="1970-01-01T00:00:00Z")
    assert at == datetime(2022, 1, 5, 9, tzinfo=UTC)
    assert "1970-01-01 is before 1990" in str(remark)


def test_a_feed_without_its_page_is_ahead_too(chain: Pipeline) -> None:
    said = {"title": "Water", "body": TEXT, "page_trouble": "the server answered 403", "published_at": "2031-01-01"}
    one = CaptureIn(
        page_id=None,
        source_id="lake",
        url="https://lake.example/2",
        fetched_at=NOON,
        status=403,
        content_type=None,
        body=b"",
        body_hash="2",
        hints=said,
    )
    chain.database.write(lambda conn: captures.record_captures(conn, [(one, compress(b""))]))
    ids = chain.database.write(lambda conn: captures.claim_captures(conn, now=NOON, lease_s=60, limit=9))
    (ended,) = service.process_captures(chain, ids)
    assert "2031-01-01 is after tomorrow" in str(ended.reason)
    with chain.database.reading() as conn:
        assert conn.scalars(select(Article.published_at)).one() is None
