"""When a page was published. All pages are invented."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.moments import Moment, parse_moment
from worker.extract.body import strip_page
from worker.extract.dates import find_modified, find_published, search_published
from worker.extract.markup import parse_page
from worker.extract.metadata import read_declared


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected", "is_day"),
    [
        pytest.param("2022-01-06T10:00:00Z", at(2022, 1, 6, 10), False, id="iso"),
        pytest.param("2022-01-06T10:00:00+06:00", at(2022, 1, 6, 4), False, id="offset"),
        pytest.param("2022-01-06T02:00+0600", at(2022, 1, 5, 20), False, id="offset crosses midnight"),
        pytest.param("2022-01-06 10:00:00.123456789-05", at(2022, 1, 6, 15), False, id="long fraction, short offset"),
        pytest.param("2022-01-06T10:00:00", at(2022, 1, 6, 10), False, id="no zone is UTC"),
        pytest.param("2022-01-06", at(2022, 1, 6), True, id="day"),
        pytest.param("20220106", at(2022, 1, 6), True, id="compact"),
        pytest.param("20220106T101500Z", at(2022, 1, 6, 10, 15), False, id="compact instant"),
        pytest.param("Thu, 06 Jan 2022 10:00:00 GMT", at(2022, 1, 6, 10), False, id="rfc 2822"),
        pytest.param("Thu, 06 Jan 2022 10:00:00 +0500", at(2022, 1, 6, 5), False, id="rfc 2822 offset"),
        pytest.param("1641463200", at(2022, 1, 6, 10), False, id="seconds"),
        pytest.param("1641463200000", at(2022, 1, 6, 10), False, id="milliseconds"),
        pytest.param("06.01.2022 10:00", at(2022, 1, 6, 10), False, id="dots"),
        pytest.param("10:00, 06.01.2022", at(2022, 1, 6, 10), False, id="clock first"),
        pytest.param("06/01/2022", at(2022, 1, 6), True, id="slashes, day first"),
        pytest.param("Jan 6, 2022 10:15 PM EST", at(2022, 1, 7, 3, 15), False, id="American"),
        pytest.param("January 6th, 2022", at(2022, 1, 6), True, id="English"),
        pytest.param("6 января 2022, 10:00 (МСК)", at(2022, 1, 6, 7), False, id="Russian"),
        pytest.param("2022 жылғы 6 қаңтар", at(2022, 1, 6), True, id="Kazakh"),
        pytest.param("6 қаңтар 2022", at(2022, 1, 6), True, id="Kazakh, day first"),
        pytest.param("6 Ocak 2022", at(2022, 1, 6), True, id="Turkish"),
        pytest.param("16 Ağustos 2022 14:05", at(2022, 8, 16, 14, 5), False, id="Turkish with time"),
        pytest.param("2022-yil 6-yanvar", at(2022, 1, 6), True, id="Uzbek"),
        pytest.param("6 yanvar 2022", at(2022, 1, 6), True, id="Azerbaijani"),
        pytest.param("2022年1月6日", at(2022, 1, 6), True, id="Chinese"),
        pytest.param("6. März 2022", at(2022, 3, 6), True, id="German"),
        pytest.param("2022-dec-21", at(2022, 12, 21), True, id="as in addresses"),
    ],
)
def test_dates_as_written(text: str, expected: datetime | None, is_day: bool) -> None:
    moment = parse_moment(text)
    assert (moment and moment.at) == expected
    assert moment is None or moment.is_day == is_day


@pytest.mark.parametrize(
    "text", ["", "soon", "0000-00-00", "2022-13-45", "1970-01-01", "9999-12-31", "5 Foo 2022", "99"]
)
def test_absurd_dates_are_none(text: str) -> None:
    assert parse_moment(text) is None


def test_month_comes_first_only_where_the_page_is_american() -> None:
    assert parse_moment("01/06/2022", month_first=True) == Moment(at(2022, 1, 6), is_day=True, has_zone=False)
    assert parse_moment("25/06/2022", month_first=True) == Moment(at(2022, 6, 25), is_day=True, has_zone=False)


@given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30), timezones=st.timezones()))  # noqa: DTZ001
def test_iso_dates_read_back(moment: datetime) -> None:
    written = moment.astimezone(UTC).replace(microsecond=0)
    assert parse_moment(written.isoformat()) == Moment(written, is_day=False, has_zone=True)


@given(st.text(max_size=80))
def test_any_text_is_a_date_in_range_or_none(text: str) -> None:
    moment = parse_moment(text)
    assert moment is None or (1990 <= moment.at.year <= 2100 and moment.at.utcoffset() is not None)


def published(html: str, url: str | None = None) -> Moment | None:
    tree = parse_page(f"<html><body>{html}</body></html>".encode())
    declared = read_declared(tree, url)
    moment = find_published(tree, declared)
    strip_page(tree)
    return moment or search_published(tree) or find_modified(declared)


def linked(**fields: str) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(linked(datePublished="2022-01-06T10:00:00Z", dateModified="2023-01-01T00:00:00Z"),
                     at(2022, 1, 6, 10), id="json-ld"),
        pytest.param("<meta property='article:published_time' content='2022-01-06T10:00:00+00:00'>"
                     "<meta property='article:modified_time' content='2023-01-06T10:00:00+00:00'>",
                     at(2022, 1, 6, 10), id="open graph"),
        pytest.param("<time datetime='2022-01-06T10:00:00+05:00'>today</time>", at(2022, 1, 6, 5), id="time"),
        pytest.param("<time class='updated' datetime='2023-05-05'>x</time><time datetime='2022-01-06'>y</time>",
                     at(2022, 1, 6), id="not the change's time"),
        pytest.param("<aside><time datetime='2023-05-05'>x</time></aside><time datetime='2022-01-06'>y</time>",
                     at(2022, 1, 6), id="not another article's time"),
        pytest.param("<span class='post-date'>6 января 2022</span>", at(2022, 1, 6), id="a date on the page"),
        pytest.param(linked(datePublished="gestern") + "<meta name='pubdate' content='2022-01-06'>",
                     at(2022, 1, 6), id="the first is no date"),
        pytest.param(linked(dateModified="2022-01-07T10:00:00Z"), at(2022, 1, 7, 10), id="only a change"),
        pytest.param(linked(datePublished="2022-01-06") + "<time datetime='2022-01-06T10:00:00Z'>x</time>",
                     at(2022, 1, 6, 10), id="a day is completed by its time"),
        pytest.param(linked(datePublished="2022-01-06T10:00:00")
                     + "<meta property='article:published_time' content='2022-01-06T10:00:00+06:00'>",
                     at(2022, 1, 6, 4), id="a clock is completed by its zone"),
        pytest.param("<p>Copyright 2021</p>", None, id="a copyright is no date"),
    ],
)  # fmt: skip
def test_publication_date_of_a_page(html: str, expected: datetime | None) -> None:
    moment = published(html)
    assert (moment and moment.at) == expected


def test_an_address_may_hold_the_day() -> None:
    expected = Moment(at(2022, 1, 6), is_day=True, has_zone=False)
    assert published("<p>x</p>", "https://a.example/2022/01/06/story") == expected
    assert published("<p>x</p>", "https://a.example/2022/jan/06/story") == expected
    assert published("<p>x</p>", "https://a.example/2022/01/story") is None
