"""Pages of archives are judged by what they are themselves: no feed has named them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from front_pages import PAGES, FrontPage
from samples import text

from db.enums.outcomes import PageKind
from worker.extract.page import extract_page
from worker.judging.archived_kind import judge_archived_page
from worker.judging.page_kind import Look, PageVerdict

RELATED = "".join(
    f"<li><a href='/news/{n}'>The ferry of the lake is counted again, part {n}</a></li>" for n in range(4)
)
BODY = "".join(f"<p>{line}</p>" for line in text(0, 1, 2, 3).splitlines())


def verdict(body: bytes, url: str) -> PageVerdict:
    page = extract_page(body, url=url, charset="utf-8")
    return judge_archived_page(Look(asked_url=url, final_url=url, same_host=True, text=page.text, signs=page.signs))


@pytest.mark.parametrize("make", PAGES, ids=lambda make: make.__name__)
def test_front_and_section_pages_are_no_articles(make: Callable[[], FrontPage]) -> None:
    page = make()
    assert verdict(page.body, page.url).kind is PageKind.FRONT_PAGE


@pytest.mark.parametrize(
    "head",
    [
        "<title>Lake talks</title>",
        "<title>Lake talks</title><meta property='og:type' content='article'>",
        "<title>Lake talks | Herald</title><meta property='article:published_time' content='2022-01-06T10:00:00Z'>",
    ],
)
@pytest.mark.parametrize("path", ["/1", "/2022/01/06/lake-talks", "/index.php?id=4711", "/?p=4711"])
def test_articles_are_articles(head: str, path: str) -> None:
    body = (
        f"<html><head>{head}</head><body><article><h1>Lake talks</h1>{BODY}</article><ul>{RELATED}</ul></body></html>"
    )
    assert verdict(body.encode(), f"https://herald.example{path}").is_article


def test_an_article_at_the_address_of_a_front_page_has_to_say_so() -> None:
    url = "https://herald.example/"
    head = (
        "<title>Lake talks</title><meta property='og:type' content='article'>"
        "<meta property='article:published_time' content='2022-01-06T10:00:00Z'>"
    )
    body = f"<article><h1>Lake talks</h1>{BODY}</article>"
    assert verdict(f"<html><head>{head}</head><body>{body}</body></html>".encode(), url).is_article
    assert not verdict(f"<html><body>{body}</body></html>".encode(), url).is_article


def test_a_challenge_is_none() -> None:
    page = (
        b"<html><head><title>Just a moment...</title></head>"
        b"<body><h1>Checking your browser</h1><p>Please wait.</p></body></html>"
    )
    assert verdict(page, "https://herald.example/1").kind is PageKind.CHALLENGE


def test_the_beginning_before_a_paywall_is_taken() -> None:
    page = f"<article><h1>Lake talks</h1>{BODY}<p>Subscribe to read the whole article.</p></article>"
    assert verdict(f"<html><body>{page}</body></html>".encode(), "https://herald.example/1").is_article
