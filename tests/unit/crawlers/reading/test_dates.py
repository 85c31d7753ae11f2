"""Dates as outlets write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawlers.reading.entries import sort_entries
from crawlers.reading.parse import parse_feed


def published(text: str) -> datetime | None:
    body = f'<rss version="2.0"><channel><item><pubDate>{text}</pubDate></item></channel></rss>'
    return parse_feed(body.encode()).entries[0].published_at


TEN = datetime(2022, 1, 6, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param("Thu, 06 Jan 2022 10:00:00 GMT", TEN, id="RFC 822"),
        pytest.param("Thu, 06 Jan 2022 16:00:00 +0600", TEN, id="Almaty"),
        pytest.param("2022-01-06T10:00:00Z", TEN, id="ISO"),
        pytest.param("2022-01-06 10:00:00", TEN, id="no zone is UTC"),
        pytest.param("Чт, 06 янв 2022 10:00:00 +0000", TEN, id="Russian month"),
        pytest.param("6 января 2022, 10:00", TEN, id="Russian in words"),
        pytest.param("06 января 2022 г. 13:00 MSK", TEN, id="Moscow time"),
        pytest.param("06 Ocak 2022 Perşembe 10:00", TEN, id="Turkish"),
        pytest.param("6 Ağustos 2022 10:00", TEN.replace(month=8), id="Turkish August"),
        pytest.param("6 қаңтар 2022 10:00", TEN, id="Kazakh"),
        pytest.param("6 yanvar 2022, 10:00", TEN, id="Uzbek"),
        pytest.param("06.01.2022 10:00", TEN, id="dotted"),
        pytest.param("January 6th, 2022 10:00 AM", TEN, id="American words"),
        pytest.param("01/25/2022 1:05 pm", datetime(2022, 1, 25, 13, 5, tzinfo=UTC), id="American digits"),
        pytest.param("2022-01-06", TEN.replace(hour=0), id="a day"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", None, id="the epoch's zero"),
        pytest.param("Wed, 31 Dec 9999 23:59:59 GMT", None, id="a database's maximum"),
        pytest.param("Sun, 08/07/2022 10:00", TEN.replace(month=8, day=7), id="the weekday tells month first"),
        pytest.param("Fri, 08/07/2022 10:00", TEN.replace(month=7, day=8), id="the weekday tells day first"),
        pytest.param("Mon, 08/07/2022 10:00", TEN.replace(month=7, day=8), id="a weekday that tells neither"),
        pytest.param("Sun, 31/07/2022 10:00", TEN.replace(month=7, day=31), id="only one order is a date"),
        pytest.param("31.02.2022", None, id="no such day"),
        pytest.param("Thu, 06 Jan 2022 13:00:00 MSK", TEN, id="Moscow by name"),
        pytest.param("Thu, 06 Jan 2022 16:00:00 ALMT", TEN, id="Almaty by name"),
        pytest.param("Thu, 06 Jan 2022 16:00:00 KGT", TEN, id="Bishkek by name"),
        pytest.param("Thu, 06 Jan 2022 13:00:00 TRT", TEN, id="Turkey by name"),
        pytest.param("Thu, 06 Jan 2022 12:00:00 EEST", TEN.replace(hour=9), id="Eastern Europe, summer"),
        pytest.param("Thu, 06 Jan 2022 11:00:00 CET", TEN, id="Central Europe"),
        pytest.param("Thu, 06 Jan 2022 11:00:00 BST", TEN, id="Britain, summer"),
        pytest.param("Thu, 06 Jan 2022 16:00:00 UTC+6", TEN, id="distance from UTC"),
        pytest.param("Thu, 06 Jan 2022 16:00:00 GMT+0600", TEN, id="distance from GMT"),
        pytest.param("2022/01/06 10:00", TEN, id="year first with strokes"),
        pytest.param("2022.01.06 10:00", TEN, id="year first with points"),
        pytest.param("2022年1月6日", TEN.replace(hour=0), id="Chinese"),
        pytest.param("06-01-2022", TEN.replace(hour=0), id="day first with hyphens"),
        pytest.param("Thu, 06 Jan 2022 10:00:00 XYZT", TEN.replace(hour=0), id="of an unknown zone the day is sure"),
        pytest.param("2022 йил 6 январь 10:00", TEN, id="Uzbek, year first"),
        pytest.param("2022-01", None, id="a month: feedparser would take its first day"),
        pytest.param("yesterday", None, id="a word"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_dates(text: str, instant: datetime | None) -> None:
    assert published(text) == instant


def test_a_date_without_end_is_not_searched() -> None:
    assert published("1 " * 100_000) is None


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        pytest.param("2022-01-06T16:00:00+06:00", TEN, id="RFC 3339"),
        pytest.param("2022-01-06 10:00:00", TEN, id="no zone is UTC"),
        pytest.param("6 января 2022, 13:00 МСК", TEN, id="in words"),
        pytest.param("1641463200", TEN, id="seconds as a text"),
        pytest.param(1641463200, TEN, id="seconds"),
        pytest.param(1641463200000, TEN, id="milliseconds"),
        pytest.param(True, None, id="no date"),
        pytest.param("0001-01-01T00:00:00Z", None, id="a database's minimum"),
    ],
)
def test_dates_of_json_feeds(value: object, instant: datetime | None) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "date_published": value}]}
    assert parse_feed(json.dumps(feed).encode()).entries[0].published_at == instant


def test_dublin_core_dates_of_rss_are_dates_of_publication() -> None:
    body = (
        b'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item>'
        b"<dc:date>2022-01-06T10:00:00Z</dc:date></item></channel></rss>"
    )
    assert parse_feed(body).entries[0].published_at == TEN


@pytest.mark.parametrize("kind", ["rss", "json"])
@pytest.mark.parametrize(
    ("date", "fault"),
    [
        ("1970-01-01T00:00:00Z", "1 of 2 entries: the publication date 1970-01-01 is before 1990; taken as missing"),
        ("2031-01-06T10:00:00Z", "1 of 2 entries: the publication date 2031-01-06 is after tomorrow; taken as missing"),
        ("0", "1 of 2 entries: the publication date 1970-01-01 is before 1990; taken as missing"),
        ("2022-01-06T10:00:00Z", None),
        ("no date", None),
    ],
)
def test_of_entries_with_a_date_that_is_none_it_is_remarked(date: str, fault: str | None, kind: str) -> None:
    items = [{"id": "1", "url": "https://a.example/1", "title": "A", "date_published": date}]
    items.append({"id": "2", "url": "https://a.example/2", "title": "B"})
    head = '<rss version="2.0"><channel>'
    rows = "".join(
        f"<item><title>{item['title']}</title><link>{item['url']}</link>"
        f"<pubDate>{item.get('date_published', '')}</pubDate></item>"
        for item in items
    )
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items})
    body = f"{head}{rows}</channel></rss>" if kind == "rss" else body
    entries = sort_entries("https://a.example/rss", parse_feed(body.encode()).entries, now=TEN)
    assert entries.reasons == ((("https://a.example/rss", fault),) if fault else ())
    assert [entry.published_at for entry in entries.usable] == [TEN if date.startswith("2022") else None, None]
