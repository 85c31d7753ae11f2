"""What a page is: invented error pages in fifteen languages, and articles that could be taken for such."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from samples import NOON, PARAGRAPHS, text

from db.enums.outcomes import PageKind
from db.net.urls import read_host, registrable_domain
from worker.extract.page import Hints, extract_page
from worker.judging.page_kind import Look, PageVerdict, evidence_of_article, judge_page
from worker.judging.second_look import KnownText, decide_following

PAGES = Path(__file__).parents[3] / "data" / "pages_judged.jsonl"
"""Invented: outlets, wording and addresses are of this project."""


@dataclass(frozen=True)
class Judged:
    kind: str
    language: str
    verdict: PageVerdict
    may_replace: bool


def look_at(html: str, *, feed_title: str | None, url: str = "https://a.example/news/17", final: str = "") -> Look:
    page = extract_page(html.encode(), url=final or url, hints=Hints(title=feed_title))
    return Look(
        asked_url=url,
        final_url=final or url,
        same_host=registrable_domain(read_host(url)) == registrable_domain(read_host(final or url)),
        text=page.text,
        signs=page.signs,
        feed_title=feed_title,
    )


@cache
def judged() -> list[Judged]:
    found = []
    for line in PAGES.read_text("utf-8").splitlines():
        row = json.loads(line)
        look = look_at(
            row["html"], feed_title=row["feed_title"], url=row["url"], final=row.get("final_url", row["url"])
        )
        verdict = judge_page(look)
        old = KnownText(row["feed_title"], text(*range(len(PARAGRAPHS))))
        new = KnownText(look.signs.titles[0] if look.signs.titles else None, look.text)
        decision = decide_following(old, new, evidence=evidence_of_article(look), waiting=None, now=NOON)
        found.append(Judged(row["kind"], row["language"], verdict, verdict.is_article and decision.may_replace))
    return found


def test_the_set_is_large_and_of_many_languages() -> None:
    errors = [page for page in judged() if page.kind != "article"]
    assert len(errors) >= 80
    assert len({page.language for page in errors}) >= 12
    assert set(Counter(page.kind for page in errors)) == set(PageKind) - {
        PageKind.ARTICLE,
        PageKind.SUSPECT,
        PageKind.NO_PAGE,
    }


def test_error_pages_are_recognised_on_first_look() -> None:
    errors = [page for page in judged() if page.kind != "article"]
    missed = [(page.kind, page.language) for page in errors if page.verdict.is_article]
    assert len(missed) <= 0.03 * len(errors), missed


def test_error_pages_never_replace_an_article_on_second_look() -> None:
    assert [page for page in judged() if page.kind != "article" and page.may_replace] == []


def test_articles_that_look_like_error_pages_are_articles() -> None:
    articles = [page for page in judged() if page.kind == "article"]
    refused = [(page.language, page.verdict) for page in articles if not page.verdict.is_article]
    assert len(articles) >= 30
    assert len(refused) <= 0.05 * len(articles), refused


HEADLINE = "Ministers meet on the lake"
ARTICLE = f"<title>{HEADLINE}</title><article><h1>{HEADLINE}</h1>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}</article>"
OTHER = ARTICLE.replace(HEADLINE, "Something else")
LIST = "<title>Courier</title><h1>Courier</h1>" + "".join(
    f"<h2><a href='/{number}'>Another headline of number {number}</a></h2><p>{line}</p>"
    for number, line in enumerate(PARAGRAPHS)
)


@pytest.mark.parametrize(
    ("html", "url", "final", "kind"),
    [
        pytest.param(ARTICLE, "https://a.example/n/1", "", PageKind.ARTICLE, id="at its own address"),
        pytest.param(ARTICLE, "https://a.example/n/1", "https://a.example/2022/n-1", PageKind.ARTICLE, id="moved"),
        pytest.param(ARTICLE, "https://b.example/n/1", "https://a.example/n/1", PageKind.ARTICLE, id="shortened"),
        pytest.param(ARTICLE, "https://a.example/login-page-hacked/1", "", PageKind.ARTICLE, id="news of a login"),
        pytest.param(LIST, "https://a.example/n/1", "https://a.example/", PageKind.FRONT_PAGE, id="front page"),
        pytest.param(LIST, "https://a.example/ru/n/1", "https://a.example/ru/", PageKind.FRONT_PAGE, id="its language"),
        pytest.param(
            LIST, "https://a.example/n/1", "https://a.example/?from=404", PageKind.FRONT_PAGE, id="with a query"
        ),
        pytest.param(LIST, "https://a.example/news/1", "https://a.example/news", PageKind.FRONT_PAGE, id="section"),
        pytest.param(LIST, "https://a.example/n/1", "", PageKind.FRONT_PAGE, id="front page without a redirect"),
        pytest.param(LIST, "https://a.example/n/1", "https://a.example/404", PageKind.SOFT_404, id="404 by address"),
        pytest.param(
            LIST, "https://a.example/n/1", "https://consent.a.example/", PageKind.FRONT_PAGE, id="root of host"
        ),
        pytest.param(
            LIST, "https://a.example/n/1", "https://consent.a.example/ask", PageKind.CONSENT_WALL, id="consent"
        ),
        pytest.param(LIST, "https://a.example/n/1", "https://a.example/login?next=1", PageKind.LOGIN_WALL, id="login"),
        pytest.param(LIST, "https://a.example/n/1", "https://other.example/x", PageKind.FRONT_PAGE, id="another list"),
        pytest.param(OTHER, "https://a.example/n/1", "https://other.example/x", PageKind.ERROR_PAGE, id="another site"),
        pytest.param(OTHER, "https://a.example/n/1", "", PageKind.ARTICLE, id="another headline at its own address"),
    ],
)
def test_where_redirects_end_tells_what_a_page_is(html: str, url: str, final: str, kind: PageKind) -> None:
    assert judge_page(look_at(html, feed_title=HEADLINE, url=url, final=final)).kind is kind


def test_headers_of_a_protection_decide() -> None:
    look = look_at(ARTICLE, feed_title=HEADLINE)
    marked = Look(**{name: getattr(look, name) for name in Look.__slots__} | {"headers": {"cf-mitigated": "challenge"}})
    assert judge_page(marked).kind is PageKind.CHALLENGE


def test_the_same_text_at_two_other_addresses_is_no_article() -> None:
    look = look_at("<title>Courier</title>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS), feed_title=HEADLINE)
    assert judge_page(look).is_article
    repeated = Look(**{name: getattr(look, name) for name in Look.__slots__} | {"same_text_at": 2})
    assert judge_page(repeated).kind is PageKind.SOFT_404


@pytest.mark.parametrize(
    "title", ["404", "Page not found", "Страница не найдена", "Just a moment...", "Bakım çalışması"]
)
def test_a_headline_of_the_feed_that_sounds_like_an_error_is_believed(title: str) -> None:
    html = f"<title>{title}</title><article><h1>{title}</h1>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}</article>"
    assert judge_page(look_at(html, feed_title=title)).is_article
