"""When a page was published. All pages are invented."""

import json
from datetime import UTC, datetime

import pytest

from db.text.dates import ParsedDate
from worker.extract.body import strip_page
from worker.extract.dates.choice import Beside, DateEvidence, date_article
from worker.extract.dates.evidence import read_evidence, search_published
from worker.extract.markup import parse_page
from worker.extract.metadata import read_declared


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def published(html: str, url: str | None = None) -> ParsedDate | None:
    tree = parse_page(f"<html><body>{html}</body></html>".encode())
    declared = read_declared(tree, url)
    evidence = read_evidence(tree, declared)
    strip_page(tree)
    dated = date_article(evidence, Beside())
    if dated is None:
        found = search_published(tree, evidence)
        dated = date_article(DateEvidence(declared=(found,) if found else evidence.changed), Beside())
    return dated and ParsedDate(at=dated.at, is_day=dated.is_day, has_zone=not dated.is_day)


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
    expected = ParsedDate(at=at(2022, 1, 6), is_day=True, has_zone=False)
    assert published("<p>x</p>", "https://a.example/2022/01/06/story") == expected
    assert published("<p>x</p>", "https://a.example/2022/jan/06/story") == expected
    assert published("<p>x</p>", "https://a.example/2022/01/story") is None
