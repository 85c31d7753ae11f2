"""Headline, authors, address and outlet of a page. All pages are invented."""

import json

import pytest

from worker.extract.authors import clean_names, find_author
from worker.extract.headline import find_headline, without_site
from worker.extract.markup import parse_page
from worker.extract.metadata import read_declared, squeezed

URL = "https://www.steppecourier.example/2022/06/crossings"


def linked(*nodes: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)


def headline(html: str) -> str | None:
    tree = parse_page(f"<html><body>{html}</body></html>".encode())
    return find_headline(tree, read_declared(tree, URL))


def author(html: str) -> str | None:
    tree = parse_page(f"<html><body>{html}</body></html>".encode())
    return find_author(tree, read_declared(tree, URL))


ARTICLE = {"@type": "NewsArticle", "headline": "Two crossings open", "author": {"@type": "Person", "name": "Jane Roe"}}


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(ARTICLE, id="plain"),
        pytest.param([{"@type": "BreadcrumbList"}, ARTICLE], id="list"),
        pytest.param({"@graph": [{"@type": "WebSite", "name": "x"}, ARTICLE]}, id="graph"),
        pytest.param({"@type": "WebPage", "mainEntity": ARTICLE}, id="main entity of a page"),
        pytest.param({**ARTICLE, "@type": ["Article", "OpinionNewsArticle"]}, id="several types"),
        pytest.param({**ARTICLE, "@type": "http://schema.org/Report"}, id="type as address"),
        pytest.param({**ARTICLE, "author": ["Jane Roe"]}, id="author as list of text"),
        pytest.param({**ARTICLE, "author": [{"name": ["Jane Roe"]}]}, id="name as list"),
        pytest.param(
            {"@graph": [{**ARTICLE, "author": {"@id": "#1"}}, {"@id": "#1", "name": "Jane Roe"}]}, id="reference"
        ),
    ],
)
def test_json_ld_in_its_shapes(block: object) -> None:
    assert headline(linked(block)) == "Two crossings open"
    assert author(linked(block)) == "Jane Roe"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(ARTICLE)[:-1] + ",}", id="trailing comma"),
        pytest.param("<!--" + json.dumps(ARTICLE) + "-->", id="html comment"),
        pytest.param("/* <![CDATA[ */" + json.dumps(ARTICLE) + "//]]>", id="cdata"),
        pytest.param(json.dumps(ARTICLE) + ";", id="semicolon"),
        pytest.param(json.dumps({**ARTICLE, "description": "a\nb"}).replace("\\n", "\n"), id="raw line break"),
        pytest.param(json.dumps(ARTICLE)[:-1] + ', "description": "say "this" aloud"}', id="quotes not escaped"),
        pytest.param(json.dumps(ARTICLE)[:-1] + ', "image": {"url": "http', id="cut off"),
    ],
)
def test_broken_json_ld_is_read_as_far_as_it_goes(text: str) -> None:
    html = f'<script type="application/ld+json">{text}</script>'
    assert headline(html) == "Two crossings open"
    assert author(html) == "Jane Roe"


def test_of_several_articles_the_pages_own_is_taken() -> None:
    other = {
        "@type": "NewsArticle",
        "headline": "Something else happened",
        "url": "https://steppecourier.example/other",
    }
    own = {**ARTICLE, "url": URL}
    assert headline(linked(other, own)) == "Two crossings open"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<h1>Two crossings open</h1><title>Two crossings open | Steppe Courier</title>",
                     "Two crossings open", id="h1"),
        pytest.param("<h1>Steppe Courier</h1><h1>Two crossings open</h1><meta property='og:title' "
                     "content='Two crossings open'>", "Two crossings open", id="the logo is an h1 too"),
        pytest.param("<h1>Log in</h1><meta property='og:title' content='Two crossings open'>",
                     "Two crossings open", id="an h1 of the frame"),
        pytest.param("<h1>News | Two crossings open in June</h1><meta property='og:title' "
                     "content='Two crossings open in June'>", "Two crossings open in June", id="kicker in the h1"),
        pytest.param("<h1>Two crossings open in the south after years of talks</h1><meta property='og:title' "
                     "content='Crossings open in the south'>",
                     "Two crossings open in the south after years of talks", id="h1 beats the network's variant"),
        pytest.param("<title>Two crossings open - Steppe Courier</title>", "Two crossings open", id="title alone"),
        pytest.param("<title>Steppe Courier</title>", None, id="only the outlet"),
        pytest.param("<h1>  Two&nbsp;crossings\n open </h1>", "Two crossings open", id="white space"),
        pytest.param("<p>x</p>", None, id="none"),
    ],
)  # fmt: skip
def test_headline(html: str, expected: str | None) -> None:
    assert headline(html) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Two crossings open | Steppe Courier", "Two crossings open", id="bar"),
        pytest.param("Two crossings open - The Steppe Courier", "Two crossings open", id="hyphen, article"),
        pytest.param("Steppe Courier – Two crossings open", "Two crossings open", id="in front"),
        pytest.param("Two crossings open | World | Steppe Courier", "Two crossings open", id="section between"),
        pytest.param("Two crossings open — SteppeCourier.example", "Two crossings open", id="domain"),
        pytest.param("Russia - a riddle", "Russia - a riddle", id="a hyphen of its own"),
        pytest.param("Steppe Courier: what we got wrong", "Steppe Courier: what we got wrong", id="its own subject"),
        pytest.param("«Мы договорились» — министр", "«Мы договорились» — министр", id="quotation and speaker"),
        pytest.param("Steppe Courier", None, id="nothing else"),
    ],
)
def test_the_outlets_name_is_no_part_of_the_headline(title: str, expected: str | None) -> None:
    assert without_site(title, {squeezed("Steppe Courier"), squeezed("steppecourier.example")}) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(["By Jane Roe"], ["Jane Roe"], id="by"),
        pytest.param(["BY JANE ROE AND JOHN DOE"], ["JANE ROE", "JOHN DOE"], id="and"),
        pytest.param(["Jane Roe, John Doe & Ann Poe"], ["Jane Roe", "John Doe", "Ann Poe"], id="list"),
        pytest.param(["Автор: Иван Петров"], ["Иван Петров"], id="Russian"),
        pytest.param(["Иван Петров и Анна Сидорова"], ["Иван Петров", "Анна Сидорова"], id="Russian and"),
        pytest.param(["Yazar: Ayşe Yılmaz"], ["Ayşe Yılmaz"], id="Turkish"),
        pytest.param(["Jane Roe (jane@courier.example)"], ["Jane Roe"], id="address"),
        pytest.param(["https://facebook.com/janeroe"], [], id="URL"),
        pytest.param(["12 May 2022"], [], id="date"),
        pytest.param(["Jane Roe, Senior Correspondent"], ["Jane Roe"], id="role"),
        pytest.param(["Jane Roe, Steppe News Agency"], ["Jane Roe"], id="employer"),
        pytest.param(["Jane Roe", "JANE ROE"], ["Jane Roe"], id="twice"),
        pytest.param(["admin"], [], id="login"),
        pytest.param(["<a href='/x'>Jane Roe</a>"], ["Jane Roe"], id="markup"),
        pytest.param(["Nelson C.J."], ["Nelson C.J."], id="initials"),
        pytest.param([""], [], id="empty"),
    ],
)
def test_names_in_by_lines(raw: list[str], expected: list[str]) -> None:
    assert clean_names(raw) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<meta name='author' content='Jane Roe'>", "Jane Roe", id="meta"),
        pytest.param("<meta property='article:author' content='https://facebook.com/x'>"
                     "<a rel='author' href='/a'>Jane Roe</a>", "Jane Roe", id="a profile's address is no name"),
        pytest.param("<span itemprop='author'><meta itemprop='name' content='Jane Roe'></span>", "Jane Roe",
                     id="microdata"),
        pytest.param("<div class='byline'>By <b>Jane Roe</b></div>", "Jane Roe", id="byline"),
        pytest.param("<p>By <a href='/author/roe'>Jane Roe</a></p>", "Jane Roe", id="link to a profile"),
        pytest.param("<meta name='author' content='Steppe Courier'>"
                     "<meta property='og:site_name' content='Steppe Courier'><a rel='author'>Jane Roe</a>",
                     "Jane Roe", id="a person before the outlet"),
        pytest.param("<meta name='author' content='Steppe Courier'>"
                     "<meta property='og:site_name' content='Steppe Courier'>",
                     "Steppe Courier", id="the outlet alone"),
        pytest.param("<p>Nobody signed.</p>", None, id="none"),
    ],
)  # fmt: skip
def test_author(html: str, expected: str | None) -> None:
    assert author(html) == expected


@pytest.mark.parametrize(
    ("head", "url", "expected"),
    [
        pytest.param("<link rel='canonical' href='https://a.example/1'>", None, "https://a.example/1", id="canonical"),
        pytest.param("<link rel='canonical' href='/1'>", "https://a.example/x", "https://a.example/1", id="relative"),
        pytest.param("<link rel='canonical' href='/1'>", None, None, id="relative to nothing"),
        pytest.param("<meta property='og:url' content='https://a.example/2'>", None, "https://a.example/2", id="og"),
        pytest.param("<link rel='canonical' href='javascript:x()'>", None, None, id="script"),
        pytest.param("<link rel='canonical' href='file://depot.example/page'>", None, None, id="file"),
        pytest.param("<link rel='canonical' href='http://localhost/'>", None, None, id="no domain"),
    ],
)
def test_declared_address(head: str, url: str | None, expected: str | None) -> None:
    tree = parse_page(f"<html><head>{head}</head><body>x</body></html>".encode())
    assert read_declared(tree, url).url == expected
